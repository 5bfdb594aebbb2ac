// How far hidden cells can move at most, from each equation alone, repeated until nothing changes
// (privacy 4.4, step 1). Integers; an outer bound: no movement leaves it.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

struct MovementBounds {
  int64_t lower = 0;  // <= 0; <= -kNoCap: none is known
  int64_t upper = 0;  // >= 0; >= kNoCap: none is known
};

// Bounds of `cells`, in their order. The variables of `rows` are positions in `cells`.
std::vector<MovementBounds> PropagateBounds(const CellSystem& system,
                                            const std::vector<uint32_t>& cells,
                                            const std::vector<Row>& rows);

}  // namespace renkei::policy::disclosure
