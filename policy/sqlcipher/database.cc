#include "policy/sqlcipher/database.h"

#include <sqlite3.h>

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/sqlcipher/error.h"
#include "policy/sqlcipher/opening.h"

namespace renkei::policy::sqlcipher {
namespace {

constexpr size_t kMaxIdleStatements = 256;

}  // namespace

// Statements that nobody holds, by text. One text may be prepared several times at once.
struct Database::Cache {
  absl::flat_hash_map<std::string, std::vector<sqlite3_stmt*>> idle;
  size_t size = 0;
};

Database::Database(sqlite3* handle) : handle_(handle), cache_(std::make_unique<Cache>()) {}

Database::~Database() {
  for (auto& [sql, statements] : cache_->idle) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  (void)sqlite3_close_v2(handle_);
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path,
                                                         const base::Secret& key,
                                                         const Options& options) {
  // A leading slash keeps SQLite from reading "file:..." as a URI with options.
  const std::string file = path.starts_with('/') ? path : absl::StrCat("./", path);
  RENKEI_RETURN_IF_ERROR(PrepareFile(file, options));
  sqlite3* handle = nullptr;
  const int flags = (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const int result = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  if (handle == nullptr) return absl::ResourceExhaustedError("database: not enough memory");
  std::unique_ptr<Database> database(new Database(handle));
  if (result != SQLITE_OK) {
    return base::Annotate(ErrorOf(CodeOf(handle, result), "opening"), path);
  }
  // With cipher_memory_security every allocation past the lookaside slots is a locked page of its
  // own.
  (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 1200, 400);
  if (const absl::Status status = Configure(handle, key, options); !status.ok()) {
    return base::Annotate(status, path);
  }
  return database;
}

absl::StatusOr<Statement> Database::Prepare(absl::string_view sql) {
  if (const auto found = cache_->idle.find(sql);
      found != cache_->idle.end() && !found->second.empty()) {
    sqlite3_stmt* statement = found->second.back();
    found->second.pop_back();
    --cache_->size;
    return Statement(this, statement, std::string(sql));
  }
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
#ifdef RENKEI_SYSTEM_SQLCIPHER
  const int result =
      sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, &tail);
#else
  // Cached statements live long: kept out of the lookaside slots that every step needs.
  const int result = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, &tail);
#endif
  if (result != SQLITE_OK) {
    std::string doing = "preparing a statement";
#ifndef RENKEI_SYSTEM_SQLCIPHER
    if (const int at = sqlite3_error_offset(handle_); at >= 0) {
      absl::StrAppend(&doing, " (byte ", at, " of its text)");
    }
#endif
    return ErrorOf(CodeOf(handle_, result), doing);
  }
  const absl::string_view rest = sql.substr(static_cast<size_t>(tail - sql.data()));
  if (statement == nullptr || rest.find_first_not_of(" \t\r\n;") != absl::string_view::npos) {
    sqlite3_finalize(statement);
    return absl::InternalError("database: Prepare takes exactly one statement");
  }
  return Statement(this, statement, std::string(sql));
}

absl::Status Database::Execute(absl::string_view sql) {
  const int result = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return ErrorOf(CodeOf(handle_, result), "executing");
  return absl::OkStatus();
}

absl::Status Database::Migrate(std::span<const char* const> migrations) {
  const auto version = [this]() -> absl::StatusOr<size_t> {
    RENKEI_ASSIGN_OR_RETURN(Statement read, Prepare("PRAGMA user_version"));
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row || read.Int(0) < 0) return absl::DataLossError("database: no schema version");
    return static_cast<size_t>(read.Int(0));
  };
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(size_t seen, version());
    if (seen > migrations.size()) {
      return absl::FailedPreconditionError(
          absl::StrCat("database: schema version ", seen, " is newer than this program's ",
                       migrations.size(), "; use the newer program"));
    }
    if (seen == migrations.size()) return absl::OkStatus();
    RENKEI_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(*this));
    // Another process may have migrated between the look and the lock.
    RENKEI_ASSIGN_OR_RETURN(seen, version());
    if (seen >= migrations.size()) continue;
    RENKEI_RETURN_IF_ERROR(
        base::Annotate(Execute(migrations[seen]), absl::StrCat("migration to version ", seen + 1)));
    RENKEI_RETURN_IF_ERROR(Execute(absl::StrCat("PRAGMA user_version=", seen + 1)));
    RENKEI_RETURN_IF_ERROR(transaction.Commit());
  }
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
int64_t Database::changes() const { return sqlite3_changes(handle_); }
int64_t Database::last_insert_rowid() const { return sqlite3_last_insert_rowid(handle_); }

