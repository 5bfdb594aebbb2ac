// Whether published figures await a correction (R14), as readers are told.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/store/store.h"

namespace renkei::hub::releases {

// Whether figures of the area's prefecture and year await a correction: a round of theirs was held
// of an indicator that had been released, and that none has released since. Both the hold and the
// release count from the first day of the next month on (JST), so that the day says nothing.
absl::StatusOr<bool> IsUnderRevision(store::Snapshot& snapshot, const std::string& area_code,
                                     int fiscal_year, absl::Time now);

}  // namespace renkei::hub::releases
