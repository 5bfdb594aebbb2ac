#include "hub/app/server.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "grpcpp/grpcpp.h"
#include "hub/app/caretaker.h"
#include "hub/app/config.h"
#include "hub/app/data_folder.h"
#include "hub/identity/certificate_authority.h"
#include "hub/log/anchor.h"
#include "hub/log/log.h"
#include "hub/reference/populations.h"
#include "hub/releases/make.h"
#include "hub/rounds/lanes.h"
#include "hub/rounds/policies.h"
#include "hub/rounds/policy_in_force.h"
#include "hub/rounds/terms.h"
#include "hub/rpc/services.h"
#include "hub/store/sqlcipher_store.h"
#include "policy/base/files.h"
#include "policy/base/folder_lock.h"
#include "policy/base/log.h"
#include "policy/base/status.h"
#include "policy/catalogue/catalogue.h"
#include "policy/crypto/ed25519.h"
#include "policy/rules/policy_document.h"
#include "policy/transport/transport.h"

namespace renkei::hub::app {
namespace catalogue = renkei::policy::catalogue;
namespace rules = renkei::policy::rules;
namespace transport = renkei::policy::transport;
namespace {

constexpr size_t kMaxPolicyBytes = 1 << 20;  // Policy::Parse names its own, smaller limit

absl::StatusOr<std::shared_ptr<const catalogue::Catalogue>> LoadCatalogue(
    const v1::HubConfig& config) {
  if (config.catalogue_dir().empty()) return catalogue::Catalogue::LoadBuiltIn();
  RENKEI_ASSIGN_OR_RETURN(std::vector<catalogue::CatalogueFile> files,
                          catalogue::ReadCatalogueFolder(config.catalogue_dir()));
  return catalogue::Catalogue::Load(std::move(files));
}

absl::StatusOr<rules::Policy> LoadPolicy(const v1::HubConfig& config) {
  if (config.policy_file().empty()) return rules::Policy::Default();
  RENKEI_ASSIGN_OR_RETURN(const std::string text,
                          base::ReadFile(config.policy_file(), kMaxPolicyBytes));
  return rules::Policy::Parse(text, config.policy_file());
}

// Name of the note that the anchor file was written.
std::string AnchorMark(const v1::HubConfig& config) {
  return absl::StrCat("anchor:", config.anchor_file());
}

// Log and anchor before any port opens.
absl::Status CheckHistory(store::Store& store, const v1::HubConfig& config) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const std::optional<std::string> origin, snapshot->FindMeta("origin"));
  if (origin != OriginOf(config)) {
    return absl::FailedPreconditionError(
        "trust_domain: the database was made for another one; it cannot change after init");
  }
  RENKEI_RETURN_IF_ERROR(log::VerifyEntries(*snapshot));
  if (config.anchor_file().empty()) {
    spdlog::warn("no anchor_file: a database that was put back would not be found");
    return absl::OkStatus();
  }
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::LogHead> anchor,
                          log::ReadAnchor(config.anchor_file(), OriginOf(config)));
  if (anchor.has_value()) return log::CheckAgainstAnchor(*snapshot, *anchor);
  RENKEI_ASSIGN_OR_RETURN(const std::optional<std::string> written,
                          snapshot->FindMeta(AnchorMark(config)));
  if (written.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat("anchor_file: ", config.anchor_file(),
                     " was written before and is missing; is its volume mounted? If it is lost for "
                     "good, compare "
                     "the log with a receipt of a member and give the anchor a new name"));
  }
  spdlog::warn("the anchor file does not exist yet and is made now");
  RENKEI_ASSIGN_OR_RETURN(const store::LogHead head, snapshot->Head());
  return log::WriteAnchor(config.anchor_file(), OriginOf(config), head);
}

