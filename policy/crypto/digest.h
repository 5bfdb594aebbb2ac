// SHA-256 digests as a value type.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace renkei::policy::crypto {

using Digest = std::array<uint8_t, 32>;

std::string ToHex(const Digest& digest);
// From exactly 32 raw bytes (a proto field); INVALID_ARGUMENT otherwise.
absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes);
std::string ToBytes(const Digest& digest);

}  // namespace renkei::policy::crypto
