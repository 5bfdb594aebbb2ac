#include "hub/app/init.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "hub/app/config.h"
#include "hub/app/data_folder.h"
#include "hub/identity/bundle.h"
#include "hub/identity/certificate_authority.h"
#include "hub/log/log.h"
#include "hub/store/sqlcipher_store.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
#include "policy/base/status.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/ed25519.h"

namespace renkei::hub::app {
namespace fs = std::filesystem;
namespace {

absl::StatusOr<base::Secret> RootSecret(const std::string& path, base::Random& random, bool* made) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    base::Secret fresh(32);
    random.Fill(fresh.mutable_bytes());
    RENKEI_RETURN_IF_ERROR(base::Annotate(
        base::WriteFileAtomically(path, base::AsText(fresh.bytes()), 0600), "root_secret_file"));
    *made = true;
  }
  absl::StatusOr<base::Secret> secret = base::ReadSecretFile(path, 32);
  RENKEI_RETURN_IF_ERROR(base::Annotate(secret.status(), "root_secret_file"));
  return secret;
}

// Where people connect: the listening host if the certificate names it, else the first name.
std::string AddressFor(const v1::HubConfig& config) {
  const size_t colon = config.listen().rfind(':');
  const std::string host = config.listen().substr(0, colon);
  const bool named = std::find(config.dns_names().begin(), config.dns_names().end(), host) !=
                     config.dns_names().end();
  return absl::StrCat(named ? host : config.dns_names(0), config.listen().substr(colon));
}

struct Person {
  v1::Role role;
  const char* file;
  std::string path;  // of the SPIFFE id
  std::string scope;
};

// Key and certificate are made here, the row and its entry in the transaction of init.
absl::Status MakeBundle(const Person& person, const v1::HubConfig& config, const std::string& dir,
                        const identity::CertificateAuthority& authority,
                        store::Transaction& transaction, const log::Act& act) {
  const std::string spiffe_id = absl::StrCat("spiffe://", config.trust_domain(), "/", person.path);
  RENKEI_ASSIGN_OR_RETURN(const identity::KeyedCertificate keyed,
                          authority.MakeIdentity(spiffe_id, {}, act.now));
  const base::Secret seed = crypto::GenerateEd25519Seed(*act.random);
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<crypto::Signer> signer,
                          crypto::MakeEd25519Signer(seed));
  RENKEI_ASSIGN_OR_RETURN(const crypto::LeafFacts facts, crypto::ReadLeaf(keyed.chain_pem));
  store::IdentityRow row;
  row.spiffe_id = spiffe_id;
  row.role = person.role;
  row.scope = person.scope;
  row.spki_sha256 = facts.spki_sha256;
  row.signing_public_key = signer->public_key();
  row.certificate_expires_at = facts.not_after;
  row.enrolled_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.InsertIdentity(row));
  RENKEI_ASSIGN_OR_RETURN(const std::string named,
                          log::ActorOf(transaction, spiffe_id, act.now, *act.random));
  RENKEI_RETURN_IF_ERROR(
      log::Append(
          transaction, act,
          {.type = log::EntryType::kIdentityEnrolled,
           .objects = {{"sign_pk", absl::BytesToHexString(base::AsText(row.signing_public_key))},
                       {"spiffe", named},
                       {"tls_spki_sha256", crypto::ToHex(row.spki_sha256)}}})
          .status());

  v1::Bundle bundle;
  bundle.set_role(person.role);
  bundle.set_spiffe_id(spiffe_id);
  bundle.set_hub_address(AddressFor(config));
  bundle.set_root_pem(authority.root_pem());
  bundle.set_chain_pem(keyed.chain_pem);
  bundle.set_key_pem(base::ToString(keyed.key_pem.bytes()));
  bundle.set_signing_seed(base::ToString(seed.bytes()));
  bundle.set_audience(OriginOf(config));
  absl::Status written = identity::WriteBundle(BundlePath(dir, person.file), bundle);
  identity::WipeBundle(&bundle);
  return written;
}