// From now on the file must be there at every start.
absl::Status RememberAnchor(store::Store& store, const v1::HubConfig& config) {
  if (config.anchor_file().empty()) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_ASSIGN_OR_RETURN(const std::optional<std::string> known,
                          transaction->FindMeta(AnchorMark(config)));
  if (known.has_value()) return absl::OkStatus();
  RENKEI_RETURN_IF_ERROR(transaction->InsertMeta(AnchorMark(config), "written"));
  return transaction->Commit();
}

// The initial policy and the start itself are entries.
absl::Status RecordStart(store::Store& store, const rounds::Terms& terms,
                         const v1::HubConfig& config, const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(const rules::Policy initial, LoadPolicy(config));
  const auto& editions = terms.population_editions;
  if (std::find(editions.begin(), editions.end(), initial.document().population_edition()) ==
      editions.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("policy_file: population_edition: '", initial.document().population_edition(),
                     "' is not known; this program has ", absl::StrJoin(editions, ", ")));
  }
  RENKEI_RETURN_IF_ERROR(base::Annotate(
      rounds::CheckNoiseFamilies(*terms.catalogue, initial.document()), "policy_file"));
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction, store.Write());
  RENKEI_RETURN_IF_ERROR(
      rounds::AdoptInitialPolicy(*transaction, terms, initial, !config.policy_file().empty(), act));
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> in_force,
                          transaction->FindPolicyInForce());
  std::map<std::string, log::Value> objects = {
      {"catalogue", crypto::ToHex(terms.catalogue->digest())},
      {"log", terms.audience},
      {"two_person", terms.two_person}};
  if (in_force.has_value()) objects["policy"] = crypto::ToHex(in_force->digest);
  RENKEI_RETURN_IF_ERROR(
      log::Append(*transaction, act,
                  {.type = log::EntryType::kLogStarted, .objects = std::move(objects)})
          .status());
  RENKEI_RETURN_IF_ERROR(transaction->Commit());
  absl::Status usable = [&]() -> absl::Status {
    RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store.Read());
    return rounds::PolicyInForce(*snapshot, terms).status();
  }();
  if (absl::IsFailedPrecondition(usable)) {
    spdlog::warn("no policy is in force: no round can be opened before two persons approve one");
    return absl::OkStatus();
  }
  return usable;
}

// Keys that a crash left behind after their release was stored.
absl::Status EraseSettledKeys(store::Store& store, const releases::NoiseKeys& keys) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store.Read());
  RENKEI_ASSIGN_OR_RETURN(const int erased, keys.EraseSettled(*snapshot));
  if (erased > 0) spdlog::info("{} key(s) of finished noise releases were deleted", erased);
  return absl::OkStatus();
}

rpc::RateLimits LimitsOf(const v1::HubConfig& config) {
  rpc::RateLimits limits;
  if (config.writes_per_second() != 0) limits.member_writes_per_second = config.writes_per_second();
  if (config.write_burst() != 0) limits.member_write_burst = config.write_burst();
  // Whoever may write more may also read and administer more.
  limits.calls_per_second = std::max(limits.calls_per_second, limits.member_writes_per_second);
  limits.call_burst = std::max(limits.call_burst, limits.member_write_burst);
  return limits;
}

}  // namespace

struct Server::Parts {
  std::optional<base::FolderLock> lock;  // first, so that it is given up last
  v1::HubConfig config;
  std::unique_ptr<store::SqlcipherStore> store;
  std::optional<identity::CertificateAuthority> authority;
  rounds::Terms terms;
  releases::Surroundings surroundings;
  std::unique_ptr<crypto::Signer> receipt_key;
  std::optional<rpc::Issuer> issuer;
  std::unique_ptr<rpc::Door> door;
  std::optional<rpc::Shared> shared;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Service> enrolment;
  std::unique_ptr<grpc::Server> main_server;
  std::unique_ptr<grpc::Server> enrol_server;
  int port = 0;
  int enrol_port = 0;
  std::unique_ptr<Caretaker> caretaker;

