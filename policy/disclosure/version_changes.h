// What members' corrections changed between two versions of a table, and which differences must not
// be derivable (privacy 5.2, rule 2). As deltas.h judges the releases of an area, but on the cells
// of a CellSystem. Left out: changes of denominators.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

// How far one member's correction moves each cell of the table, margins included. Cells ascend.
struct Correction {
  uint32_t member = 0;
  std::vector<Step> steps;
};

struct ChangeRule {
  int64_t min_cell = 0;  // persons
  int64_t min_members = 0;
};

struct MemberStep {
  uint32_t cell = 0;
  uint32_t member = 0;
  int64_t delta = 0;  // never 0
};

// What is left of several versions' corrections, by cell and then member: a step that a later
// correction takes back is none.
std::vector<MemberStep> NetSteps(std::span<const std::vector<Correction>> corrections);

// How many members' steps are left.
int64_t MembersIn(std::span<const MemberStep> steps);

// Of the steps of one cell: may nobody learn their sum? It is of 1 to min_cell - 1 persons more or
// less, or of fewer members than min_members, or one member that takes its own step off is left
// with 1 to min_cell - 1 (R4).
bool IsUnsafeChange(std::span<const MemberStep> of_cell, const ChangeRule& rule);

// Calls `use(cell, steps of the cell)` for each cell, ascending.
template <typename Use>
void ForEachCell(std::span<const MemberStep> steps, Use use) {
  for (size_t from = 0; from < steps.size();) {
    size_t to = from;
    while (to < steps.size() && steps[to].cell == steps[from].cell) ++to;
    use(steps[from].cell, steps.subspan(from, to - from));
    from = to;
  }
}

}  // namespace renkei::policy::disclosure
