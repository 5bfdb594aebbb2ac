// Fewer cells for the same intervals, after the repair: cells are shown again where every need
// keeps a movement, and where a region's hidden cells depend on no other, a pattern is sought anew
// by cutting planes (Fischetti and Salazar-Gonzalez 2001). A cell counts first, its cost second.
// Left out: parts of more than some hundred cells, which would take minutes; systems with sums.
#pragma once

#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

// A pattern that hides at most as many cells as `hidden`, and against which the audit finds nothing
// where it found nothing against `hidden`. Protected cells and those that may not be hidden stay as
// they are, and so does every part in which a need is not met. A protected cell stays undetermined
// by row reduction too: its movement shows that it is. Deterministic.
std::vector<bool> RefineIntervals(const CellSystem& system, std::vector<bool> hidden,
                                  const std::vector<Attacker>& attackers);

}  // namespace renkei::policy::disclosure