  absl::Status Open(const std::string& dir, base::Clock& clock, base::Random& random);
  absl::Status Listen(base::Clock& clock);
  absl::StatusOr<std::unique_ptr<grpc::Server>> StartListener(
      const std::string& address, const transport::TlsFiles& tls, rpc::Listener listener,
      const std::vector<grpc::Service*>& listed, int* selected_port);
};

absl::Status Server::Parts::Open(const std::string& dir, base::Clock& clock, base::Random& random) {
  RENKEI_RETURN_IF_ERROR(rpc::CheckMethodTable(rpc::ServedServices()));
  absl::StatusOr<v1::HubConfig> loaded = LoadConfig(ConfigPath(dir));
  if (absl::IsNotFound(loaded.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat(dir, " holds no hub; make one with renkei-hub init"));
  }
  RENKEI_RETURN_IF_ERROR(loaded.status());
  config = *std::move(loaded);
  // A hub that is being replaced needs a moment to go.
  absl::StatusOr<base::FolderLock> taken = base::FolderLock::Take(
      LockPath(dir), 2, "another renkei-hub serves this folder; end it first");
  RENKEI_RETURN_IF_ERROR(taken.status());
  lock.emplace(*std::move(taken));
  absl::StatusOr<base::Secret> root = base::ReadSecretFile(config.root_secret_file(), 32);
  RENKEI_RETURN_IF_ERROR(base::Annotate(root.status(), "root_secret_file"));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> deployment_id, ReadDeploymentId(dir));
  absl::StatusOr<std::unique_ptr<store::SqlcipherStore>> opened = store::SqlcipherStore::Open(
      DatabasePath(dir), DeriveKey(*root, deployment_id, kDatabaseKeyLabel));
  RENKEI_RETURN_IF_ERROR(base::Annotate(opened.status(), "database"));
  store = *std::move(opened);
  RENKEI_RETURN_IF_ERROR(CheckHistory(*store, config));
  RENKEI_RETURN_IF_ERROR(RememberAnchor(*store, config));

  RENKEI_ASSIGN_OR_RETURN(authority, identity::CertificateAuthority::Load(CaPath(dir)));
  {
    RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot, store->Read());
    RENKEI_ASSIGN_OR_RETURN(const std::optional<base::Secret> seed,
                            snapshot->FindSecret(kReceiptSeedName));
    if (!seed.has_value()) return absl::DataLossError("the receipt key is not in the database");
    RENKEI_ASSIGN_OR_RETURN(receipt_key, crypto::MakeEd25519Signer(*seed));
  }
  RENKEI_ASSIGN_OR_RETURN(terms.catalogue, LoadCatalogue(config));
  terms.trust_domain = config.trust_domain();
  terms.audience = OriginOf(config);
  terms.areas = {config.areas().begin(), config.areas().end()};
  terms.two_person = config.two_person();
  terms.population_editions = reference::Populations::Editions();
  for (const std::string& edition : terms.population_editions) {
    RENKEI_ASSIGN_OR_RETURN(const reference::Populations populations,
                            reference::Populations::Load(edition));
    surroundings.population_persons[edition] = populations.persons();
  }
  surroundings.release_root = DeriveKey(*root, deployment_id, kReleaseRootLabel);
  surroundings.noise_keys.emplace(NoiseKeysPath(dir),
                                  DeriveKey(*root, deployment_id, kNoiseKeysLabel));
  RENKEI_RETURN_IF_ERROR(EraseSettledKeys(*store, *surroundings.noise_keys));
  RENKEI_RETURN_IF_ERROR(RecordStart(*store, terms, config,
                                     {.who = absl::StrCat("spiffe://", terms.trust_domain, "/hub"),
                                      .now = clock.Now(),
                                      .random = &random}));

  issuer.emplace(rpc::Issuer{*authority, receipt_key->public_key()});
  door = std::make_unique<rpc::Door>(*store, clock, random, LimitsOf(config));
  shared.emplace(rpc::Shared{*store, *door, terms, *issuer, *receipt_key, surroundings});
  services.push_back(std::make_unique<rpc::AgreementService>(*shared));
  services.push_back(std::make_unique<rpc::PolicyService>(*shared));
  services.push_back(std::make_unique<rpc::RoundService>(*shared));
  services.push_back(std::make_unique<rpc::ContributionService>(*shared));
  services.push_back(std::make_unique<rpc::IndicatorService>(*shared));
  services.push_back(std::make_unique<rpc::ReleaseService>(*shared));
  services.push_back(std::make_unique<rpc::AuditService>(*shared));
  services.push_back(std::make_unique<rpc::AdminService>(*shared));
  enrolment = std::make_unique<rpc::EnrolmentService>(*shared);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<grpc::Server>> Server::Parts::StartListener(
    const std::string& address, const transport::TlsFiles& tls, rpc::Listener listener,
    const std::vector<grpc::Service*>& listed, int* selected_port) {
  const auto credentials =
      transport::MakeServerCredentials(tls, listener == rpc::Listener::kMutual);
  if (credentials == nullptr) return absl::InternalError("the hub's own certificate is unusable");
  grpc::ServerBuilder builder;
  transport::ConfigureServer(builder, rpc::MaxRequestBytes(listener));
  builder.AddListeningPort(address, credentials, selected_port);
  for (grpc::Service* service : listed) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || *selected_port == 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", address, "; is the port in use, or the address not of this machine?"));
  }
  return server;
}

