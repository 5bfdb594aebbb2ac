// Which release of an area answers for an indicator.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hub/store/store.h"

namespace renkei::hub::releases {

struct NewestRelease {
  uint64_t number = 0;
  std::vector<std::string> indicators;  // whose newest release it is, in the order of its row
};

// The newest releases of the area and year, ascending, each with the indicators that no newer one
// has; a grouping is none. Of the `wanted` indicators alone, or of every one when there are none.
absl::StatusOr<std::vector<NewestRelease>> NewestReleases(store::Snapshot& snapshot,
                                                          absl::string_view area_code,
                                                          int fiscal_year,
                                                          const std::vector<std::string>& wanted);

}  // namespace renkei::hub::releases
