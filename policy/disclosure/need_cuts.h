// What is asked of cells, cut to what they can be (R8, "cut by 0 <= x <= n"). Inside disclosure
// only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/interval_audit.h"

namespace renkei::policy::disclosure {

// To what sums could be if nothing were shown: a sum reaches no further than its parts, of which
// those that are known do not move. A cell that may not be hidden and is not in `hidden` is known.
// Coefficients are 1.
void CutNeeds(const std::vector<bool>& hidden, CellSystem* system);

// Of each of `asked`, for itself, how far towards its distance it is met where `hidden` says. What
// no whole number proves counts as unmet.
std::vector<int64_t> MostThatIsMet(const CellSystem& system, const std::vector<bool>& hidden,
                                   const std::vector<Attacker>& attackers,
                                   std::span<const Violation> asked);

// To what was shown before leaves: `unmet` to the most that is met where `hidden` says, the most
// that can be hidden; of others who know more then no more than of the public. True: less is asked
// now.
bool LowerNeeds(const std::vector<bool>& hidden, const std::vector<Violation>& unmet,
                CellSystem* system, std::vector<Attacker>* attackers);

}  // namespace renkei::policy::disclosure
