#include "policy/sqlcipher/opening.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/sqlcipher/error.h"

namespace renkei::policy::sqlcipher {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr off_t kPageBytes = 4096;
#ifdef RENKEI_SYSTEM_SQLCIPHER
constexpr bool kModernEngine = false;  // 3.4.1 on SQLite 3.15
#else
constexpr bool kModernEngine = true;
#endif

// x'<64 hex>', the raw-key form. The 96-hex form would let a flipped salt byte pass (trust 7.1).
base::Secret RawKeyText(const base::Secret& key) {
  static constexpr char kHex[] = "0123456789abcdef";
  base::Secret text(2 + 2 * kKeyBytes + 1);
  uint8_t* out = text.mutable_bytes().data();
  *out++ = 'x';
  *out++ = '\'';
  for (const uint8_t byte : key.bytes()) {
    *out++ = static_cast<uint8_t>(kHex[byte >> 4]);
    *out++ = static_cast<uint8_t>(kHex[byte & 15]);
  }
  *out = '\'';
  return text;
}

struct PragmaRow {
  const char* set;   // executed when not null
  const char* read;  // must answer one row
  std::string want;  // empty: any text but the empty one
  bool modern_only;  // expected to be unknown to the old engine
};

absl::StatusOr<std::optional<std::string>> ReadPragma(sqlite3* handle, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  int result = sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr);
  if (result != SQLITE_OK) return ErrorOf(CodeOf(handle, result), "reading a pragma");
  std::optional<std::string> value;
  result = sqlite3_step(statement);
  if (result == SQLITE_ROW) {
    const unsigned char* text = sqlite3_column_text(statement, 0);
    value = text == nullptr ? "" : reinterpret_cast<const char*>(text);
  }
  const int code = CodeOf(handle, result);
  sqlite3_finalize(statement);
  if (result != SQLITE_ROW && result != SQLITE_DONE) return ErrorOf(code, "reading a pragma");
  return value;
}

absl::Status ApplyPragma(sqlite3* handle, const PragmaRow& row) {
  if (row.set != nullptr) {
    const int result = sqlite3_exec(handle, row.set, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return ErrorOf(CodeOf(handle, result), "setting a pragma");
  }
  RENKEI_ASSIGN_OR_RETURN(const std::optional<std::string> got, ReadPragma(handle, row.read));
  if (!got.has_value() && row.modern_only && !kModernEngine) return absl::OkStatus();
  if (!got.has_value() || got->empty() || (!row.want.empty() && *got != row.want)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "database: '", row.read, "' answers '", got.value_or("nothing"), "', expected '", row.want,
        "'; the SQLCipher library does not do what is needed"));
  }
  return absl::OkStatus();
}

// Settings of the whole process; the engine keeps them in globals without a lock, so they are set
// once.
absl::Status ConfigureProcess(sqlite3* handle) {
  static const int result =
      sqlite3_exec(handle,
                   "PRAGMA cipher_memory_security=ON;"  // cannot be undone (trust 7.3)
                   "PRAGMA cipher_log_level=NONE",      // it would write to stderr by itself
                   nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus() : ErrorOf(result, "configuring the engine");
}

absl::Status ProveKey(sqlite3* handle) {
  const int result =
      sqlite3_exec(handle, "SELECT count(*) FROM sqlite_master", nullptr, nullptr, nullptr);
  if (result == SQLITE_OK) return absl::OkStatus();
  const int code = CodeOf(handle, result);
  // On the first page a MAC mismatch can only be the key or the file.
  if ((code & 0xff) == SQLITE_NOMEM || (code & 0xff) == SQLITE_ERROR) {
    return ErrorOf(SQLITE_NOTADB, "opening");
  }
  return ErrorOf(code, "opening");
}

}  // namespace

// A new file is made here, so that it never exists with a wider mode; SQLite gives the journal the
// mode of the file. A file that is there is never opened here: closing it again would end the locks
// of every other connection that this process has to it.
absl::Status PrepareFile(const std::string& path, const Database::Options& options) {
  const auto cannot_open = [&path](int error) {
    const std::string message =
        absl::StrCat("cannot open database ", path, ": ", std::strerror(error));
    if (error == ENOENT) return absl::NotFoundError(message);
    if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(message);
    return absl::UnavailableError(message);
  };
  if (options.create && !options.read_only) {
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_CREAT | O_EXCL, 0600);
    if (fd < 0 && errno != EEXIST) return cannot_open(errno);
    if (fd >= 0) (void)close(fd);
  }
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0) return cannot_open(errno);
  if (S_ISLNK(facts.st_mode)) return cannot_open(ELOOP);
  if (!S_ISREG(facts.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  if (!options.create && facts.st_size == 0) {
    return absl::DataLossError(
        absl::StrCat("database ", path, " is empty; restore the newest backup"));
  }
  if (facts.st_size > 0 && facts.st_size < kPageBytes) {
    // SQLite would take less than a page for an empty file and write over it.
    return absl::DataLossError(
        absl::StrCat("database ", path, " was cut; restore the newest backup"));
  }
  if ((facts.st_mode & 077) != 0 && chmod(path.c_str(), 0600) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " can be read by others; run: chmod 600 ", path));
  }
  return absl::OkStatus();
}

absl::Status Configure(sqlite3* handle, const base::Secret& key, const Database::Options& options) {
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, options.busy_timeout_ms);
#ifdef SQLITE_DBCONFIG_DEFENSIVE
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
#endif
  RENKEI_RETURN_IF_ERROR(ConfigureProcess(handle));
  {
    const base::Secret text = RawKeyText(key);
    // The call behind PRAGMA key, without a copy of the key in a parsed statement.
    const int result =
        sqlite3_key(handle, text.bytes().data(), static_cast<int>(text.bytes().size()));
    if (result != SQLITE_OK) return ErrorOf(CodeOf(handle, result), "keying");
  }
  const PragmaRow before_reading[] = {
      {"PRAGMA cipher_page_size=4096", "PRAGMA cipher_page_size", "4096", false},
      {nullptr, "PRAGMA cipher_memory_security", "1", true},
      {nullptr, "PRAGMA cipher_version", "", false},
      {nullptr, "PRAGMA cipher_provider", "openssl", false},
  };
  for (const PragmaRow& row : before_reading) RENKEI_RETURN_IF_ERROR(ApplyPragma(handle, row));
  RENKEI_RETURN_IF_ERROR(ProveKey(handle));

  const std::string cache = absl::StrCat("PRAGMA cache_size=-", options.cache_kib);
  const PragmaRow after_reading[] = {
      {options.read_only ? nullptr : "PRAGMA journal_mode=WAL", "PRAGMA journal_mode", "wal",
       false},
      {"PRAGMA synchronous=FULL", "PRAGMA synchronous", "2", false},
      {"PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1", false},
      {"PRAGMA secure_delete=ON", "PRAGMA secure_delete", "1", false},
      {"PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0", true},
      {"PRAGMA mmap_size=0", "PRAGMA mmap_size", "0", true},
      {"PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2", false},
      {cache.c_str(), "PRAGMA cache_size", absl::StrCat("-", options.cache_kib), false},
  };
  for (const PragmaRow& row : after_reading) RENKEI_RETURN_IF_ERROR(ApplyPragma(handle, row));
  return absl::OkStatus();
}

}  // namespace renkei::policy::sqlcipher
