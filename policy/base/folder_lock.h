// One process per folder. Touches the disk.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace renkei::policy::base {

// An exclusive lock on a file, made where it is missing (mode 0600) and released with the object or
// the process.
class FolderLock {
 public:
  // Waits at most `patience_seconds`; then FAILED_PRECONDITION with `who` holds it.
  static absl::StatusOr<FolderLock> Take(const std::string& path, int patience_seconds,
                                         const std::string& who);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  FolderLock(const FolderLock&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace renkei::policy::base
