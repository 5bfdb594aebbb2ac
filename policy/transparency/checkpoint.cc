#include "policy/transparency/checkpoint.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"

namespace renkei::policy::transparency {

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n",
                      absl::Base64Escape(base::AsText(checkpoint.root)), "\n");
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text) {
  const absl::Status malformed = absl::InvalidArgumentError(
      "checkpoint: must be three lines: origin, size in decimal digits, base64 of 32 bytes");
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  Checkpoint checkpoint;
  std::string root;
  if (lines.size() != 4 || lines[0].empty() || !absl::SimpleAtoi(lines[1], &checkpoint.size) ||
      !absl::Base64Unescape(lines[2], &root) || root.size() != checkpoint.root.size()) {
    return malformed;
  }
  checkpoint.origin = std::string(lines[0]);
  RENKEI_ASSIGN_OR_RETURN(checkpoint.root, crypto::DigestFromBytes(root));
  // Leading zeros, signs, spaces and unpadded base64 do not come out the same.
  if (FormatCheckpoint(checkpoint) != text) return malformed;
  return checkpoint;
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                           const crypto::Signer& signer) {
  return SignNote(FormatCheckpoint(checkpoint), checkpoint.origin, signer);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const VerifierKey& key) {
  RENKEI_ASSIGN_OR_RETURN(const std::string text, OpenNote(note, {&key, 1}));
  RENKEI_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(text));
  if (checkpoint.origin != key.name) {
    return absl::PermissionDeniedError("checkpoint: is of another log than its key");
  }
  return checkpoint;
}

}  // namespace renkei::policy::transparency
