// Signed notes (C2SP signed-note) under Ed25519 keys: text that ends in a newline, an empty line,
// then a line per signature. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/crypto/ed25519.h"

namespace renkei::policy::transparency {

inline constexpr size_t kMaxNoteBytes = 64 * 1024;

struct VerifierKey {
  std::string name;  // no space, no "+"
  std::array<uint8_t, 4> id{};
  std::vector<uint8_t> public_key;  // 32 bytes
  bool operator==(const VerifierKey&) const = default;
};

// INVALID_ARGUMENT for an impossible name or key.
absl::StatusOr<VerifierKey> MakeVerifierKey(absl::string_view name,
                                            std::span<const uint8_t> public_key);
// vkey: name "+" 8 hex digits of the id "+" base64(01 || key). INVALID_ARGUMENT unless it is
// written exactly so, the id included.
absl::StatusOr<VerifierKey> ParseVerifierKey(absl::string_view text);
std::string FormatVerifierKey(const VerifierKey& key);

// INVALID_ARGUMENT for text that is no note: empty, without the last newline, with other control
// characters, or not UTF-8.
absl::StatusOr<std::string> SignNote(absl::string_view text, absl::string_view key_name,
                                     const crypto::Signer& signer);

// The text. Signatures of keys that are not in `keys` are ignored; one that is must fit, each time
// it stands there. INVALID_ARGUMENT for another form, PERMISSION_DENIED when no known key signed or
// a known one does not fit.
absl::StatusOr<std::string> OpenNote(absl::string_view note, std::span<const VerifierKey> keys);

}  // namespace renkei::policy::transparency
