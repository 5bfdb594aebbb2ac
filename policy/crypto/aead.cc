#include "policy/crypto/aead.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

#include "policy/crypto/openssl_ptr.h"

namespace renkei::policy::crypto {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
static_assert(kNonceBytes + kTagBytes == kAeadOverheadBytes);

// As in hash.cc: what OpenSSL cannot compute must never look like a result.
void OrAbort(bool holds) {
  if (!holds) std::abort();
}

CipherContextPtr Start(std::span<const uint8_t, kAeadKeyBytes> key, const uint8_t* nonce,
                       std::span<const uint8_t> bound, bool seals) {
  CipherContextPtr context(EVP_CIPHER_CTX_new());
  OrAbort(context != nullptr && EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                                                  key.data(), nonce, seals ? 1 : 0) == 1);
  int length = 0;
  OrAbort(bound.empty() || EVP_CipherUpdate(context.get(), nullptr, &length, bound.data(),
                                            static_cast<int>(bound.size())) == 1);
  return context;
}

void Update(EVP_CIPHER_CTX* context, std::span<const uint8_t> in, uint8_t* out) {
  int length = 0;
  OrAbort(EVP_CipherUpdate(context, out, &length, in.data(), static_cast<int>(in.size())) == 1 &&
          static_cast<size_t>(length) == in.size());
}

}  // namespace

std::vector<uint8_t> Seal(std::span<const uint8_t, kAeadKeyBytes> key,
                          std::span<const uint8_t> bound, std::span<const uint8_t> message,
                          base::Random& random) {
  std::vector<uint8_t> sealed(message.size() + kAeadOverheadBytes);
  random.Fill(std::span(sealed).first(kNonceBytes));
  const CipherContextPtr context = Start(key, sealed.data(), bound, /*seals=*/true);
  Update(context.get(), message, sealed.data() + kNonceBytes);
  int rest = 0;
  uint8_t* const tag = sealed.data() + kNonceBytes + message.size();
  OrAbort(EVP_CipherFinal_ex(context.get(), tag, &rest) == 1 && rest == 0 &&
          EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1);
  return sealed;
}

absl::StatusOr<base::Secret> Unseal(std::span<const uint8_t, kAeadKeyBytes> key,
                                    std::span<const uint8_t> bound,
                                    std::span<const uint8_t> sealed) {
  const absl::Status broken =
      absl::DataLossError("sealed bytes were changed, or sealed with another key");
  if (sealed.size() < kAeadOverheadBytes) return broken;
  const size_t size = sealed.size() - kAeadOverheadBytes;
  const CipherContextPtr context = Start(key, sealed.data(), bound, /*seals=*/false);
  base::Secret message(size);
  Update(context.get(), sealed.subspan(kNonceBytes, size), message.mutable_bytes().data());
  uint8_t tag[kTagBytes];
  std::copy_n(sealed.data() + kNonceBytes + size, kTagBytes, tag);
  uint8_t none = 0;
  int rest = 0;
  OrAbort(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag) == 1);
  if (EVP_CipherFinal_ex(context.get(), &none, &rest) != 1) return broken;
  return message;
}

}  // namespace renkei::policy::crypto
