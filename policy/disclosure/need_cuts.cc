#include "policy/disclosure/need_cuts.h"

#include <algorithm>
#include <cstdint>

#include "policy/disclosure/movement_bounds.h"

namespace renkei::policy::disclosure {
namespace {

class NeedCuts {
 public:
  explicit NeedCuts(const CellSystem& system)
      : system_(system), parts_of_(system.cells.size(), nullptr) {
    for (const Sum& sum : system.sums) parts_of_[sum.cell] = &sum.parts;
  }

  void Cut(const std::vector<MovementBounds>& bounds, uint32_t cell, int64_t* low,
           int64_t* high) const {
    const int64_t value = system_.cells[cell].value;
    MovementBounds reach{0, 0};
    if (parts_of_[cell] == nullptr) {
      reach = bounds[cell];
    } else {
      for (const Term& t : *parts_of_[cell]) {
        reach.lower += bounds[t.variable].lower;
        reach.upper += bounds[t.variable].upper;
      }
    }
    *low = std::max(*low, value + reach.lower);
    *high = std::min(*high, value + reach.upper);
  }

 private:
  const CellSystem& system_;
  std::vector<const Row*> parts_of_;
};

}  // namespace

void CutNeeds(const std::vector<bool>& hidden, CellSystem* system,
              std::vector<Attacker>* attackers) {
  std::vector<MovementBounds> of_public;
  for (uint32_t c = 0; c < system->cells.size(); ++c) {
    const IntervalCell& cell = system->cells[c];
    const bool is_known = !cell.may_hide && !hidden[c];
    of_public.push_back(is_known ? MovementBounds{0, 0}
                                 : MovementBounds{cell.floor - cell.value, cell.cap - cell.value});
  }
  const NeedCuts cuts(*system);
  for (Attacker& attacker : *attackers) {
    std::vector<MovementBounds> bounds = of_public;
    for (const View& view : attacker.views) {
      const int64_t value = system->cells[view.cell].value;
      MovementBounds& own = bounds[view.cell];
      own = {std::max(own.lower, view.floor - value), std::min(own.upper, view.cap - value)};
    }
    for (View& view : attacker.views) {
      if (system->cells[view.cell].is_protected) {
        cuts.Cut(bounds, view.cell, &view.need_low, &view.need_high);
      }
    }
  }
  for (uint32_t c = 0; c < system->cells.size(); ++c) {
    IntervalCell& cell = system->cells[c];
    if (cell.is_protected) cuts.Cut(of_public, c, &cell.need_low, &cell.need_high);
  }
}

}  // namespace renkei::policy::disclosure
