// Measures of a linked group that move by the same persons in the same inner cells, some of them
// the other way round, while the others stand still: whoever goes from one class to another, or
// into a measure and all that contain it. Written as a system of the first measure's size, it finds
// most movements of the group. Inside disclosure only.
#pragma once

#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/linked_rows.h"
#include "policy/disclosure/linked_system.h"

namespace renkei::policy::disclosure {

struct LockStep {
  int measure = 0;
  int sign = 1;  // 1, or -1: the other way round
  bool operator==(const LockStep&) const = default;
};

// Sets that begin with the measure, from the smallest: alone, with one that a row links to it, and
// with all that contain it or lie within it; each with what rows that add up ask for.
std::vector<std::vector<LockStep>> LockStepsOf(const LinkedGroup& group, int measure);

// Cells are those of the first measure's own system; a cell moves, or can be hidden, when it may in
// all of them. Asks of `needs`, which are of it. `publishable`: so many cells each measure has
// first.
struct LockStepSystem {
  CellSystem system;
  std::vector<bool> hidden;
  std::vector<Need> beyond;  // needs that are not asked: the cell does not move so far in step
};
LockStepSystem MakeLockStep(const LinkedGroup& group, int geographies, const IntervalsOf& intervals,
                            size_t publishable, std::span<const LockStep> steps,
                            std::span<const Need> needs);

}  // namespace renkei::policy::disclosure
