// Desk: where a round becomes a signed entry of the outbox: tabulate, protect, state, sign. Used by
// the officer's commands and by the daemon alike. One thread at a time, under the folder's sender
// lock.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agents/cohort/store.h"
#include "agents/contribute/books.h"
#include "agents/contribute/delivery.h"
#include "agents/contribute/outbox.h"
#include "agents/contribute/round_question.h"
#include "agents/contribute/tabulate.h"
#include "policy/base/random.h"
#include "policy/crypto/ed25519.h"

namespace renkei::agents::contribute {

struct Prepared {
  enum class Outcome : uint8_t {
    kDraft,         // not approved yet
    kWaiting,       // approved before, not acknowledged yet
    kAcknowledged,  // the hub has exactly these counts
  };
  Outcome outcome = Outcome::kDraft;
  OutboxEntry entry;
  // The counts differ from those that an officer last previewed.
  bool differs_from_preview = false;
};

class Desk {
 public:
  struct Parts {
    const Tabulator& tabulator;
    RoundBook& rounds;
    AgreementBook& agreements;
    Outbox& outbox;
    const policy::crypto::Signer& signer;
    std::string issuer;    // SPIFFE id
    std::string audience;  // log origin of the hub that this agent enrolled with
    policy::base::Random& random;
    // Key of the consent ledger, apart from the one that signs statements, and the ledger's origin:
    // <trust domain>/<member>/consent/1.
    const policy::crypto::Signer& consent_signer;
    std::string consent_origin;
    // Opened only when persons are looked at.
    std::function<absl::StatusOr<cohort::CohortStore*>()> store;
  };
  explicit Desk(Parts parts) : parts_(std::move(parts)) {}

  // From what the agent remembers of the round.
  absl::StatusOr<RoundQuestion> Question(const std::string& round_id);

  // Counts the round and leaves at most one draft of it in the outbox; a draft with the same
  // content is kept as it is. FAILED_PRECONDITION: the round is not open, or three revisions are
  // used up.
  absl::StatusOr<Prepared> Prepare(const std::string& round_id, absl::Time now);

  // For the courier. `now` is read at every look: a withdrawal during a long delivery is in force
  // by the next one.
  Drafting MakeDrafting(std::function<absl::Time()> now);

 private:
  struct Counted;
  absl::StatusOr<Counted> Count(const RoundQuestion& question, absl::Time now);
  absl::StatusOr<v1::ContributionStatement> Draft(const RoundQuestion& question,
                                                  const Counted& counted, uint32_t revision,
                                                  const std::string& supersedes, absl::Time now);
  // Without a consent checkpoint: that comes with the first send.
  OutboxEntry Sign(const v1::ContributionStatement& statement, const std::string& consent_mark);
  // Pads the consent ledger, so only for what is about to leave.
  absl::StatusOr<OutboxEntry> Seal(const OutboxEntry& entry, absl::Time now);
  absl::StatusOr<Recheck> RecheckConsent(const OutboxEntry& entry, absl::Time now);

  Parts parts_;
};

}  // namespace renkei::agents::contribute
