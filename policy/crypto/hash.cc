#include "policy/crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>

#include "policy/crypto/openssl_ptr.h"

namespace renkei::policy::crypto {
namespace {

constexpr size_t kHashSize = 32;

// A hash that could not be computed must never look like one; OpenSSL fails here only without
// memory.
void OrAbort(bool ok) {
  if (!ok) std::abort();
}

void HmacInto(std::span<const uint8_t> key, std::span<const uint8_t> message,
              std::span<uint8_t> out) {
  // HMAC() takes a null key pointer as "keep the old key"; RFC 2104 allows the empty one.
  static constexpr uint8_t kNothing = 0;
  unsigned int size = 0;
  OrAbort(HMAC(EVP_sha256(), key.empty() ? &kNothing : key.data(), static_cast<int>(key.size()),
               message.empty() ? &kNothing : message.data(), message.size(), out.data(),
               &size) != nullptr &&
          size == kHashSize);
}

}  // namespace

Digest Sha256(std::span<const uint8_t> bytes) {
  Digest digest;
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

struct Sha256Stream::State {
  DigestContextPtr context{EVP_MD_CTX_new()};
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  OrAbort(state_->context != nullptr &&
          EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Update(std::span<const uint8_t> bytes) {
  OrAbort(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256Stream::Finish() {
  Digest digest;
  OrAbort(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) == 1);
  return digest;
}

Digest HmacSha256(std::span<const uint8_t> key, std::span<const uint8_t> message) {
  Digest digest;
  HmacInto(key, message, digest);
  return digest;
}

base::Secret Hkdf(std::span<const uint8_t> ikm, std::span<const uint8_t> salt,
                  absl::string_view info, size_t size) {
  OrAbort(size <= 255 * kHashSize);
  base::Secret prk(kHashSize);
  HmacInto(salt, ikm, prk.mutable_bytes());

  // T(i) = HMAC(prk, T(i-1) || info || i); the block keeps T(i-1) at its front.
  base::Secret block(kHashSize + info.size() + 1);
  const std::span<uint8_t> bytes = block.mutable_bytes();
  std::copy(info.begin(), info.end(), bytes.begin() + kHashSize);
  base::Secret out(size);
  size_t done = 0;
  for (uint8_t i = 1; done < size; ++i) {
    bytes.back() = i;
    base::Secret next(kHashSize);
    HmacInto(prk.bytes(), i == 1 ? bytes.subspan(kHashSize) : bytes, next.mutable_bytes());
    std::copy(next.bytes().begin(), next.bytes().end(), bytes.begin());
    const size_t part = std::min(kHashSize, size - done);
    std::copy_n(next.bytes().begin(), part, out.mutable_bytes().begin() + done);
    done += part;
  }
  return out;
}

bool EqualConstantTime(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  if (a.size() != b.size()) return false;
  return a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace renkei::policy::crypto
