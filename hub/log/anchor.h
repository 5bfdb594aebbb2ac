// The anchor file: the newest log head, kept on another volume than the database (R26). A database
// that is behind its anchor was rolled back, and the hub refuses to serve. Until the Merkle log
// exists the head is a running digest (log.h). Touches the disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hub/store/store.h"
#include "policy/base/mutex.h"

namespace renkei::hub::log {

// Four lines: "renkei-anchor/v1", the log origin, the size, the chain digest in hex.
std::string FormatAnchor(absl::string_view origin, const store::LogHead& head);
// INVALID_ARGUMENT when the text has another form; FAILED_PRECONDITION when it names another log.
absl::StatusOr<store::LogHead> ParseAnchor(absl::string_view text, absl::string_view origin);

// nullopt when there is no such file.
absl::StatusOr<std::optional<store::LogHead>> ReadAnchor(const std::string& path,
                                                         absl::string_view origin);
absl::Status WriteAnchor(const std::string& path, absl::string_view origin,
                         const store::LogHead& head);

// The anchor file of a running hub. Thread-safe: whoever brings it forward does so to the newest
// head, and no older one replaces it.
class Anchor {
 public:
  Anchor(std::string path, std::string origin)
      : path_(std::move(path)), origin_(std::move(origin)) {}
  // On the disk when it returns; touches the disk only for a new head. Errors of store and file.
  absl::Status Advance(store::Store& store);

 private:
  const std::string path_;
  const std::string origin_;
  base::Mutex mutex_;
  uint64_t size_ ABSL_GUARDED_BY(mutex_) = 0;  // of the head that was written last; 0: none
};

// DATA_LOSS when the log is smaller than the anchor or has another entry at its place.
absl::Status CheckAgainstAnchor(store::Snapshot& snapshot, const store::LogHead& anchor);

}  // namespace renkei::hub::log
