#include "policy/disclosure/cell_system.h"

#include <algorithm>

namespace renkei::policy::disclosure {

std::vector<std::vector<uint32_t>> EquationsOf(const CellSystem& system) {
  std::vector<std::vector<uint32_t>> equations_of(system.cells.size());
  for (uint32_t e = 0; e < system.equations.size(); ++e) {
    for (const Term& t : system.equations[e]) equations_of[t.variable].push_back(e);
  }
  return equations_of;
}

bool IsMovement(const CellSystem& system, const std::vector<std::vector<uint32_t>>& equations_of,
                const std::vector<bool>& hidden, const Movement& movement) {
  for (const Step& step : movement) {
    const IntervalCell& cell = system.cells[step.cell];
    // Counts stay below 2^40 and equations have a few thousand terms: int64 cannot overflow.
    if (!hidden[step.cell] || step.delta < cell.floor - cell.value ||
        step.delta > cell.cap - cell.value) {
      return false;
    }
  }
  const auto delta_of = [&movement](uint32_t cell) -> int64_t {
    const auto it = std::lower_bound(movement.begin(), movement.end(), cell,
                                     [](const Step& s, uint32_t c) { return s.cell < c; });
    return it != movement.end() && it->cell == cell ? it->delta : 0;
  };
  for (const Step& step : movement) {
    for (const uint32_t e : equations_of[step.cell]) {
      int64_t sum = 0;
      for (const Term& t : system.equations[e]) sum += t.coefficient * delta_of(t.variable);
      if (sum != 0) return false;
    }
  }
  return true;
}

}  // namespace renkei::policy::disclosure
