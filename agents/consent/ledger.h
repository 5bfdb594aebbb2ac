// The consent ledger of the agent: the events in the cohort store, folded for a round
// (trust 2.2, 2.3, R17-R19). Touches the disk through the store; a Snapshot is an immutable value.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agents/cohort/store.h"
#include "agents/cohort/year_scan.h"
#include "policy/consent/fold.h"
#include "policy/consent/gate.h"

namespace renkei::agents::consent {

struct SnapshotQuery {
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  // The round's consent_instant (R18): what is granted then may count.
  absl::Time instant;
  // A denial in force at this later instant counts too (R19), and so does that a grant was
  // invalidated or corrected away: the time of computing or sending.
  // Earlier than `instant`: ignored.
  absl::Time denials_until = absl::InfinitePast();
  policy::consent::AgeRule age_rule;
};

struct LedgerCounts {
  int64_t events = 0;
  int64_t persons = 0;  // with at least one event
};

// Outcomes of all persons with events, two bytes each.
class Snapshot {
 public:
  // For persons without any event: absent in every category.
  policy::consent::CategoryOutcomes Of(const cohort::ConsentSubjectRef& subject) const;
  std::vector<policy::consent::CategoryOutcomes> OutcomesFor(
      std::span<const cohort::ConsentSubjectRef> subjects) const;
  // Sequence number of the newest event that the snapshot knows.
  int64_t last_change() const { return last_change_; }
  // First instant after the query's at which a known event comes into force; InfiniteFuture = none.
  // Until then, and while last_change stays, the outcomes stand.
  absl::Time stands_until() const { return stands_until_; }
  const LedgerCounts& counts() const { return counts_; }

 private:
  friend class Ledger;
  // Two bits per category, v1::DataCategory c at bits 2c; 0 = no event of this person.
  std::vector<uint16_t> packed_;
  int64_t last_change_ = 0;
  absl::Time stands_until_ = absl::InfiniteFuture();
  LedgerCounts counts_;
};

class Ledger {
 public:
  // `store` and `texts` must outlive the ledger.
  Ledger(cohort::CohortStore& store, const policy::consent::AcceptedTexts& texts);

  // One ordered pass over the events.
  absl::StatusOr<Snapshot> Take(const SnapshotQuery& query);

  // Sequence number of the newest event; 0 = none. The outbox compares it with
  // Snapshot::last_change before every send, and the time with Snapshot::stands_until.
  absl::StatusOr<int64_t> LastChange();

 private:
  cohort::CohortStore& store_;
  const policy::consent::AcceptedTexts& texts_;
};

}  // namespace renkei::agents::consent
