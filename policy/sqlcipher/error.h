// SQLite result codes as statuses. Texts are SQLite's fixed ones per code: its other messages quote
// SQL.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

struct sqlite3;

namespace renkei::policy::sqlcipher {

// The extended code that belongs to `result`, just returned by a call on `handle`.
int CodeOf(sqlite3* handle, int result);

// `extended_code` as of sqlite3_extended_errcode; not SQLITE_OK, SQLITE_ROW or SQLITE_DONE.
absl::Status ErrorOf(int extended_code, absl::string_view doing);

}  // namespace renkei::policy::sqlcipher
