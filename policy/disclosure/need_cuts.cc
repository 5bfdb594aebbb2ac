#include "policy/disclosure/need_cuts.h"

#include <algorithm>
#include <cstdint>

namespace renkei::policy::disclosure {

void CutNeeds(const std::vector<bool>& hidden, CellSystem* system) {
  for (const Sum& sum : system->sums) {
    int64_t low = 0;
    int64_t high = 0;
    for (const Term& t : sum.parts) {
      const IntervalCell& part = system->cells[t.variable];
      const bool is_known = !part.may_hide && !hidden[t.variable];
      low += is_known ? part.value : part.floor;
      high += is_known ? part.value : part.cap;
    }
    IntervalCell& cell = system->cells[sum.cell];
    if (!cell.is_protected) continue;
    cell.need_low = std::max(cell.need_low, low);
    cell.need_high = std::min(cell.need_high, high);
  }
}

}  // namespace renkei::policy::disclosure
