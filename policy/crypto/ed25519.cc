#include "policy/crypto/ed25519.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/crypto/openssl_ptr.h"

namespace renkei::policy::crypto {
namespace {

constexpr size_t kKeySize = 32;
constexpr size_t kSignatureSize = 64;

class Ed25519Signer final : public Signer {
 public:
  Ed25519Signer(PkeyPtr key, std::vector<uint8_t> public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}

  std::vector<uint8_t> Sign(std::span<const uint8_t> message) const override {
    const DigestContextPtr context(EVP_MD_CTX_new());
    std::vector<uint8_t> signature(kSignatureSize);
    size_t size = signature.size();
    if (context == nullptr ||
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) !=
            1 ||
        size != kSignatureSize) {
      // Only memory can fail here, and an unsigned statement must never leave.
      std::abort();
    }
    return signature;
  }
  const std::vector<uint8_t>& public_key() const override { return public_key_; }

 private:
  PkeyPtr key_;
  std::vector<uint8_t> public_key_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Signer>> MakeEd25519Signer(const base::Secret& seed) {
  if (seed.bytes().size() != kKeySize) {
    return absl::InvalidArgumentError(
        absl::StrCat("an Ed25519 seed has 32 bytes, not ", seed.bytes().size()));
  }
  PkeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.bytes().data(),
                                           seed.bytes().size()));
  std::vector<uint8_t> public_key(kKeySize);
  size_t size = public_key.size();
  if (key == nullptr || EVP_PKEY_get_raw_public_key(key.get(), public_key.data(), &size) != 1 ||
      size != kKeySize) {
    return absl::InternalError("OpenSSL could not make the Ed25519 key");
  }
  return std::make_unique<Ed25519Signer>(std::move(key), std::move(public_key));
}

base::Secret GenerateEd25519Seed(base::Random& random) {
  base::Secret seed(kKeySize);
  random.Fill(seed.mutable_bytes());
  return seed;
}

absl::Status VerifyEd25519(std::span<const uint8_t> public_key, std::span<const uint8_t> message,
                           std::span<const uint8_t> signature) {
  if (public_key.size() != kKeySize) {
    return absl::InvalidArgumentError(
        absl::StrCat("an Ed25519 public key has 32 bytes, not ", public_key.size()));
  }
  if (signature.size() != kSignatureSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("an Ed25519 signature has 64 bytes, not ", signature.size()));
  }
  const PkeyPtr key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size()));
  const DigestContextPtr context(EVP_MD_CTX_new());
  if (key == nullptr || context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                       message.size()) != 1) {
    return absl::PermissionDeniedError("the signature was not made by the registered key");
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::crypto
