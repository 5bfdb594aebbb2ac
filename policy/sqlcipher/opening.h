// What Database::Open does before the first statement: the file's mode, the key, the pragmas
// (trust 7.3).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "policy/base/secret.h"
#include "policy/sqlcipher/database.h"

namespace renkei::policy::sqlcipher {

// The file exists afterwards (made when allowed), is a regular file and has mode 0600.
absl::Status PrepareFile(const std::string& path, const Database::Options& options);

// Keys the connection, proves the key by the first read, sets every pragma and compares what it
// answers.
absl::Status Configure(sqlite3* handle, const base::Secret& key, const Database::Options& options);

}  // namespace renkei::policy::sqlcipher
