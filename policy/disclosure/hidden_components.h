// The hidden cells of a system by the equations that connect them: each component is audited alone.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

struct HiddenComponent {
  std::vector<uint32_t> cells;  // hidden and no sums, ascending
  std::vector<Sum> sums;  // hidden and protected, ascending by cell; over positions in `cells`
  std::vector<Row> rows;  // what is published of `cells`, over their positions; right side 0
};

struct HiddenComponents {
  std::vector<HiddenComponent> components;
  // Per cell the component that it is of; -1: shown, or a sum of which nothing is asked.
  std::vector<int32_t> component_of;
};

HiddenComponents ComponentsOf(const CellSystem& system, const std::vector<bool>& hidden);

}  // namespace renkei::policy::disclosure
