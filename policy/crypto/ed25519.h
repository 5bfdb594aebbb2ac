// Ed25519 statement-signing keys. A Signer is an interface so that keys may live elsewhere later.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/base/random.h"
#include "policy/base/secret.h"

namespace renkei::policy::crypto {

class Signer {
 public:
  virtual ~Signer() = default;
  // 64 bytes.
  virtual std::vector<uint8_t> Sign(std::span<const uint8_t> message) const = 0;
  // 32 bytes.
  virtual const std::vector<uint8_t>& public_key() const = 0;
};

// `seed` is the 32-byte private key of RFC 8032.
absl::StatusOr<std::unique_ptr<Signer>> MakeEd25519Signer(const base::Secret& seed);
base::Secret GenerateEd25519Seed(base::Random& random);

// PERMISSION_DENIED when the signature does not fit; INVALID_ARGUMENT for wrong sizes.
absl::Status VerifyEd25519(std::span<const uint8_t> public_key, std::span<const uint8_t> message,
                           std::span<const uint8_t> signature);

}  // namespace renkei::policy::crypto
