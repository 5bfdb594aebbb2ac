#include "policy/disclosure/knowledge.h"

#include <algorithm>

namespace renkei::policy::disclosure {

std::vector<uint32_t> CellsWithin(const std::vector<SystemCell>& cells,
                                  const std::vector<bool>& knows_variable) {
  std::vector<uint32_t> known;
  for (uint32_t c = 0; c < cells.size(); ++c) {
    const Row& row = cells[c].row;
    const bool is_within = !row.empty() && std::all_of(row.begin(), row.end(), [&](const Term& t) {
      return knows_variable[t.variable];
    });
    if (is_within) known.push_back(c);
  }
  return known;
}

}  // namespace renkei::policy::disclosure
