// Areas whose borders changed (privacy 5.5): a year that was released within the old ones is not
// released within the new ones, since the difference of two areas that overlap would be the
// municipalities that moved.
#pragma once

#include "absl/status/statusor.h"
#include "hub/store/store.h"
#include "policy/rules/decision.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::releases {

// Is there a release of the same fiscal year, of another area that has one of the municipalities?
absl::StatusOr<bool> CrossesBorders(store::Snapshot& snapshot,
                                    const v1::RoundDescriptor& descriptor);

policy::rules::Decision BordersRefusal();

}  // namespace renkei::hub::releases
