// What is asked of sums, cut to what they could be if nothing were shown (R8, "cut by
// 0 <= x <= n"): a sum reaches no further than its parts, of which those that are known do not
// move. Inside disclosure only.
#pragma once

#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

// A cell that may not be hidden and is not in `hidden` is known. Coefficients are 1.
void CutNeeds(const std::vector<bool>& hidden, CellSystem* system);

}  // namespace renkei::policy::disclosure
