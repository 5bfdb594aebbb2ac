#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

std::vector<Row> RowsOfCells(const CellSystem& system) {
  std::vector<Row> rows_of(system.cells.size());
  uint32_t row = 0;
  for (const Row& equation : system.equations) {
    for (const Term& t : equation) rows_of[t.variable].push_back({row, t.coefficient});
    ++row;
  }
  for (const Sum& sum : system.sums) {
    for (const Term& t : sum.parts) rows_of[t.variable].push_back({row, t.coefficient});
    rows_of[sum.cell].push_back({row, -1});
    ++row;
  }
  return rows_of;
}

}  // namespace renkei::policy::disclosure
