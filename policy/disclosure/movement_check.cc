#include "policy/disclosure/movement_check.h"

#include <algorithm>

namespace renkei::policy::disclosure {

MovementCheck::MovementCheck(const CellSystem& system)
    : system_(&system),
      rows_of_(RowsOfCells(system)),
      is_sum_(system.cells.size()),
      change_(system.equations.size() + system.sums.size(), 0) {
  for (const Sum& sum : system.sums) is_sum_[sum.cell] = true;
}

bool MovementCheck::MayMove(const std::vector<bool>& hidden, const Step& step) const {
  const IntervalCell& cell = system_->cells[step.cell];
  return hidden[step.cell] && step.delta >= cell.floor - cell.value &&
         step.delta <= cell.cap - cell.value;
}

Movement MovementCheck::WholeOf(const std::vector<bool>& hidden, const Movement& movement) {
  for (size_t i = 0; i < movement.size(); ++i) {
    // A cell named twice would be checked by halves.
    if (i > 0 && movement[i - 1].cell >= movement[i].cell) return {};
    if (is_sum_[movement[i].cell] || !MayMove(hidden, movement[i])) return {};
  }
  // Counts stay below 2^40 and rows have a few thousand terms: int64 cannot overflow.
  touched_.clear();
  for (const Step& step : movement) {
    for (const Term& t : rows_of_[step.cell]) {
      if (change_[t.variable] == 0) touched_.push_back(t.variable);
      change_[t.variable] += t.coefficient * step.delta;
    }
  }
  bool holds = true;
  Movement whole = movement;
  for (const uint32_t row : touched_) {
    const int64_t change = change_[row];
    change_[row] = 0;
    if (change == 0 || !holds) continue;
    if (row < system_->equations.size()) {
      holds = false;
      continue;
    }
    const Step sum{system_->sums[row - system_->equations.size()].cell, change};
    holds = MayMove(hidden, sum);
    whole.push_back(sum);
  }
  if (!holds) return {};
  std::sort(whole.begin(), whole.end(),
            [](const Step& l, const Step& r) { return l.cell < r.cell; });
  return whole;
}

}  // namespace renkei::policy::disclosure
