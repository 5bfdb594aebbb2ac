// Authenticated encryption of something short: AES-256-GCM (NIST SP 800-38D) with a random nonce of
// 96 bits. Thread-safe; no state.
//
//   sealed = nonce (12) || ciphertext || tag (16)
//
// Nonces repeat by chance once a key has sealed 2^32 messages; callers seal a few.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/base/random.h"
#include "policy/base/secret.h"

namespace renkei::policy::crypto {

inline constexpr size_t kAeadKeyBytes = 32;
inline constexpr size_t kAeadOverheadBytes = 12 + 16;

// `bound` is not kept: who opens must name the same.
std::vector<uint8_t> Seal(std::span<const uint8_t, kAeadKeyBytes> key,
                          std::span<const uint8_t> bound, std::span<const uint8_t> message,
                          base::Random& random);

// DATA_LOSS when `sealed` was not made by Seal with this key and `bound`.
absl::StatusOr<base::Secret> Unseal(std::span<const uint8_t, kAeadKeyBytes> key,
                                    std::span<const uint8_t> bound,
                                    std::span<const uint8_t> sealed);

}  // namespace renkei::policy::crypto
