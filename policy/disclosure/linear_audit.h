// The linear audit (privacy 4.3): which cells follow exactly from what is published. A second
// implementation with a second prime, on purpose without a line in common with greedy.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

// Primary cells, ascending, that lie in the span of the published cells and the known equations.
std::vector<uint32_t> ExactPrimaries(const LinearSystem& system, const std::vector<bool>& hidden);

}  // namespace renkei::policy::disclosure
