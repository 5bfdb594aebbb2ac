// The release ledger (privacy 5.2, R10, R14, R16): what readers have seen of an area and year stays
// an equation for ever, and a candidate is protected together with it. Sealed: it holds exact
// counts. Left out: intervals over several releases, unions of areas, changed borders (refused).
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {

struct EarlierRelease {
  // As they counted when it was made: policy, terms and counts of then. Its own `earlier` is not
  // looked at.
  ProtectRequest inputs;
  // Measure of its layout -> cell, in the order of a ProtectedMeasure: has it been shown, if only
  // as a zero or a dash?
  std::vector<std::vector<bool>> shown;
};

// What can be said before anything is protected. FAILED_PRECONDITION: reason ALREADY_RELEASED when
// every measure was released before of the same inputs, or of other borders; reason HELD when the
// members that count anybody are not those of every earlier release of the area and year, and fewer
// than the minimum left or joined (I17): their figures would be the difference, whatever the
// indicators.
absl::Status CheckAgainstLedger(const ProtectRequest& request);

}  // namespace renkei::policy::disclosure
