// The object graph of one agent process. Parts are made when first asked for, so that `journal`
// needs no hub and `init` no certificate. The only place that builds objects; one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/app/hub_client.h"
#include "agents/app/identity.h"
#include "agents/app/workspace.h"
#include "agents/cohort/pseudonym.h"
#include "agents/cohort/store.h"
#include "agents/contribute/books.h"
#include "agents/contribute/delivery.h"
#include "agents/contribute/desk.h"
#include "agents/contribute/outbox.h"
#include "agents/contribute/tabulate.h"
#include "policy/base/clock.h"
#include "policy/base/folder_lock.h"
#include "policy/base/random.h"
#include "policy/catalogue/catalogue.h"
#include "policy/consent/fold.h"

namespace renkei::agents::app {

class Agent {
 public:
  static absl::StatusOr<std::unique_ptr<Agent>> Open(const std::string& dir);
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  const Workspace& workspace() const { return workspace_; }
  const v1::AgentConfig& config() const { return workspace_.config(); }
  absl::Time Now() { return clock_.Now(); }
  policy::base::Random& random() { return random_; }

  IdentityStore& identities() { return identities_; }
  contribute::Outbox& outbox() { return outbox_; }
  contribute::RoundBook& rounds() { return rounds_; }
  contribute::AgreementBook& agreements() { return agreements_; }

  // FAILED_PRECONDITION before `enrol`.
  absl::StatusOr<const Identity*> identity();
  absl::StatusOr<HubClient*> hub();
  // A channel that has failed waits ever longer before it connects again; a new one connects at
  // once.
  void ForgetHub() { hub_.reset(); }
  absl::StatusOr<const policy::catalogue::Catalogue*> catalogue();
  absl::StatusOr<cohort::CohortStore*> cohort();
  absl::StatusOr<contribute::Desk*> desk();
  cohort::Pseudonymiser MakePseudonymiser() const;

  // Serialises everything that prepares or sends, across processes.
  absl::StatusOr<policy::base::FolderLock> TakeSenderLock(int patience_seconds) const;

  // Reads all rounds of the hub into the book.
  absl::Status RefreshRounds();
  // What the hub says of this member's agreements: what has both signatures is in force, until the
  // end of a notice; the signature must be this agent's own.
  absl::Status RefreshAgreements();
  absl::Status Remember(const v1::AgreementRecord& record);
  // One round. When the hub is away, what is remembered must do: `*hub_is_away` says so.
  absl::Status RefreshRound(const std::string& round_id, bool* hub_is_away);

  absl::StatusOr<contribute::Delivery> Deliver(const std::string& request_id);
  absl::StatusOr<std::vector<contribute::Delivery>> Drain();

 private:
  Agent(Workspace workspace, std::unique_ptr<policy::sqlcipher::Database> state);
  absl::StatusOr<contribute::Courier> MakeCourier();

  Workspace workspace_;
  std::unique_ptr<policy::sqlcipher::Database> state_;
  policy::base::SystemClock clock_;
  policy::base::SystemRandom random_;
  IdentityStore identities_;
  contribute::Outbox outbox_;
  contribute::RoundBook rounds_;
  contribute::AgreementBook agreements_;
  policy::consent::AcceptedTexts texts_;

  std::optional<Identity> identity_;
  std::unique_ptr<HubClient> hub_;
  std::shared_ptr<const policy::catalogue::Catalogue> catalogue_;
  std::unique_ptr<cohort::CohortStore> cohort_;
  std::unique_ptr<policy::crypto::Signer> consent_signer_;
  std::unique_ptr<contribute::Tabulator> tabulator_;
  std::unique_ptr<contribute::Desk> desk_;
};

}  // namespace renkei::agents::app
