// Complementary suppression until the linear audit is clean (R10).
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

// Hidden flag per cell. FAILED_PRECONDITION (reason HELD) when no pattern of this engine protects
// every primary: nothing may then be released.
absl::StatusOr<std::vector<bool>> SuppressComplementary(const LinearSystem& system);

// The second half of it, for a given pattern: hides further cells until the audit finds no exact
// primary.
absl::StatusOr<std::vector<bool>> HideUntilClean(const LinearSystem& system,
                                                 std::vector<bool> hidden);

}  // namespace renkei::policy::disclosure
