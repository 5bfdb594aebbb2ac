#include "policy/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::policy::base {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) (void)close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  // close() can report a write error that nothing else reports.
  int Close() {
    const int result = close(fd_);
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

absl::Status ErrnoStatus(absl::string_view what, const std::string& path) {
  const int error = errno;
  const std::string message = absl::StrCat(what, " ", path, ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == ENOSPC || error == EDQUOT) {
    return absl::ResourceExhaustedError(absl::StrCat(message, "; free space and try again"));
  }
  return absl::UnavailableError(message);
}

absl::Status ReadAll(int fd, const std::string& path, std::span<uint8_t> out, size_t* got) {
  *got = 0;
  while (*got < out.size()) {
    const ssize_t n = read(fd, out.data() + *got, out.size() - *got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus("cannot read", path);
    if (n == 0) break;
    *got += static_cast<size_t>(n);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return ErrnoStatus("cannot open", path);
  std::string content;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus("cannot read", path);
    if (n == 0) return content;
    if (content.size() + static_cast<size_t>(n) > max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path, " is larger than the limit of ", max_bytes, " bytes"));
    }
    content.append(buffer, static_cast<size_t>(n));
  }
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view content, int mode) {
  const std::string temporary = absl::StrCat(path, ".tmp.", getpid());
  {
    Descriptor fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (fd.get() < 0) return ErrnoStatus("cannot create", temporary);
    size_t done = 0;
    absl::Status status;
    while (done < content.size() && status.ok()) {
      const ssize_t n = write(fd.get(), content.data() + done, content.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        status = ErrnoStatus("cannot write", path);
      } else {
        done += static_cast<size_t>(n);
      }
    }
    if (status.ok() && fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) {
      status = ErrnoStatus("cannot set the mode of", path);
    }
    if (status.ok() && fsync(fd.get()) != 0) status = ErrnoStatus("cannot sync", path);
    if (status.ok() && fd.Close() != 0) status = ErrnoStatus("cannot close", path);
    if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
      status = ErrnoStatus("cannot rename to", path);
    }
    if (!status.ok()) {
      (void)unlink(temporary.c_str());
      return status;
    }
  }
  return SyncFolderOf(path);
}

absl::Status SyncFolderOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  Descriptor directory(
      open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || fsync(directory.get()) != 0) {
    return ErrnoStatus("cannot sync the folder of", path);
  }
  return absl::OkStatus();
}

namespace {

// At most `max_bytes` + 1 bytes, so that the caller sees when there are more.
absl::StatusOr<Secret> ReadOwnFile(const std::string& path, size_t max_bytes) {
  Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (fd.get() < 0) return ErrnoStatus("cannot open secret file", path);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return ErrnoStatus("cannot stat", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  if (info.st_uid != geteuid() && info.st_uid != 0) {
    return absl::FailedPreconditionError(absl::StrCat(path, " belongs to another user"));
  }
  if ((info.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " can be read by others; run: chmod 600 ", path));
  }
  Secret secret(max_bytes + 1);
  size_t got = 0;
  RENKEI_RETURN_IF_ERROR(ReadAll(fd.get(), path, secret.mutable_bytes(), &got));
  return Secret::Copy(secret.bytes().first(got));
}

}  // namespace

absl::StatusOr<Secret> ReadSecretFile(const std::string& path, size_t size) {
  RENKEI_ASSIGN_OR_RETURN(Secret secret, ReadOwnFile(path, size));
  if (secret.bytes().size() != size) {
    return absl::FailedPreconditionError(absl::StrCat(path, " must hold exactly ", size, " bytes"));
  }
  return secret;
}

absl::StatusOr<Secret> ReadPrivateFile(const std::string& path, size_t max_bytes) {
  RENKEI_ASSIGN_OR_RETURN(Secret secret, ReadOwnFile(path, max_bytes));
  if (secret.bytes().size() > max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, " is larger than the limit of ", max_bytes, " bytes"));
  }
  return secret;
}

absl::Status MakePrivateDirectory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot create folder ", path, ": ", error.message()));
  }
  if (chmod(path.c_str(), 0700) != 0) return ErrnoStatus("cannot set the mode of", path);
  return absl::OkStatus();
}

}  // namespace renkei::policy::base
