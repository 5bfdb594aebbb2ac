// The release ledger (privacy 5.2, R10, R14, R16): what readers have seen of an area and year stays
// an equation for ever, and a candidate is protected together with it. Sealed: it holds exact
// counts. Left out: intervals over linked measures, changed borders (refused).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "policy/disclosure/axes.h"
#include "policy/disclosure/place_sets.h"
#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {

// A union of municipalities that readers were shown of a release (privacy 5.4).
struct ShownUnion {
  std::vector<std::string> municipalities;  // ascending
  // Measure of the release's layout -> cell: all kinds, then each; sexes; ages. Has it been shown?
  std::vector<std::vector<bool>> shown;
};
inline constexpr size_t kUnionCells = (kKinds + 1) * kGroupsPerSlice;

struct EarlierRelease {
  // As they counted when it was made: policy, terms and counts of then. Its own `earlier` is not
  // looked at.
  ProtectRequest inputs;
  // Measure of its layout -> cell, in the order of a ProtectedMeasure: has it been shown, if only
  // as a zero or a dash?
  std::vector<std::vector<bool>> shown;
  std::vector<ShownUnion> unions;  // groupings that were made of it
};

// What the groupings of a ledger show, each once.
std::vector<PlaceSet> UnionsOf(std::span<const std::shared_ptr<const EarlierRelease>> ledger);

// INVALID_ARGUMENT for an earlier release of another area or year, or without its cells;
// FAILED_PRECONDITION, reason ALREADY_RELEASED, for one of other borders.
absl::Status CheckLedgerFits(const tables::Layout& layout,
                             std::span<const std::shared_ptr<const EarlierRelease>> ledger);

// What can be said before anything is protected. FAILED_PRECONDITION: reason ALREADY_RELEASED when
// every measure was released before of the same inputs, or of other borders; reason HELD when the
// members that count anybody are not those of every earlier release of the area and year, and fewer
// than the minimum left or joined (I17): their figures would be the difference, whatever the
// indicators.
absl::Status CheckAgainstLedger(const ProtectRequest& request);

}  // namespace renkei::policy::disclosure
