// PEM and DER of certificates and P-256 keys; inside crypto only.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/secret.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/openssl_ptr.h"

namespace renkei::policy::crypto {

// INTERNAL "OpenSSL could not <what>".
absl::Status OpenSslError(absl::string_view what);

// The first certificate of `pem`; INVALID_ARGUMENT when there is none.
absl::StatusOr<X509Ptr> ReadCertificate(absl::string_view pem);

// True for a key on P-256 that names its curve.
bool IsNamedP256(EVP_PKEY* key);

// INVALID_ARGUMENT for anything but a P-256 key.
absl::StatusOr<PkeyPtr> ReadKey(const base::Secret& key_pem);

std::vector<uint8_t> DerOf(X509* certificate);
absl::StatusOr<CertificatePem> ToPem(X509* certificate);

}  // namespace renkei::policy::crypto
