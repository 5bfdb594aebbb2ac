// Differences of denominators over all indicators: where two count the same people, n of the one
// now and n of the other in an earlier release give what changed, though neither shows the place
// twice; so do x of a total and n of a measure of the same people. That two measures count the same
// people their counts tell. Denominators of one release are not judged against each other (R9).
// Inside disclosure only. Pure.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/ledger_system.h"

namespace renkei::policy::disclosure {

// Linked measures: every measure of the candidate is in one.
struct DenominatorGroup {
  const std::vector<LedgerView>* views;
  const StackedSystem* stack;
};

// A stack of n instead of x, with differences alone: one variable where every member counts the
// same people. The candidates are of the `candidate`-th release. What earlier releases tell
// together is left out: it cannot be taken back. Errors of ViewOfItself.
absl::StatusOr<StackedSystem> StackDenominators(
    Releases releases, std::span<const std::vector<std::vector<bool>>> shown,
    std::span<const DenominatorGroup> groups, const TableShape& shape, size_t candidate);

}  // namespace renkei::policy::disclosure
