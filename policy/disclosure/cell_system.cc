#include "policy/disclosure/cell_system.h"

#include <algorithm>
#include <utility>

namespace renkei::policy::disclosure {

std::vector<Row> RowsOfCells(const CellSystem& system) {
  std::vector<Row> rows_of(system.cells.size());
  uint32_t row = 0;
  for (const Row& equation : system.equations) {
    for (const Term& t : equation) rows_of[t.variable].push_back({row, t.coefficient});
    ++row;
  }
  for (const Sum& sum : system.sums) {
    for (const Term& t : sum.parts) rows_of[t.variable].push_back({row, t.coefficient});
    rows_of[sum.cell].push_back({row, -1});
    ++row;
  }
  return rows_of;
}

bool IsMovement(const CellSystem& system, const std::vector<Row>& rows_of,
                const std::vector<bool>& hidden, const Movement& movement) {
  for (size_t i = 0; i < movement.size(); ++i) {
    const Step& step = movement[i];
    const IntervalCell& cell = system.cells[step.cell];
    // A cell named twice would be checked by halves.
    if (i > 0 && movement[i - 1].cell >= step.cell) return false;
    if (!hidden[step.cell] || step.delta < cell.floor - cell.value ||
        step.delta > cell.cap - cell.value) {
      return false;
    }
  }
  // Counts stay below 2^40 and equations have a few thousand terms: int64 cannot overflow.
  std::vector<std::pair<uint32_t, int64_t>> changes;
  for (const Step& step : movement) {
    for (const Term& t : rows_of[step.cell]) {
      changes.emplace_back(t.variable, t.coefficient * step.delta);
    }
  }
  std::sort(changes.begin(), changes.end());
  for (size_t i = 0; i < changes.size();) {
    const uint32_t row = changes[i].first;
    int64_t sum = 0;
    for (; i < changes.size() && changes[i].first == row; ++i) sum += changes[i].second;
    if (sum != 0) return false;
  }
  return true;
}

}  // namespace renkei::policy::disclosure