absl::Status Fill(const InitRequest& request, const v1::HubConfig& config, base::Clock& clock,
                  base::Random& random, InitReport* report) {
  const std::string& dir = request.dir;
  RENKEI_ASSIGN_OR_RETURN(const base::Secret root,
                          RootSecret(config.root_secret_file(), random, &report->root_secret_made));
  report->root_secret_path = config.root_secret_file();
  report->two_person = config.two_person();
  std::string id_text = request.deployment_id;
  if (id_text.empty()) {
    std::vector<uint8_t> fresh(16);
    random.Fill(fresh);
    id_text = absl::BytesToHexString(base::AsText(fresh));
  }
  RENKEI_RETURN_IF_ERROR(base::WriteFileAtomically(DeploymentIdPath(dir), id_text + "\n", 0600));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> deployment_id, ReadDeploymentId(dir));
  const absl::Time now = clock.Now();
  RENKEI_ASSIGN_OR_RETURN(
      const identity::CertificateAuthority authority,
      identity::CertificateAuthority::Create(CaPath(dir), config.trust_domain(), now));
  report->ca_fingerprint = authority.fingerprint();
  report->root_key_path = absl::StrCat(CaPath(dir), "/", identity::kRootKeyFile);

  RENKEI_ASSIGN_OR_RETURN(
      const std::unique_ptr<store::SqlcipherStore> store,
      store::SqlcipherStore::Open(DatabasePath(dir),
                                  DeriveKey(root, deployment_id, kDatabaseKeyLabel)));
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store->Write());
  const log::Act act = {.who = absl::StrCat("spiffe://", config.trust_domain(), "/hub"),
                        .now = now,
                        .random = &random};
  RENKEI_RETURN_IF_ERROR(
      transaction->InsertSecret(kReceiptSeedName, crypto::GenerateEd25519Seed(random)));
  RENKEI_RETURN_IF_ERROR(transaction->InsertMeta("origin", OriginOf(config)));
  RENKEI_RETURN_IF_ERROR(
      log::Append(*transaction, act,
                  {.type = log::EntryType::kLogStarted,
                   .objects = {{"log", OriginOf(config)}, {"two_person", config.two_person()}}})
          .status());
  const std::string& area = config.areas(0);
  const Person people[] = {
      {v1::ROLE_OPERATOR, "operator", "operator/operator-1", ""},
      {v1::ROLE_SECRETARIAT, "secretariat", absl::StrCat("secretariat/", area, "/secretariat-1"),
       area},
      {v1::ROLE_AUDITOR, "auditor", "auditor/council/auditor-1", "council"},
  };
  for (const Person& person : people) {
    RENKEI_RETURN_IF_ERROR(MakeBundle(person, config, dir, authority, *transaction, act));
    report->bundles.push_back(BundlePath(dir, person.file));
  }
  RENKEI_RETURN_IF_ERROR(transaction->Commit());
  // Last: a folder with a configuration is complete.
  std::string text;
  if (!google::protobuf::TextFormat::PrintToString(config, &text)) {
    return absl::InternalError("the configuration could not be written as text");
  }
  return base::WriteFileAtomically(
      ConfigPath(dir), "# Made by renkei-hub init; see renkei-hub init --print-config.\n" + text,
      0600);
}

}  // namespace

absl::StatusOr<InitReport> Init(const InitRequest& request, base::Clock& clock,
                                base::Random& random) {
  RENKEI_ASSIGN_OR_RETURN(const v1::HubConfig config, LoadConfig(request.config_path));
  if (!request.insecure_same_place) {
    RENKEI_RETURN_IF_ERROR(
        RefuseInside(request.dir, config.root_secret_file(), "root_secret_file"));
    RENKEI_RETURN_IF_ERROR(RefuseInside(request.dir, config.anchor_file(), "anchor_file"));
  }
  std::error_code error;
  const bool existed = fs::exists(request.dir, error);
  if (existed && !fs::is_empty(request.dir, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat(request.dir,
                     " is not empty: a hub is made once and never overwritten; choose "
                     "another folder"));
  }
  if (!config.anchor_file().empty() && fs::exists(config.anchor_file(), error)) {
    return absl::FailedPreconditionError(absl::StrCat("anchor_file: ", config.anchor_file(),
                                                      " belongs to another hub; choose another "
                                                      "name"));
  }
  RENKEI_RETURN_IF_ERROR(base::MakePrivateDirectory(request.dir));
  absl::Cleanup take_back = [&] {
    std::error_code ignored;
    if (existed) {
      for (const auto& entry : fs::directory_iterator(request.dir, ignored)) {
        fs::remove_all(entry.path(), ignored);
      }
    } else {
      fs::remove_all(request.dir, ignored);
    }
  };
  InitReport report;
  RENKEI_RETURN_IF_ERROR(Fill(request, config, clock, random, &report));
  std::move(take_back).Cancel();
  return report;
}

}  // namespace renkei::hub::app
