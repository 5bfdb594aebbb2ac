// Who knows what besides the release (privacy 4.5): a member its own persons, the one person of a
// cell himself. Values only.
#pragma once

#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

// Every cell that is a sum of inner counts he knows: the cells themselves, and the margins in which
// all others are zero and shown. Those follow for him whatever is hidden; everything else must not.
std::vector<uint32_t> CellsWithin(const std::vector<SystemCell>& cells,
                                  const std::vector<bool>& knows_variable);

}  // namespace renkei::policy::disclosure
