// A release after corrections, protected together with every earlier release of the table (privacy
// 5.2, rules 1 to 4) in time that follows what changed: most refusals are known from the
// corrections alone, and of the rest only what the change touches is repaired and audited. Pure.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/disclosure/version_stack.h"

namespace renkei::policy::disclosure {

struct Rereleased {
  std::vector<bool> hidden;  // of the candidate, per cell of the table
  VersionStack stack;        // with the candidate; what the next release begins with
};

// What the corrections alone decide. FAILED_PRECONDITION, reason HELD: fewer members than the
// minimum changed anything since some earlier release, or a cell that a release must show (one
// with may_hide = false, such as the total or a zero) would differ unsafely from what readers have.
// `candidate` as for Rerelease. Reads corrections and such cells only.
absl::Status CheckCorrections(const VersionStack& released, const Version& candidate);

// `released`: every release so far, each as it was let out, with no need unmet. `candidate.hidden`
// is what must be hidden whatever the earlier releases say: its primary cells. Everything that
// readers cannot place in the change scope keeps its pattern, and what was hidden stays hidden.
// Errors of CheckCorrections and of VersionStack::Add; FAILED_PRECONDITION, reason HELD, also when
// no pattern keeps the intervals of every version. Deterministic.
absl::StatusOr<Rereleased> Rerelease(const VersionStack& released, Version candidate);

// Do the intervals of every version hold, and does no protected cell follow by equations? Audits
// everything anew: what Rerelease need not do.
bool VersionsHold(const VersionStack& stack);

}  // namespace renkei::policy::disclosure
