// An encrypted database file: the one way hub and agents open SQLCipher, and the one statement
// class (trust 7.2, 7.3). Touches the disk. SQL stays within SQLite 3.15.
//
// A Database is used by one thread at a time. Every pragma is read back: SQLite ignores what it
// does not know, and a key is only proven by the first read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/secret.h"

struct sqlite3;
struct sqlite3_stmt;

namespace renkei::policy::sqlcipher {

class Statement;

class Database {
 public:
  struct Options {
    bool create = true;
    bool read_only = false;
    int cache_kib = 16384;
    int busy_timeout_ms = 5000;  // wait for another writer before ABORTED
  };
  // `key` has exactly 32 bytes (64-hex form). DATA_LOSS when the key or a MAC does not fit or the
  // file was cut; RESOURCE_EXHAUSTED when the disk is full; NOT_FOUND without `create`;
  // FAILED_PRECONDITION when a pragma reads back otherwise. Afterwards every call answers a MAC
  // mismatch with DATA_LOSS, a held lock with ABORTED, a violated unique key with ALREADY_EXISTS.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path,
                                                        const base::Secret& key,
                                                        const Options& options);
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path,
                                                        const base::Secret& key) {
    return Open(path, key, Options());
  }
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Cached by text; the statement is reset when the Statement goes out of scope.
  absl::StatusOr<Statement> Prepare(absl::string_view sql);
  // One or more statements without parameters (schema, pragmas).
  absl::Status Execute(absl::string_view sql);

  // Runs the steps of `migrations` that `PRAGMA user_version` has not seen, each in one
  // transaction. FAILED_PRECONDITION when the file is newer than the program.
  absl::Status Migrate(std::span<const char* const> migrations);

  bool in_transaction() const;
  int64_t changes() const;
  int64_t last_insert_rowid() const;

 private:
  friend class Statement;
  struct Cache;
  explicit Database(sqlite3* handle);
  sqlite3* handle_;
  std::unique_ptr<Cache> cache_;
};

// Bound parameters only; indexes are 1-based for binding and 0-based for columns, as in SQLite.
class Statement {
 public:
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;

  Statement& Bind(int index, int64_t value);
  Statement& Bind(int index, absl::string_view text);
  Statement& Bind(int index, const char* text) { return Bind(index, absl::string_view(text)); }
  Statement& BindBlob(int index, std::span<const uint8_t> bytes);
  Statement& BindNull(int index);

  // True: a row is there. False: done. Binding errors surface here.
  absl::StatusOr<bool> Step();
  // For statements without rows; resets, so that the next Bind may follow at once.
  absl::Status Run();
  void Reset();

  int64_t Int(int column) const;
  std::string Text(int column) const;
  // Valid until the next Step, Reset or destruction.
  std::span<const uint8_t> Blob(int column) const;
  std::vector<uint8_t> BlobCopy(int column) const;
  bool IsNull(int column) const;

 private:
  friend class Database;
  Statement(Database* database, sqlite3_stmt* statement, std::string sql);
  Database* database_;
  sqlite3_stmt* statement_;
  std::string sql_;
  int bind_error_ = 0;
};

// BEGIN IMMEDIATE ... COMMIT; rolls back when destroyed uncommitted.
class Transaction {
 public:
  static absl::StatusOr<Transaction> Begin(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  absl::Status Commit();
  Database& database() { return *database_; }

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace renkei::policy::sqlcipher
