#include "policy/disclosure/movement_pool.h"

#include <algorithm>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// Enough that most attackers know nothing of one of them; more would cost memory and look-ups.
constexpr size_t kMovementsPerEnd = 24;

}  // namespace

MovementPool::MovementPool(const CellSystem& system)
    : system_(&system), check_(system), entries_(2 * system.cells.size()) {}

bool MovementPool::Add(const std::vector<bool>& hidden, Movement movement) {
  const Movement whole = check_.WholeOf(hidden, movement);
  if (whole.empty()) return false;
  const uint32_t index = static_cast<uint32_t>(movements_.size());
  bool is_useful = false;
  for (const Step& step : whole) {
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
