// Tabulate: persons of the round's fiscal year -> consent gate -> measures -> Cube. The one read
// path from persons to counts; preview, draft and re-check all go through it (trust 2.2).
//
// A person counts when the basis permits it at the round's consent instant and no denial is in
// force now (R18, R19). The basis of a category is the agreement's line; where the agent's own
// configuration says otherwise, consent is asked (R17). Reads the disk through the cohort store.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agents/cohort/store.h"
#include "agents/cohort/year_scan.h"
#include "agents/contribute/round_question.h"
#include "policy/agreement/agreement.h"
#include "policy/catalogue/catalogue.h"
#include "policy/consent/basis.h"
#include "policy/consent/fold.h"
#include "policy/consent/gate.h"
#include "policy/tables/cube.h"
#include "renkei/v1/config.pb.h"

namespace renkei::agents::contribute {

struct Tabulation {
  policy::tables::Cube cube;
  // Of the persons on the roster: included = permitted in every family that the round reads (R15).
  policy::consent::CoverageCounts coverage;
  cohort::ScanCounts scan;
  std::string consent_mark;
};

// What the consent ledger looked like: CohortStore::ConsentVersion, and when the next one that is
// dated ahead takes effect. Text in the outbox: "<sequence> <unix microseconds or ->".
struct ConsentMark {
  int64_t last_change = 0;
  absl::Time next_effective = absl::InfiniteFuture();
  std::string ToText() const;
  // A mark that does not parse stands for a ledger that has changed.
  static ConsentMark Parse(const std::string& text);
};

struct Tabulator {
  const policy::catalogue::Catalogue& catalogue;
  const policy::consent::AcceptedTexts& texts;
  const v1::AgentConfig& config;
  int threads = 0;  // of the scan; 0 = one per core. The result is the same.

  // Called when the consents are read and the persons are not yet: what others commit in between
  // can be tried out.
  std::function<void()> before_scan = nullptr;

  // FAILED_PRECONDITION when nothing of the fiscal year was ever imported. Consents and persons are
  // of one state of the store: it counts again when a file is committed meanwhile; ABORTED when
  // that happens every time.
  absl::StatusOr<Tabulation> Tabulate(cohort::CohortStore& store, const RoundQuestion& question,
                                      const policy::agreement::Agreement& agreement,
                                      absl::Time now) const;

 private:
  absl::StatusOr<Tabulation> TabulateOnce(cohort::CohortStore& store, const RoundQuestion& question,
                                          const policy::agreement::Agreement& agreement,
                                          absl::Time now) const;
};

// True: nobody gave, refused or withdrew since the mark, and no dated event came into force.
absl::StatusOr<bool> ConsentUnchanged(cohort::CohortStore& store, const std::string& mark,
                                      absl::Time now);

// Per category the agreement's basis where the configuration says the same, else consent; nobody
// where either of them permits nobody.
absl::StatusOr<policy::consent::BasisTable> BasisOf(const v1::AgentConfig& config,
                                                    const v1::DataUseAgreement& agreement);

}  // namespace renkei::agents::contribute
