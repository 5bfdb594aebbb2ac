// The anchor file: the newest log head, kept on another volume than the database (R26). A database
// that is behind its anchor was rolled back, and the hub refuses to serve. Until the Merkle log
// exists the head is a running digest (log.h). Touches the disk.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hub/store/store.h"

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

// DATA_LOSS when the log is smaller than the anchor or has another entry at its place.
absl::Status CheckAgainstAnchor(store::Snapshot& snapshot, const store::LogHead& anchor);

}  // namespace renkei::hub::log
