// X.509 for the SPIFFE-style identities of trust 5.1: P-256 keys, CSRs, a root and an issuing CA,
// leaves. Over OpenSSL 3; every private key leaves as PEM inside a Secret.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/base/secret.h"
#include "policy/crypto/digest.h"

namespace renkei::policy::crypto {

// PKCS#8 PEM of a new P-256 key.
absl::StatusOr<base::Secret> GenerateP256KeyPem();

// PKCS#10 DER, empty subject, signed by the key.
absl::StatusOr<std::vector<uint8_t>> MakeCsrDer(const base::Secret& key_pem);

struct CertificatePem {
  std::string pem;  // one certificate
  Digest sha256;    // of its DER
};

// Self-signed root CA, keyCertSign, not before `now` - 5 min.
absl::StatusOr<CertificatePem> MakeRootCertificate(const base::Secret& key_pem,
                                                   absl::string_view common_name, absl::Time now,
                                                   absl::Duration lifetime);
// CA:TRUE pathlen 0, issued by the root.
absl::StatusOr<CertificatePem> MakeIssuingCertificate(const base::Secret& key_pem,
                                                      const base::Secret& root_key_pem,
                                                      absl::string_view root_pem,
                                                      absl::string_view common_name, absl::Time now,
                                                      absl::Duration lifetime);

struct LeafRequest {
  std::string spiffe_id;               // exactly one URI SAN
  std::vector<std::string> dns_names;  // hub only; "127.0.0.1"-like values become IP SANs
  absl::Time now;
  absl::Duration lifetime;
};
// CA:FALSE, digitalSignature, serverAuth + clientAuth. The CSR's self-signature is verified and its
// key must be P-256; nothing else of the CSR is used.
absl::StatusOr<CertificatePem> IssueLeaf(std::span<const uint8_t> csr_der,
                                         const base::Secret& issuing_key_pem,
                                         absl::string_view issuing_pem, const LeafRequest& request);

// INVALID_ARGUMENT unless the key is P-256 and belongs to the first certificate in `pem`.
absl::Status CheckKeyOf(absl::string_view pem, const base::Secret& key_pem);

// INVALID_ARGUMENT unless the issuer's key signed the certificate (both the first of their PEM).
absl::Status CheckIssuedBy(absl::string_view pem, absl::string_view issuer_pem);

// What IssueLeaf asks of a request: PKCS#10, P-256, self-signature. INVALID_ARGUMENT.
absl::Status CheckCsr(std::span<const uint8_t> csr_der);

struct LeafFacts {
  std::string spiffe_id;
  Digest spki_sha256;  // SHA-256 of SubjectPublicKeyInfo DER
  absl::Time not_after;
};
// Of the first certificate in `pem`; INVALID_ARGUMENT unless exactly one valid SPIFFE URI SAN.
absl::StatusOr<LeafFacts> ReadLeaf(absl::string_view pem);

// SHA-256 of the DER of the first certificate in `pem`.
absl::StatusOr<Digest> CertificateSha256(absl::string_view pem);

}  // namespace renkei::policy::crypto
