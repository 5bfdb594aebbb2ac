// HMAC-SHA-256 (RFC 2104) under one key for many short messages: the key's two blocks are hashed
// once, which halves the work per message, and no context is allocated. Thread-safe.
#pragma once

#include <cstdint>
#include <span>

#include "policy/base/secret.h"
#include "policy/crypto/digest.h"

namespace renkei::policy::crypto {

class HmacSha256Key {
 public:
  explicit HmacSha256Key(std::span<const uint8_t> key);
  // The same as HmacSha256(key, message).
  Digest Of(std::span<const uint8_t> message) const;

 private:
  // Hash states after the inner and the outer block; as good as the key, hence kept like it.
  base::Secret states_;
};

}  // namespace renkei::policy::crypto
