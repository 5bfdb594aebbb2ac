#include "agents/app/agent.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "agents/consent/checkpoint.h"
#include "policy/base/status.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;

namespace {

constexpr absl::Duration kCertificateWarning = absl::Hours(10 * 24);

}  // namespace

Agent::Agent(Workspace workspace, std::unique_ptr<policy::sqlcipher::Database> state)
    : workspace_(std::move(workspace)),
      state_(std::move(state)),
      identities_(*state_),
      outbox_(*state_),
      rounds_(*state_),
      agreements_(*state_),
      texts_(policy::consent::AcceptedTexts::FromConfig(workspace_.config())) {}

absl::StatusOr<std::unique_ptr<Agent>> Agent::Open(const std::string& dir) {
  RENKEI_ASSIGN_OR_RETURN(Workspace workspace, Workspace::Open(dir));
  RENKEI_ASSIGN_OR_RETURN(std::unique_ptr<policy::sqlcipher::Database> state,
                          workspace.OpenState());
  return std::unique_ptr<Agent>(new Agent(std::move(workspace), std::move(state)));
}

absl::StatusOr<const Identity*> Agent::identity() {
  if (!identity_.has_value()) {
    RENKEI_ASSIGN_OR_RETURN(identity_, identities_.Load());
    const absl::Duration left = identity_->expires_at - Now();
    if (left < kCertificateWarning) {
      std::fprintf(stderr,
                   "renkei-agent: warning: the certificate ends in %d days; ask the council's "
                   "operator for a new code\n",
                   static_cast<int>(std::max<int64_t>(0, left / absl::Hours(24))));
    }
  }
  return &*identity_;
}

absl::StatusOr<HubClient*> Agent::hub() {
  if (hub_ == nullptr) {
    RENKEI_ASSIGN_OR_RETURN(const Identity* self, identity());
    hub_ = std::make_unique<HubClient>(config().hub_address(), *self);
  }
  return hub_.get();
}

absl::StatusOr<const policy::catalogue::Catalogue*> Agent::catalogue() {
  if (catalogue_ == nullptr) {
    if (config().catalogue_dir().empty()) {
      RENKEI_ASSIGN_OR_RETURN(catalogue_, policy::catalogue::Catalogue::LoadBuiltIn());
    } else {
      RENKEI_ASSIGN_OR_RETURN(std::vector<policy::catalogue::CatalogueFile> files,
                              policy::catalogue::ReadCatalogueFolder(config().catalogue_dir()));
      RENKEI_ASSIGN_OR_RETURN(catalogue_, policy::catalogue::Catalogue::Load(std::move(files)));
    }
  }
  return catalogue_.get();
}

absl::StatusOr<cohort::CohortStore*> Agent::cohort() {
  if (cohort_ == nullptr) {
    RENKEI_ASSIGN_OR_RETURN(const policy::catalogue::Catalogue* definitions, catalogue());
    absl::StatusOr<std::unique_ptr<cohort::CohortStore>> store =
        cohort::CohortStore::Open(workspace_.Path("cohort.db"),
                                  workspace_.Derive("renkei/v1/db/cohort/1"), definitions->items());
    if (!store.ok()) return base::Annotate(store.status(), "cohort.db");
    cohort_ = *std::move(store);
  }
  return cohort_.get();
}

cohort::Pseudonymiser Agent::MakePseudonymiser() const {
  return cohort::Pseudonymiser(workspace_.Derive("renkei/v1/subject-pseudonym/1"));
}

absl::StatusOr<contribute::Desk*> Agent::desk() {
  if (desk_ == nullptr) {
    RENKEI_ASSIGN_OR_RETURN(const Identity* self, identity());
    RENKEI_ASSIGN_OR_RETURN(const policy::catalogue::Catalogue* definitions, catalogue());
    tabulator_ = std::make_unique<contribute::Tabulator>(
        contribute::Tabulator{.catalogue = *definitions, .texts = texts_, .config = config()});
    RENKEI_ASSIGN_OR_RETURN(consent_signer_, identities_.LoadOrMakeConsentSigner(random_));
    RENKEI_ASSIGN_OR_RETURN(std::string consent_origin, consent::LedgerOrigin(self->spiffe_id));
    desk_ = std::make_unique<contribute::Desk>(
        contribute::Desk::Parts{.tabulator = *tabulator_,
                                .rounds = rounds_,
                                .agreements = agreements_,
                                .outbox = outbox_,
                                .signer = *self->signer,
                                .issuer = self->spiffe_id,
                                .audience = self->audience,
                                .random = random_,
                                .consent_signer = *consent_signer_,
                                .consent_origin = std::move(consent_origin),
                                .store = [this] { return cohort(); }});
  }
  return desk_.get();
}

