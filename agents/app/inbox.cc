#include "agents/app/inbox.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::agents::app {

namespace fs = std::filesystem;

namespace {

bool IsUnfinished(const std::string& name) {
  return name.empty() || name[0] == '.' || absl::EndsWith(name, ".part") ||
         absl::EndsWith(name, ".tmp") || absl::EndsWith(name, "~");
}

absl::Status FileError(const std::error_code& error, absl::string_view what) {
  // File names chosen by people may hold names; they stay out of messages.
  const absl::StatusCode code = error == std::errc::no_space_on_device
                                    ? absl::StatusCode::kResourceExhausted
                                    : absl::StatusCode::kUnavailable;
  return absl::Status(code, absl::StrCat(what, ": ", error.message()));
}

// Across volumes a rename is a copy; the source goes only when the copy is complete.
absl::Status Move(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error == std::errc::cross_device_link) {
    const fs::path part = to.string() + ".part";
    fs::copy_file(from, part, fs::copy_options::overwrite_existing, error);
    if (!error) fs::rename(part, to, error);
    if (!error) fs::remove(from, error);
  }
  if (error) return FileError(error, "inbox: a file cannot be moved");
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
  return absl::OkStatus();
}

// A name that is not taken in `folder`: "a.csv", "a.csv.1", ...
fs::path FreeName(const fs::path& folder, const std::string& name) {
  std::error_code error;
  fs::path path = folder / name;
  for (int i = 1; fs::exists(path, error); ++i) path = folder / absl::StrCat(name, ".", i);
  return path;
}

}  // namespace

absl::Status Inbox::TakeSettled(absl::Time now) {
  if (folders_.inbox.empty()) return absl::OkStatus();
  std::error_code error;
  std::map<std::string, Seen> seen;
  for (fs::directory_iterator it(folders_.inbox, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    struct stat facts {};
    if (IsUnfinished(name) || lstat(it->path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
      continue;
    }
    Seen current{.size = static_cast<uint64_t>(facts.st_size),
                 .changed_ns = facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec,
                 .since = now};
    if (const auto before = seen_.find(name); before != seen_.end() &&
                                              before->second.size == current.size &&
                                              before->second.changed_ns == current.changed_ns) {
      current.since = before->second.since;
    }
    if (now - current.since >= kSettle) {
      RENKEI_RETURN_IF_ERROR(Move(it->path(), FreeName(folders_.processing, name)));
    } else {
      seen[name] = current;
    }
  }
  seen_ = std::move(seen);
  if (error) return FileError(error, "inbox: the folder cannot be read");
  return absl::OkStatus();
}

absl::Status Inbox::Finish(const std::string& path, InboxVerdict verdict, absl::Time now) {
  const std::string name = fs::path(path).filename().string();
  switch (verdict) {
    case InboxVerdict::kRetry:
      retry_at_[path] = now + kRetryAfter;
      return absl::OkStatus();
    case InboxVerdict::kRejected:
      return Move(path, FreeName(folders_.quarantine, name));
    case InboxVerdict::kTaken:
      break;
  }
  if (folders_.keep_inputs) return Move(path, FreeName(folders_.done, name));
  std::error_code error;
  fs::remove(path, error);
  if (error) return FileError(error, "inbox: an imported file cannot be deleted");
  return absl::OkStatus();
}

absl::StatusOr<int> Inbox::Look(absl::Time now, const Import& import) {
  const absl::Status taken = TakeSettled(now);
  std::error_code error;
  std::vector<std::string> waiting;
  for (fs::directory_iterator it(folders_.processing, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (it->is_regular_file() && !IsUnfinished(name)) waiting.push_back(it->path().string());
  }
  if (error) return FileError(error, "processing: the folder cannot be read");
  std::sort(waiting.begin(), waiting.end());
  int finished = 0;
  for (const std::string& path : waiting) {
    if (const auto retry = retry_at_.find(path); retry != retry_at_.end()) {
      if (now < retry->second) continue;
      retry_at_.erase(retry);
    }
    const InboxVerdict verdict = import(path);
    RENKEI_RETURN_IF_ERROR(Finish(path, verdict, now));
    if (verdict != InboxVerdict::kRetry) ++finished;
  }
  if (!taken.ok()) return taken;
  return finished;
}

}  // namespace renkei::agents::app
