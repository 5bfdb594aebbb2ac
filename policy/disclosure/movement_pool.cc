#include "policy/disclosure/movement_pool.h"

#include <algorithm>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// Enough that most attackers know nothing of one of them; more would cost memory and look-ups.
constexpr size_t kMovementsPerEnd = 24;

}  // namespace

MovementPool::MovementPool(const CellSystem& system)
    : system_(&system), rows_of_(RowsOfCells(system)), entries_(2 * system.cells.size()) {}

void MovementPool::MoveSums(Movement* movement) const {
  const auto equations = static_cast<uint32_t>(system_->equations.size());
  std::vector<std::pair<uint32_t, int64_t>> changes;  // of a row, by a step
  for (const Step& step : *movement) {
    for (const Term& t : rows_of_[step.cell]) {
      if (t.variable >= equations) changes.emplace_back(t.variable, t.coefficient * step.delta);
    }
  }
  std::sort(changes.begin(), changes.end());
  for (size_t i = 0; i < changes.size();) {
    const uint32_t row = changes[i].first;
    int64_t delta = 0;
    for (; i < changes.size() && changes[i].first == row; ++i) delta += changes[i].second;
    if (delta != 0) movement->push_back({system_->sums[row - equations].cell, delta});
  }
  std::sort(movement->begin(), movement->end(),
            [](const Step& l, const Step& r) { return l.cell < r.cell; });
}

bool MovementPool::Add(const std::vector<bool>& hidden, Movement movement) {
  if (!system_->sums.empty()) MoveSums(&movement);
  if (movement.empty() || !IsMovement(*system_, rows_of_, hidden, movement)) return false;
  const uint32_t index = static_cast<uint32_t>(movements_.size());
  bool is_useful = false;
  for (const Step& step : movement) {
    if (!system_->cells[step.cell].is_protected) continue;
    std::vector<Entry>& list = entries_[2 * size_t{step.cell} + (step.delta > 0)];
    // The newest replaces the oldest but the first: it was made because the others did not serve.
    if (list.size() == kMovementsPerEnd) list.erase(list.begin() + 1);
    list.push_back({index, step.delta});
    is_useful = true;
  }
  if (is_useful) movements_.push_back(std::move(movement));
  return true;
}

bool MovementPool::Meets(const Need& need, const Limits& limits) const {
  const std::vector<Entry>& list = entries_[2 * size_t{need.cell} + (need.distance > 0)];
  return std::any_of(list.rbegin(), list.rend(), [&](const Entry& entry) {
    if (need.distance > 0 ? entry.delta < need.distance : entry.delta > need.distance) return false;
    const Movement& movement = movements_[entry.movement];
    return std::all_of(movement.begin(), movement.end(),
                       [&](const Step& step) { return limits.Admit(step); });
  });
}

void MovementPool::Forget(uint32_t cell) {
  for (std::vector<Entry>& list : entries_) {
    std::erase_if(list, [&](const Entry& entry) {
      const Movement& movement = movements_[entry.movement];
      return std::any_of(movement.begin(), movement.end(),
                         [cell](const Step& step) { return step.cell == cell; });
    });
  }
}

}  // namespace renkei::policy::disclosure