absl::StatusOr<policy::base::FolderLock> Agent::TakeSenderLock(int patience_seconds) const {
  return policy::base::FolderLock::Take(
      workspace_.Path("sender.lock"), patience_seconds,
      "another renkei-agent is preparing or sending; try again when it is "
      "done");
}

absl::Status Agent::RefreshRounds() {
  RENKEI_ASSIGN_OR_RETURN(HubClient * client, hub());
  RENKEI_ASSIGN_OR_RETURN(std::vector<v1::Round> listed, client->ListRounds());
  for (v1::Round& round : listed) {
    v1::RoundDescriptor descriptor;
    if (!descriptor.ParseFromString(round.descriptor_bytes())) {
      return absl::DataLossError("hub: a round's descriptor does not parse");
    }
    v1::GetRoundResponse answer;
    absl::StatusOr<v1::GetRoundResponse> known = rounds_.Load(descriptor.round_id());
    if (known.ok() && known->round().descriptor_digest() == round.descriptor_digest()) {
      answer.set_policy_text(known->policy_text());
      *answer.mutable_round() = std::move(round);
    } else {
      RENKEI_ASSIGN_OR_RETURN(answer, client->GetRound(descriptor.round_id()));
    }
    RENKEI_RETURN_IF_ERROR(rounds_.Save(descriptor.round_id(), answer, Now()));
  }
  return absl::OkStatus();
}

absl::Status Agent::RefreshAgreements() {
  RENKEI_ASSIGN_OR_RETURN(HubClient * client, hub());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::AgreementRecord> records, client->ListAgreements());
  for (const v1::AgreementRecord& record : records) RENKEI_RETURN_IF_ERROR(Remember(record));
  return absl::OkStatus();
}

absl::Status Agent::Remember(const v1::AgreementRecord& record) {
  if (record.state() != v1::AGREEMENT_STATE_ACTIVE) {
    return agreements_.SetEnded(record.dua_id(), record.version());
  }
  if (!record.has_member()) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(const Identity* self, identity());
  RENKEI_RETURN_IF_ERROR(policy::base::Annotate(
      policy::agreement::SignedAgreement::VerifyMember(record.member(), self->signer->public_key())
          .status(),
      "the hub shows an agreement as active that this agent did not sign"));
  RENKEI_RETURN_IF_ERROR(
      agreements_.Save(record.dua_id(), record.version(), record.member(), Now()));
  std::optional<absl::Time> ends_at;
  if (record.has_ends_at()) ends_at = absl::FromUnixSeconds(record.ends_at().seconds());
  return agreements_.SetActive(record.dua_id(), record.version(), ends_at);
}

absl::Status Agent::RefreshRound(const std::string& round_id, bool* hub_is_away) {
  *hub_is_away = false;
  RENKEI_ASSIGN_OR_RETURN(HubClient * client, hub());
  const absl::StatusOr<v1::GetRoundResponse> answer = client->GetRound(round_id);
  if (answer.ok()) return rounds_.Save(round_id, *answer, Now());
  if (!contribute::IsWorthWaitingFor(answer.status())) return answer.status();
  *hub_is_away = true;
  return rounds_.Load(round_id).ok() ? absl::OkStatus() : answer.status();
}

absl::StatusOr<contribute::Courier> Agent::MakeCourier() {
  RENKEI_ASSIGN_OR_RETURN(contribute::Desk * drafts, desk());
  RENKEI_ASSIGN_OR_RETURN(HubClient * client, hub());
  RENKEI_ASSIGN_OR_RETURN(const Identity* self, identity());
  return contribute::Courier(outbox_, client->Calls(),
                             drafts->MakeDrafting([this] { return Now(); }), self->receipt_key);
}

absl::StatusOr<contribute::Delivery> Agent::Deliver(const std::string& request_id) {
  RENKEI_ASSIGN_OR_RETURN(contribute::Courier courier, MakeCourier());
  return courier.Deliver(request_id, Now());
}

absl::StatusOr<std::vector<contribute::Delivery>> Agent::Drain() {
  RENKEI_ASSIGN_OR_RETURN(contribute::Courier courier, MakeCourier());
  return courier.Drain(Now());
}

}  // namespace renkei::agents::app
