// The three-step SHA-256 functions of OpenSSL 3 are deprecated in favour of EVP, whose contexts
// cost more than the hash of a short message does; they run the same code on the same instructions.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "policy/crypto/hmac_key.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "policy/crypto/hash.h"

namespace renkei::policy::crypto {
namespace {

constexpr size_t kBlock = SHA256_CBLOCK;

}  // namespace

HmacSha256Key::HmacSha256Key(std::span<const uint8_t> key) : states_(2 * sizeof(SHA256_CTX)) {
  std::array<uint8_t, kBlock> padded{};
  if (key.size() > kBlock) {
    const Digest digest = Sha256(key);
    std::copy(digest.begin(), digest.end(), padded.begin());
  } else {
    std::copy(key.begin(), key.end(), padded.begin());
  }
  size_t at = 0;
  for (const uint8_t pad : {0x36, 0x5c}) {
    std::array<uint8_t, kBlock> block = padded;
    for (uint8_t& byte : block) byte ^= pad;
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, block.data(), block.size());
    std::memcpy(states_.mutable_bytes().data() + at, &state, sizeof(state));
    at += sizeof(state);
    OPENSSL_cleanse(&state, sizeof(state));
    OPENSSL_cleanse(block.data(), block.size());
  }
  OPENSSL_cleanse(padded.data(), padded.size());
}

Digest HmacSha256Key::Of(std::span<const uint8_t> message) const {
  Digest digest;
  SHA256_CTX state;
  std::memcpy(&state, states_.bytes().data(), sizeof(state));
  SHA256_Update(&state, message.data(), message.size());
  SHA256_Final(digest.data(), &state);
  std::memcpy(&state, states_.bytes().data() + sizeof(state), sizeof(state));
  SHA256_Update(&state, digest.data(), digest.size());
  SHA256_Final(digest.data(), &state);
  return digest;
}

}  // namespace renkei::policy::crypto
