#include "hub/identity/certificate_authority.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
#include "policy/base/status.h"

namespace renkei::hub::identity {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace {

constexpr size_t kMaxPemBytes = 16 << 10;

std::string RootFile(const std::string& dir) { return absl::StrCat(dir, "/root.pem"); }
std::string IssuingFile(const std::string& dir) { return absl::StrCat(dir, "/issuing.pem"); }
std::string IssuingKeyFile(const std::string& dir) { return absl::StrCat(dir, "/issuing.key"); }

}  // namespace

absl::StatusOr<CertificateAuthority> CertificateAuthority::Create(const std::string& dir,
                                                                  absl::string_view trust_domain,
                                                                  absl::Time now) {
  if (std::filesystem::exists(RootFile(dir))) {
    return absl::AlreadyExistsError(
        absl::StrCat(dir, " holds a certificate authority; a new one would cut off every member"));
  }
  CertificateAuthority ca;
  RENKEI_ASSIGN_OR_RETURN(const base::Secret root_key, crypto::GenerateP256KeyPem());
  RENKEI_ASSIGN_OR_RETURN(
      const crypto::CertificatePem root,
      crypto::MakeRootCertificate(root_key, absl::StrCat("Renkei root ", trust_domain), now,
                                  kRootLifetime));
  RENKEI_ASSIGN_OR_RETURN(ca.issuing_key_pem_, crypto::GenerateP256KeyPem());
  RENKEI_ASSIGN_OR_RETURN(
      const crypto::CertificatePem issuing,
      crypto::MakeIssuingCertificate(ca.issuing_key_pem_, root_key, root.pem,
                                     absl::StrCat("Renkei issuing ", trust_domain), now,
                                     kIssuingLifetime));
  RENKEI_RETURN_IF_ERROR(base::MakePrivateDirectory(absl::StrCat(dir, "/root-offline")));
  RENKEI_RETURN_IF_ERROR(base::WriteFileAtomically(absl::StrCat(dir, "/", kRootKeyFile),
                                                   base::AsText(root_key.bytes()), 0600));
  RENKEI_RETURN_IF_ERROR(base::WriteFileAtomically(
      IssuingKeyFile(dir), base::AsText(ca.issuing_key_pem_.bytes()), 0600));
  RENKEI_RETURN_IF_ERROR(base::WriteFileAtomically(IssuingFile(dir), issuing.pem, 0644));
  // The root certificate last: without it there is no CA yet and `init` can start again.
  RENKEI_RETURN_IF_ERROR(base::WriteFileAtomically(RootFile(dir), root.pem, 0644));
  ca.issuing_pem_ = issuing.pem;
  ca.root_pem_ = root.pem;
  ca.root_sha256_ = root.sha256;
  return ca;
}

absl::StatusOr<CertificateAuthority> CertificateAuthority::Load(const std::string& dir) {
  CertificateAuthority ca;
  RENKEI_ASSIGN_OR_RETURN(ca.root_pem_, base::ReadFile(RootFile(dir), kMaxPemBytes));
  RENKEI_ASSIGN_OR_RETURN(ca.issuing_pem_, base::ReadFile(IssuingFile(dir), kMaxPemBytes));
  RENKEI_ASSIGN_OR_RETURN(ca.issuing_key_pem_,
                          base::ReadPrivateFile(IssuingKeyFile(dir), kMaxPemBytes));
  const absl::StatusOr<crypto::Digest> root = crypto::CertificateSha256(ca.root_pem_);
  if (!root.ok() || !crypto::CheckKeyOf(ca.issuing_pem_, ca.issuing_key_pem_).ok() ||
      !crypto::CheckIssuedBy(ca.issuing_pem_, ca.root_pem_).ok()) {
    return absl::DataLossError(absl::StrCat(
        "certificate authority in ", dir,
        ": key and certificates do not belong together; restore the folder from backup"));
  }
  ca.root_sha256_ = *root;
  return ca;
}

absl::StatusOr<std::string> CertificateAuthority::Issue(std::span<const uint8_t> csr_der,
                                                        const std::string& spiffe_id,
                                                        absl::Time now,
                                                        absl::Duration lifetime) const {
  RENKEI_ASSIGN_OR_RETURN(
      const crypto::CertificatePem leaf,
      crypto::IssueLeaf(csr_der, issuing_key_pem_, issuing_pem_, {spiffe_id, {}, now, lifetime}));
  return leaf.pem + issuing_pem_;
}

absl::StatusOr<KeyedCertificate> CertificateAuthority::MakeIdentity(
    const std::string& spiffe_id, const std::vector<std::string>& dns_names, absl::Time now,
    absl::Duration lifetime) const {
  KeyedCertificate out;
  RENKEI_ASSIGN_OR_RETURN(out.key_pem, crypto::GenerateP256KeyPem());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> csr, crypto::MakeCsrDer(out.key_pem));
  RENKEI_ASSIGN_OR_RETURN(const crypto::CertificatePem leaf,
                          crypto::IssueLeaf(csr, issuing_key_pem_, issuing_pem_,
                                            {spiffe_id, dns_names, now, lifetime}));
  out.chain_pem = leaf.pem + issuing_pem_;
  return out;
}

}  // namespace renkei::hub::identity
