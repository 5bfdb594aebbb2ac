// The fewest cells that must be hidden so that every need of the public is met: what the heuristics
// of policy/disclosure are compared with (I12). Cutting planes after Fischetti and Salazar-Gonzalez
// (2001): a need that a pattern does not meet gives an inequality by duality, and CBC (EPL) finds
// the smallest pattern that satisfies all inequalities found so far. Tests only; not in the
// product.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::tests {

struct OptimalPattern {
  // No safe pattern hides fewer cells. Movements of fractions count as proof here, so the bound is
  // never above the optimum in integers.
  int64_t at_least = 0;
  // Is `at_least` reached by a pattern in which every need has a movement, fractions included?
  bool is_proven = false;
  // That pattern; empty: `known` is as good, or nothing is proven.
  std::vector<bool> hidden;
};

// `known` is the number of cells of some safe pattern. Protected cells are hidden, cells that may
// not be hidden are shown. Gives up after so many seconds of wall time.
OptimalPattern FewestHiddenCells(const policy::disclosure::CellSystem& system, int64_t known,
                                 double seconds);

}  // namespace renkei::tests
