#include "policy/disclosure/movement_pool.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// Enough that a second audit finds what served each attacker in the first: of tables with sums a
// movement stands at most ends. More would cost memory and look-ups.
constexpr size_t kMovementsPerEnd = 512;

}  // namespace

MovementPool::MovementPool(const CellSystem& system, std::span<const Attacker> attackers)
    : system_(&system),
      check_(system),
      entries_(2 * system.cells.size()),
      oldest_(entries_.size(), 0),
      least_(entries_.size(), 1) {
  // A sum moves with every part of it, nearly always too little: that would crowd out what serves.
  for (const Sum& sum : system.sums) {
    least_[2 * size_t{sum.cell}] = least_[2 * size_t{sum.cell} + 1] = kNoCap;
  }
  const auto expect = [&](uint32_t cell, int64_t need_low, int64_t need_high) {
    const int64_t value = system.cells[cell].value;
    int64_t& down = least_[2 * size_t{cell}];
    int64_t& up = least_[2 * size_t{cell} + 1];
    if (need_low < value) down = std::min(down, value - need_low);
    if (need_high > value) up = std::min(up, need_high - value);
  };
  for (const Sum& sum : system.sums) {
    const IntervalCell& cell = system.cells[sum.cell];
    expect(sum.cell, cell.need_low, cell.need_high);
  }
  for (const Attacker& attacker : attackers) {
    for (const View& view : attacker.views) expect(view.cell, view.need_low, view.need_high);
  }
}

bool MovementPool::Add(const std::vector<bool>& hidden, Movement movement) {
  const Movement whole = check_.WholeOf(hidden, movement);
  if (whole.empty()) return false;
  const uint32_t index = static_cast<uint32_t>(movements_.size());
  bool is_useful = false;
  for (const Step& step : whole) {
    if (!system_->cells[step.cell].is_protected) continue;
    const size_t end = 2 * size_t{step.cell} + (step.delta > 0);
    if (std::abs(step.delta) < least_[end]) continue;
    std::vector<Entry>& list = entries_[end];
    // The newest replaces the oldest but the first: it was made because the others did not serve.
    if (list.size() < kMovementsPerEnd) {
      list.push_back({index, step.delta});
    } else {
      uint32_t& oldest = oldest_[end];
      oldest = oldest + 1 < kMovementsPerEnd ? oldest + 1 : 1;
      list[oldest] = {index, step.delta};
    }
    is_useful = true;
  }
  if (is_useful) movements_.push_back(std::move(movement));
  return true;
}

bool MovementPool::Meets(const Need& need, const Limits& limits) const {
  return AdmittedMovements(*this, limits).Meet(need);
}

bool AdmittedMovements::Meet(const Need& need) {
  const std::vector<MovementPool::Entry>& list =
      pool_.entries_[2 * size_t{need.cell} + (need.distance > 0)];
  return std::any_of(list.rbegin(), list.rend(), [&](const MovementPool::Entry& entry) {
    const bool is_far_enough =
        need.distance > 0 ? entry.delta >= need.distance : entry.delta <= need.distance;
    return is_far_enough && Admits(entry.movement);
  });
}

bool AdmittedMovements::Admits(uint32_t movement) {
  if (states_.size() <= movement) states_.resize(pool_.movements_.size(), State::kUnknown);
  State& state = states_[movement];
  if (state == State::kUnknown) {
    const Movement& steps = pool_.movements_[movement];
    const bool is_within = std::all_of(steps.begin(), steps.end(),
                                       [&](const Step& step) { return limits_.Admit(step); });
    state = is_within ? State::kWithin : State::kBeyond;
  }
  return state == State::kWithin;
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
