#include "policy/tables/structurally_empty.h"

#include <algorithm>

#include "policy/tables/layout.h"

namespace renkei::policy::tables {

bool IsStructurallyEmpty(const v1::Measure& measure, int first_band, int last_band) {
  for (int band = first_band; band <= last_band; ++band) {
    const int from = kMinAge + 5 * band;
    const bool is_empty = std::any_of(
        measure.structurally_empty().begin(), measure.structurally_empty().end(),
        [&](const v1::AgeRange& range) { return range.from() <= from && from + 4 <= range.to(); });
    if (!is_empty) return false;
  }
  return true;
}

}  // namespace renkei::policy::tables
