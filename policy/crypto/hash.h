// SHA-256, HMAC-SHA-256 and HKDF-SHA-256 (RFC 5869) over OpenSSL. Thread-safe; no state.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "policy/base/secret.h"
#include "policy/crypto/digest.h"

namespace renkei::policy::crypto {

Digest Sha256(std::span<const uint8_t> bytes);

// Incremental SHA-256.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  void Update(std::span<const uint8_t> bytes);
  Digest Finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest HmacSha256(std::span<const uint8_t> key, std::span<const uint8_t> message);

// HKDF(ikm = root, salt = deployment id, info = label), `size` bytes (trust 7.1).
base::Secret Hkdf(std::span<const uint8_t> ikm, std::span<const uint8_t> salt,
                  absl::string_view info, size_t size);

// Constant time; false for different lengths.
bool EqualConstantTime(std::span<const uint8_t> a, std::span<const uint8_t> b);

}  // namespace renkei::policy::crypto
