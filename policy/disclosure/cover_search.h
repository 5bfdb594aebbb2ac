// A pattern of few hidden cells for one part of a table, by cutting planes: a need that cells
// hidden in part do not meet gives, by duality, an inequality that every pattern which meets it
// satisfies; then the cell that is hidden most is hidden, or else shown, and so on. Movements of
// fractions count here, so what it proposes must be repaired and audited. Deterministic; for some
// hundred cells.
#pragma once

#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

// Protected cells and those that may not be hidden stay as they are in `hidden`. Empty: none
// with fewer cells was found.
std::vector<bool> SearchCover(const CellSystem& system, const std::vector<bool>& hidden,
                              const std::vector<Attacker>& attackers);

}  // namespace renkei::policy::disclosure
