#include "policy/sqlcipher/error.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"

namespace renkei::policy::sqlcipher {

int CodeOf(sqlite3* handle, int result) {
  const int extended = sqlite3_extended_errcode(handle);
  // Some codes are returned without being recorded in the connection.
  return (extended & 0xff) == (result & 0xff) ? extended : result;
}

absl::Status ErrorOf(int extended_code, absl::string_view doing) {
  const auto message = [&](absl::string_view advice) {
    return absl::StrCat("database: ", doing, ": ", sqlite3_errstr(extended_code), " (code ",
                        extended_code, ")", advice.empty() ? "" : "; ", advice);
  };
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return absl::AlreadyExistsError(message(""));
    case SQLITE_IOERR_SHORT_READ:
      return absl::DataLossError(message("the file was cut; restore the newest backup"));
    default:
      break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::AbortedError(message("another writer holds the file; try again"));
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(
          message("the disk or the file's page limit is full; free space and try again"));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return absl::DataLossError(
          message("the key does not fit or the file was changed; restore the newest backup"));
    case SQLITE_CONSTRAINT:
      return absl::FailedPreconditionError(message(""));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::FailedPreconditionError(message("the file cannot be written"));
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return absl::UnavailableError(message("check the disk and the file's owner and mode"));
    case SQLITE_TOOBIG:
      return absl::ResourceExhaustedError(message("a value is larger than SQLite allows"));
    case SQLITE_NOMEM:
      return absl::ResourceExhaustedError(message("not enough memory"));
    case SQLITE_INTERRUPT:
      return absl::CancelledError(message(""));
    default:
      return absl::InternalError(message(""));
  }
}

}  // namespace renkei::policy::sqlcipher
