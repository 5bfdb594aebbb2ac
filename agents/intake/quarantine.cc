#include "agents/intake/quarantine.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/files.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

absl::Status WriteError(const std::string& path) {
  const std::string message =
      absl::StrCat("cannot write the quarantine list ", path, ": ", std::strerror(errno));
  if (errno == ENOSPC || errno == EDQUOT) {
    return absl::ResourceExhaustedError(absl::StrCat(message, "; free space and import again"));
  }
  return absl::UnavailableError(message);
}

}  // namespace

Quarantine::Quarantine(std::string folder, absl::string_view input_base_name)
    : folder_(std::move(folder)), final_name_(absl::StrCat(input_base_name, ".rejected.csv")) {}

Quarantine::~Quarantine() {
  if (fd_ < 0) return;
  (void)close(fd_);
  (void)unlink(part_path_.c_str());
}

absl::Status Quarantine::Add(uint64_t line, absl::string_view column, absl::string_view reason) {
  if (folder_.empty()) return absl::OkStatus();
  if (fd_ < 0) {
    RENKEI_RETURN_IF_ERROR(policy::base::MakePrivateDirectory(folder_));
    part_path_ = absl::StrCat(folder_, "/", final_name_, ".part");
    (void)unlink(part_path_.c_str());
    fd_ = open(part_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd_ < 0) return WriteError(part_path_);
    file_name_ = final_name_;
    pending_ = "line,column,reason\n";
  }
  absl::StrAppend(&pending_, line, ",", column, ",\"", reason, "\"\n");
  return pending_.size() >= (1 << 16) ? Flush() : absl::OkStatus();
}

absl::Status Quarantine::Flush() {
  size_t written = 0;
  while (written < pending_.size()) {
    const ssize_t n = write(fd_, pending_.data() + written, pending_.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return WriteError(part_path_);
    written += static_cast<size_t>(n);
  }
  pending_.clear();
  return absl::OkStatus();
}

absl::Status Quarantine::Finish() {
  if (folder_.empty()) return absl::OkStatus();
  const std::string path = absl::StrCat(folder_, "/", final_name_);
  if (fd_ < 0) {
    if (unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) return WriteError(path);
    return absl::OkStatus();
  }
  RENKEI_RETURN_IF_ERROR(Flush());
  if (fsync(fd_) != 0) return WriteError(part_path_);
  (void)close(std::exchange(fd_, -1));
  if (rename(part_path_.c_str(), path.c_str()) != 0) return WriteError(path);
  return absl::OkStatus();
}

}  // namespace renkei::agents::intake