Statement::Statement(Database* database, sqlite3_stmt* statement, std::string sql)
    : database_(database), statement_(statement), sql_(std::move(sql)) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      sql_(std::move(other.sql_)),
      bind_error_(other.bind_error_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  (void)sqlite3_reset(statement_);
  Database::Cache& cache = *database_->cache_;
  if (cache.size >= kMaxIdleStatements) {
    sqlite3_finalize(statement_);
    return;
  }
  // Bound values must not outlive the statement's use.
  (void)sqlite3_clear_bindings(statement_);
  cache.idle[sql_].push_back(statement_);
  ++cache.size;
}

Statement& Statement::Bind(int index, int64_t value) {
  const int result = sqlite3_bind_int64(statement_, index, value);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  return *this;
}

Statement& Statement::Bind(int index, absl::string_view text) {
  // SQLite takes a null pointer as NULL; an empty text is not NULL.
  const int result = sqlite3_bind_text64(statement_, index, text.empty() ? "" : text.data(),
                                         text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  return *this;
}

Statement& Statement::BindBlob(int index, std::span<const uint8_t> bytes) {
  const int result = sqlite3_bind_blob64(
      statement_, index, bytes.empty() ? static_cast<const void*>("") : bytes.data(), bytes.size(),
      SQLITE_TRANSIENT);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  return *this;
}

Statement& Statement::BindNull(int index) {
  const int result = sqlite3_bind_null(statement_, index);
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  if (bind_error_ != SQLITE_OK) return ErrorOf(bind_error_, "binding a parameter");
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return ErrorOf(CodeOf(database_->handle_, result), "executing a statement");
}

absl::Status Statement::Run() {
  const absl::StatusOr<bool> row = Step();
  Reset();
  if (!row.ok()) return row.status();
  return *row ? absl::InternalError("database: Run on a statement that returns rows")
              : absl::OkStatus();
}

void Statement::Reset() {
  (void)sqlite3_reset(statement_);
  bind_error_ = SQLITE_OK;
}

int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Statement::Text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return text == nullptr
             ? std::string()
             : std::string(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
}

std::span<const uint8_t> Statement::Blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const uint8_t*>(bytes), static_cast<size_t>(size)};
}

std::vector<uint8_t> Statement::BlobCopy(int column) const {
  const std::span<const uint8_t> bytes = Blob(column);
  return {bytes.begin(), bytes.end()};
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

absl::StatusOr<Transaction> Transaction::Begin(Database& database) {
  if (database.in_transaction()) {
    return absl::InternalError("database: a transaction is open already");
  }
  RENKEI_ASSIGN_OR_RETURN(Statement begin, database.Prepare("BEGIN IMMEDIATE"));
  RENKEI_RETURN_IF_ERROR(begin.Run());
  return Transaction(&database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite itself rolls back on some errors; a second ROLLBACK would only fail.
  if (database_ == nullptr || !database_->in_transaction()) return;
  (void)database_->Execute("ROLLBACK");
}

absl::Status Transaction::Commit() {
  RENKEI_ASSIGN_OR_RETURN(Statement commit, database_->Prepare("COMMIT"));
  RENKEI_RETURN_IF_ERROR(commit.Run());
  database_ = nullptr;
  return absl::OkStatus();
}

}  // namespace renkei::policy::sqlcipher
