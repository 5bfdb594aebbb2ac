// The few file operations that hub and agents share: bounded reads, atomic durable writes, modes.
// Touches the disk; used below app folders and by programs only.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/secret.h"

namespace renkei::policy::base {

// Whole file. NOT_FOUND; RESOURCE_EXHAUSTED above max_bytes (the limit is named).
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

// Write temporary file, fsync, rename, fsync the directory. Mode as given, e.g. 0600.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view content, int mode);

// fsync of the folder that holds the path: a file made, renamed or deleted there stays so.
absl::Status SyncFolderOf(const std::string& path);

// Regular file of this user or root, mode without group and other bits, exactly `size` bytes.
// FAILED_PRECONDITION names what is wrong and how to mend it, never the content.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path, size_t size);

// As ReadSecretFile, for content of any size up to `max_bytes`; RESOURCE_EXHAUSTED above.
absl::StatusOr<Secret> ReadPrivateFile(const std::string& path, size_t max_bytes);

// mkdir -p with mode 0700.
absl::Status MakePrivateDirectory(const std::string& path);

}  // namespace renkei::policy::base
