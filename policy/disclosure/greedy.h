// Complementary suppression by greedy elimination (privacy 4.2 and 4.3; the idea of one pass over
// columns of the model matrix is Langsrud's, 2024). Deterministic, no doubles. Left out: intervals.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

struct GreedyResult {
  // Per cell. Primary, preset and complementary cells; cells that are not publishable count as
  // hidden.
  std::vector<bool> hidden;
  // Primaries that follow from the known equations alone: no suppression protects them.
  std::vector<uint32_t> unprotectable;
};

// After it no primary lies in the span of the published cells and the known equations (modulo 2^61
// - 1). Time: about (published cells) x (fill of a reduced row).
GreedyResult SuppressGreedily(const LinearSystem& system);

}  // namespace renkei::policy::disclosure