absl::Status Server::Parts::Listen(base::Clock& clock) {
  // A fresh certificate at each start: its key never touches the disk. Agents pin the root.
  const std::string id = absl::StrCat("spiffe://", terms.trust_domain, "/hub");
  RENKEI_ASSIGN_OR_RETURN(
      const identity::KeyedCertificate own,
      authority->MakeIdentity(id, {config.dns_names().begin(), config.dns_names().end()},
                              clock.Now()));
  transport::TlsFiles tls{.root_pem = authority->root_pem(),
                          .chain_pem = own.chain_pem,
                          .key_pem = base::Secret::Copy(own.key_pem.bytes())};
  RENKEI_RETURN_IF_ERROR(transport::CheckServerKey(tls));
  std::vector<grpc::Service*> listed;
  for (const auto& service : services) listed.push_back(service.get());
  RENKEI_ASSIGN_OR_RETURN(
      main_server, StartListener(config.listen(), tls, rpc::Listener::kMutual, listed, &port));
  tls.chain_pem = absl::StrCat(own.chain_pem, authority->root_pem());  // newcomers pin the root
  RENKEI_ASSIGN_OR_RETURN(enrol_server,
                          StartListener(config.enrol_listen(), tls, rpc::Listener::kEnrolment,
                                        {enrolment.get()}, &enrol_port));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const std::string& dir, base::Clock& clock,
                                                      base::Random& random) {
  auto parts = std::make_unique<Parts>();
  RENKEI_RETURN_IF_ERROR(parts->Open(dir, clock, random));
  RENKEI_RETURN_IF_ERROR(parts->Listen(clock));
  parts->caretaker = std::make_unique<Caretaker>(
      Caretaker::Duties{*parts->store, parts->terms, clock, random, parts->config.anchor_file()});
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Stop(absl::ZeroDuration()); }

int Server::port() const { return parts_->port; }
int Server::enrol_port() const { return parts_->enrol_port; }
bool Server::must_stop() const {
  return parts_->door->data_loss_seen() || parts_->caretaker->data_loss_seen();
}

void Server::Stop(absl::Duration grace) {
  const auto deadline = std::chrono::system_clock::now() + absl::ToChronoMilliseconds(grace);
  parts_->enrol_server->Shutdown(deadline);
  parts_->main_server->Shutdown(deadline);
  parts_->caretaker->Stop();
}

}  // namespace renkei::hub::app
