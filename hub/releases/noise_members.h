// Who joined or left between noise releases (privacy 2, R3): one release of a measure less another
// is the figure of the members that counted in one of them only, with the noise of both. Depends on
// who delivered, never on a count.
#pragma once

#include "absl/status/statusor.h"
#include "hub/releases/sealed_inputs.h"
#include "hub/store/store.h"
#include "policy/rules/decision.h"

namespace renkei::hub::releases {

// Refuses a round of the noise lane when, of one of its measures, fewer members than policies and
// agreements ask for delivered it in the round or in an earlier release of the area and year but
// not in both, unless each of them agreed to be shown alone. Earlier releases are taken one at a
// time.
absl::StatusOr<policy::rules::Decision> DecideMembers(store::Snapshot& snapshot,
                                                      const SealedInputs& inputs);

}  // namespace renkei::hub::releases
