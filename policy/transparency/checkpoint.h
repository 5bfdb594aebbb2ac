// Checkpoints (C2SP tlog-checkpoint): the signed head of a log. Three lines, origin, size and root;
// extension lines are refused. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/crypto/ed25519.h"
#include "policy/transparency/hashing.h"
#include "policy/transparency/note.h"

namespace renkei::policy::transparency {

struct Checkpoint {
  std::string origin;  // names the log, and its key
  uint64_t size = 0;
  Digest root{};
  bool operator==(const Checkpoint&) const = default;
};

std::string FormatCheckpoint(const Checkpoint& checkpoint);
// INVALID_ARGUMENT unless the text is exactly what FormatCheckpoint writes.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text);

// A note that the key named by the origin signed.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                           const crypto::Signer& signer);
// INVALID_ARGUMENT for another form, PERMISSION_DENIED when `key` did not sign it or the origin is
// another than the key's name.
absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const VerifierKey& key);

}  // namespace renkei::policy::transparency
