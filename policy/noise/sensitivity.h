// How much one person can change a release: the squared L2 sensitivity (R45, privacy 7). Pure.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace renkei::policy::noise {

// What one person can be part of in one data year.
struct Exposure {
  int64_t measures = 0;        // of the family in the noise lane
  bool may_move_cell = false;  // another municipality or band than in an earlier release
  int64_t councils = 0;        // whose releases may count the person
  // Of members, each of which may count the person in cells of its own: a municipality's insurance,
  // an insurer, a workplace.
  int64_t member_kinds = 0;
};

// 2 x measures (x 2 if the person may move cell) x councils x member kinds, in persons squared:
// whether a person has a finding moves one from the not-numerator to the numerator, two cells by
// one each, in every measure, council and kind; a place of its own in another release is charged in
// full again. INVALID_ARGUMENT for a count below 1 or above 10^6, or more than three kinds.
absl::StatusOr<int64_t> SquaredSensitivity(const Exposure& exposure);

}  // namespace renkei::policy::noise
