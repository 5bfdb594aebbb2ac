#include "agents/app/identity.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/spiffe.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace sqlcipher = renkei::policy::sqlcipher;

namespace {

constexpr char kTlsKey[] = "tls_key_pem";
constexpr char kCsr[] = "csr_der";
constexpr char kSigningSeed[] = "signing_seed";
constexpr char kConsentSeed[] = "consent_ledger_seed";
constexpr char kEnrolment[] = "enrolment";  // EnrolResponse as received

}  // namespace

policy::transport::TlsFiles Identity::Tls() const {
  return {.root_pem = root_pem,
          .chain_pem = chain_pem,
          .key_pem = base::Secret::Copy(tls_key_pem.bytes())};
}

absl::StatusOr<std::optional<base::Secret>> IdentityStore::Get(const char* name) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Statement row,
                          database_.Prepare("SELECT value FROM identity WHERE name = ?"));
  row.Bind(1, name);
  RENKEI_ASSIGN_OR_RETURN(const bool found, row.Step());
  if (!found) return std::optional<base::Secret>();
  return std::optional<base::Secret>(base::Secret::Copy(row.Blob(0)));
}

absl::Status IdentityStore::Put(const char* name, std::span<const uint8_t> value) {
  RENKEI_ASSIGN_OR_RETURN(
      sqlcipher::Statement insert,
      database_.Prepare("INSERT OR REPLACE INTO identity (name, value) VALUES (?, ?)"));
  return insert.Bind(1, name).BindBlob(2, value).Run();
}

absl::StatusOr<EnrolmentKeys> IdentityStore::LoadOrMakeKeys(base::Random& random) {
  EnrolmentKeys keys;
  RENKEI_ASSIGN_OR_RETURN(std::optional<base::Secret> tls, Get(kTlsKey));
  RENKEI_ASSIGN_OR_RETURN(std::optional<base::Secret> csr, Get(kCsr));
  RENKEI_ASSIGN_OR_RETURN(std::optional<base::Secret> seed, Get(kSigningSeed));
  if (!tls.has_value() || !csr.has_value() || !seed.has_value()) {
    RENKEI_ASSIGN_OR_RETURN(base::Secret key, crypto::GenerateP256KeyPem());
    RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> request, crypto::MakeCsrDer(key));
    base::Secret signing = crypto::GenerateEd25519Seed(random);
    RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                            sqlcipher::Transaction::Begin(database_));
    RENKEI_RETURN_IF_ERROR(Put(kTlsKey, key.bytes()));
    RENKEI_RETURN_IF_ERROR(Put(kCsr, request));
    RENKEI_RETURN_IF_ERROR(Put(kSigningSeed, signing.bytes()));
    RENKEI_RETURN_IF_ERROR(transaction.Commit());
    tls = std::move(key);
    csr = base::Secret::Copy(request);
    seed = std::move(signing);
  }
  keys.tls_key_pem = *std::move(tls);
  keys.csr_der.assign(csr->bytes().begin(), csr->bytes().end());
  RENKEI_ASSIGN_OR_RETURN(keys.signer, crypto::MakeEd25519Signer(*seed));
  return keys;
}

absl::StatusOr<std::unique_ptr<crypto::Signer>> IdentityStore::LoadOrMakeConsentSigner(
    base::Random& random) {
  // Never two keys: the look and the making are one transaction.
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Transaction transaction,
                          sqlcipher::Transaction::Begin(database_));
  RENKEI_ASSIGN_OR_RETURN(std::optional<base::Secret> seed, Get(kConsentSeed));
  if (!seed.has_value()) {
    seed = crypto::GenerateEd25519Seed(random);
    RENKEI_RETURN_IF_ERROR(Put(kConsentSeed, seed->bytes()));
  }
  RENKEI_RETURN_IF_ERROR(transaction.Commit());
  return crypto::MakeEd25519Signer(*seed);
}

absl::Status IdentityStore::Save(const v1::EnrolResponse& response) {
  RENKEI_RETURN_IF_ERROR(crypto::ParseSpiffeId(response.spiffe_id()).status());
  RENKEI_ASSIGN_OR_RETURN(const crypto::LeafFacts leaf,
                          crypto::ReadLeaf(response.certificate_pem()));
  if (leaf.spiffe_id != response.spiffe_id()) {
    return absl::DataLossError("enrolment: the certificate is of another identity");
  }
  if (response.receipt_public_key().size() != 32 || response.audience().empty()) {
    return absl::DataLossError("enrolment: the hub's receipt key or audience is missing");
  }
  const std::string bytes = response.SerializeAsString();
  return Put(kEnrolment, base::AsBytes(bytes));
}

absl::StatusOr<bool> IdentityStore::IsEnrolled() {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<base::Secret> enrolment, Get(kEnrolment));
  return enrolment.has_value();
}

absl::StatusOr<Identity> IdentityStore::Load() {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<base::Secret> enrolment, Get(kEnrolment));
  if (!enrolment.has_value()) {
    return absl::FailedPreconditionError(
        "this agent is not enrolled; ask the council's operator for a code and run "
        "`renkei-agent enrol`");
  }
  v1::EnrolResponse response;
  if (!response.ParseFromString(base::ToString(enrolment->bytes()))) {
    return absl::DataLossError("agent.db: the stored enrolment does not parse");
  }
  RENKEI_ASSIGN_OR_RETURN(std::optional<base::Secret> tls, Get(kTlsKey));
  RENKEI_ASSIGN_OR_RETURN(const std::optional<base::Secret> seed, Get(kSigningSeed));
  if (!tls.has_value() || !seed.has_value()) {
    return absl::DataLossError("agent.db: enrolled, but a private key is missing");
  }
  Identity identity;
  identity.spiffe_id = response.spiffe_id();
  identity.chain_pem = response.certificate_pem();
  identity.root_pem = response.root_pem();
  identity.audience = response.audience();
  const std::span<const uint8_t> receipt = base::AsBytes(response.receipt_public_key());
  identity.receipt_key.assign(receipt.begin(), receipt.end());
  RENKEI_ASSIGN_OR_RETURN(const crypto::LeafFacts leaf, crypto::ReadLeaf(identity.chain_pem));
  identity.expires_at = leaf.not_after;
  identity.tls_key_pem = *std::move(tls);
  RENKEI_ASSIGN_OR_RETURN(identity.signer, crypto::MakeEd25519Signer(*seed));
  return identity;
}

}  // namespace renkei::agents::app
