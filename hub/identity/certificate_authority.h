// The hub's certificate authority (trust 5.1, 5.2): a root whose key is to be moved offline, and an
// issuing CA that signs agents, people and the hub itself. Upgrades never make a new one.
//
//   <dir>/root.pem                   root certificate; its SHA-256 goes into the letters
//   <dir>/issuing.pem, issuing.key   issuing CA, pathlen 0, two years
//   <dir>/root-offline/root.key      to be moved to another place after `init`
// Keys have mode 0600. Touches the disk.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/base/secret.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/digest.h"

namespace renkei::hub::identity {

inline constexpr absl::Duration kRootLifetime = absl::Hours(24 * 3653);    // ten years
inline constexpr absl::Duration kIssuingLifetime = absl::Hours(24 * 731);  // two years
inline constexpr absl::Duration kLeafLifetime = absl::Hours(24 * 365);     // R30
inline constexpr char kRootKeyFile[] = "root-offline/root.key";

// A certificate with its fresh key, as a server or a person uses it.
struct KeyedCertificate {
  policy::base::Secret key_pem;
  std::string chain_pem;  // leaf, then the issuing CA
};

class CertificateAuthority {
 public:
  // ALREADY_EXISTS when `dir` holds a CA.
  static absl::StatusOr<CertificateAuthority> Create(const std::string& dir,
                                                     absl::string_view trust_domain,
                                                     absl::Time now);
  // Without the root's key, which need not be there. DATA_LOSS when key and certificates do not
  // fit.
  static absl::StatusOr<CertificateAuthority> Load(const std::string& dir);

  // Leaf for a key that its owner made; the request's self-signature is verified. Chain PEM.
  absl::StatusOr<std::string> Issue(std::span<const uint8_t> csr_der, const std::string& spiffe_id,
                                    absl::Time now, absl::Duration lifetime = kLeafLifetime) const;
  // Key and leaf made here: the hub's own server certificate, and the first bundles of `init`.
  absl::StatusOr<KeyedCertificate> MakeIdentity(const std::string& spiffe_id,
                                                const std::vector<std::string>& dns_names,
                                                absl::Time now,
                                                absl::Duration lifetime = kLeafLifetime) const;

  const std::string& root_pem() const { return root_pem_; }
  const std::string& issuing_pem() const { return issuing_pem_; }
  const policy::base::Secret& issuing_key_pem() const { return issuing_key_pem_; }
  const policy::crypto::Digest& root_sha256() const { return root_sha256_; }
  // As printed by `init` and in letters: 64 lower-case hex digits.
  std::string fingerprint() const { return policy::crypto::ToHex(root_sha256_); }

 private:
  CertificateAuthority() = default;
  policy::base::Secret issuing_key_pem_;
  std::string issuing_pem_, root_pem_;
  policy::crypto::Digest root_sha256_{};
};

}  // namespace renkei::hub::identity
