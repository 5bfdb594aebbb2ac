// What is asked of cells, cut to what they can be (R8, "cut by 0 <= x <= n"). Inside disclosure
// only.
#pragma once

#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/interval_audit.h"

namespace renkei::policy::disclosure {

// To what sums could be if nothing were shown: a sum reaches no further than its parts, of which
// those that are known do not move. A cell that may not be hidden and is not in `hidden` is known.
// Coefficients are 1.
void CutNeeds(const std::vector<bool>& hidden, CellSystem* system);

// To what was shown before leaves: of each of `unmet` half as much, and again, until it is met
// where `hidden` says, the most that can be hidden; of others who know more then no more than of
// the public. True: less is asked now. A need that no whole number proves counts as unmet.
bool LowerNeeds(const std::vector<bool>& hidden, const std::vector<Violation>& unmet,
                CellSystem* system, std::vector<Attacker>* attackers);

}  // namespace renkei::policy::disclosure
