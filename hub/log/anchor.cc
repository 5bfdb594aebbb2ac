#include "hub/log/anchor.h"

#include <memory>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/base/files.h"
#include "policy/base/status.h"

namespace renkei::hub::log {
namespace {

constexpr char kFirstLine[] = "renkei-anchor/v1";
constexpr size_t kMaxAnchorBytes = 4096;

bool IsLowerHex(absl::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

}  // namespace

std::string FormatAnchor(absl::string_view origin, const store::LogHead& head) {
  return absl::StrCat(kFirstLine, "\n", origin, "\n", head.size, "\n", crypto::ToHex(head.chain),
                      "\n");
}

absl::StatusOr<store::LogHead> ParseAnchor(absl::string_view text, absl::string_view origin) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  store::LogHead head;
  if (lines.size() != 5 || lines[0] != kFirstLine || !lines[4].empty() ||
      !absl::SimpleAtoi(lines[2], &head.size) || absl::StrCat(head.size) != lines[2] ||
      lines[3].size() != 64 || !IsLowerHex(lines[3])) {
    return absl::InvalidArgumentError(
        "the anchor file is not in the form renkei-anchor/v1; restore it from its backup");
  }
  if (lines[1] != origin) {
    return absl::FailedPreconditionError(
        "the anchor file belongs to another hub; give this hub an anchor_file of its own");
  }
  RENKEI_ASSIGN_OR_RETURN(head.chain, crypto::DigestFromBytes(absl::HexStringToBytes(lines[3])));
  return head;
}

absl::StatusOr<std::optional<store::LogHead>> ReadAnchor(const std::string& path,
                                                         absl::string_view origin) {
  absl::StatusOr<std::string> text = base::ReadFile(path, kMaxAnchorBytes);
  if (absl::IsNotFound(text.status())) return std::optional<store::LogHead>();
  RENKEI_RETURN_IF_ERROR(text.status());
  RENKEI_ASSIGN_OR_RETURN(const store::LogHead head, ParseAnchor(*text, origin));
  return std::optional<store::LogHead>(head);
}

absl::Status WriteAnchor(const std::string& path, absl::string_view origin,
                         const store::LogHead& head) {
  return base::WriteFileAtomically(path, FormatAnchor(origin, head), 0600);
}

absl::Status Anchor::Advance(store::Store& store) {
  const base::MutexLock lock(mutex_);
  // Read under the lock, so that heads are written in their order.
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const store::LogHead head, snapshot->Head());
  if (head.size == size_) return absl::OkStatus();
  RENKEI_RETURN_IF_ERROR(WriteAnchor(path_, origin_, head));
  size_ = head.size;
  return absl::OkStatus();
}

absl::Status CheckAgainstAnchor(store::Snapshot& snapshot, const store::LogHead& anchor) {
  if (anchor.size == 0) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows,
                          snapshot.ListEntries(anchor.size - 1, 1));
  if (rows.empty() || rows.front().sequence != anchor.size - 1) {
    return absl::DataLossError(
        absl::StrCat("the database is older than the anchor file: the anchor names ", anchor.size,
                     " log entries; the database was rolled back or is the wrong one. Restore the "
                     "newest database"));
  }
  if (rows.front().chain != anchor.chain) {
    return absl::DataLossError(
        absl::StrCat("the log differs from the anchor file within its first ", anchor.size,
                     " entries: history was rewritten, or the anchor belongs to another database"));
  }
  return absl::OkStatus();
}

}  // namespace renkei::hub::log
