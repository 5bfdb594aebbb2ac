// Who joined or left between noise releases: one release of a measure less another is the figure of
// the members that delivered it for one of them only (policy/disclosure/noisy_difference.h).
// Depends on who delivered, never on a count.
#pragma once

#include "absl/status/statusor.h"
#include "hub/releases/make.h"
#include "hub/store/store.h"
#include "policy/rules/decision.h"

namespace renkei::hub::releases {

// Refuses a round of the noise lane when its difference from an earlier release of the area and
// year would be a figure of fewer members than policies and agreements ask for, unless each of them
// agreed to be shown alone. Earlier releases are taken one at a time.
absl::StatusOr<policy::rules::Decision> DecideMembers(store::Snapshot& snapshot,
                                                      const Candidate& candidate);

}  // namespace renkei::hub::releases
