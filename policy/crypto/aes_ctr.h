// AES-256 in counter mode (NIST SP 800-38A 6.5) as a key stream that can be started at any counter
// block: the same key and block give the same bytes for ever. Not thread-safe; one per thread.
// Left out: encryption of a message, which needs a nonce rule and a tag.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "policy/crypto/openssl_ptr.h"

namespace renkei::policy::crypto {

class AesCtrStream {
 public:
  static constexpr size_t kKeyBytes = 32;
  using CounterBlock = std::array<uint8_t, 16>;

  // Starts at the block of zeros.
  explicit AesCtrStream(std::span<const uint8_t, kKeyBytes> key);
  // The next byte is the first one of AES(key, block); later blocks count up from it as one
  // big-endian number of 128 bits.
  void Seek(const CounterBlock& block);
  void Fill(std::span<uint8_t> out);

 private:
  CipherContextPtr context_;
};

}  // namespace renkei::policy::crypto
