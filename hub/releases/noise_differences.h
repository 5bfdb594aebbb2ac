// What a noise release and an earlier one tell together: one less the other is the figure of the
// members that delivered for one of them only, and other places can be hidden
// (policy/disclosure/noisy_difference.h). Depends on no count.
#pragma once

#include "absl/status/statusor.h"
#include "hub/releases/candidate.h"
#include "hub/store/store.h"
#include "policy/rules/decision.h"

namespace renkei::hub::releases {

// Refuses a round of the noise lane when its difference from an earlier release of the area and
// year would be a figure of fewer members than policies and agreements ask for, unless each of them
// agreed to be shown alone; and when the two together would leave the figure of a place that both
// hide. Earlier releases are taken one at a time.
absl::StatusOr<policy::rules::Decision> DecideDifferences(store::Snapshot& snapshot,
                                                          const Surroundings& surroundings,
                                                          const Candidate& candidate);

}  // namespace renkei::hub::releases
