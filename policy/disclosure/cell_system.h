// Cells, the equations among them, and what a reader knows of a hidden one: the form in which
// intervals are audited (privacy 4.4). A movement is a change of hidden counts that no equation
// notices; two movements per protected cell, one down and one up, prove its interval. Values only.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

// More than any count; a cell with this cap has no known upper bound.
inline constexpr int64_t kNoCap = int64_t{1} << 40;

struct IntervalCell {
  int64_t value = 0;
  // What a reader may assume of the cell while it is hidden, both included: 0 or, where every zero
  // is shown, 1; and the denominator. floor <= value <= cap.
  int64_t floor = 0;
  int64_t cap = kNoCap;
  // A protected cell: the reader's interval must reach down to `need_low` and up to `need_high`,
  // floor <= need_low <= value <= need_high <= cap. Both equal to `value`: nothing is asked.
  int64_t need_low = 0;
  int64_t need_high = 0;
  // Is something asked of it, for the public or for an attacker?
  bool is_protected = false;
  // May the repair hide it? Cells that are no cells of the table are hidden from the start.
  bool may_hide = true;
  // What hiding one unit of it costs; > 0.
  double cost = 1;
  // Repairs look for a movement within one region first.
  uint32_t region = 0;
};

// A cell that is a sum of others, such as a margin of inner cells: it stands in no equation and is
// a part of no other sum, and its floor and cap follow from its parts'. Hidden, it binds nothing.
struct Sum {
  uint32_t cell = 0;
  Row parts;
};

// Equations are rows over cells whose sum is known. A system may have sums or not: the same table
// can be written with its margins as cells among equations.
struct CellSystem {
  std::vector<IntervalCell> cells;
  std::vector<Row> equations;
  std::vector<Sum> sums;
};

// What an attacker knows of a cell, and what is asked of it against him, in place of the same
// fields of the cell. A cell that he knows: floor = cap = value.
struct View {
  uint32_t cell = 0;
  int64_t floor = 0;
  int64_t cap = kNoCap;
  int64_t need_low = 0;
  int64_t need_high = 0;
  bool operator==(const View&) const = default;
};
inline View KnownCell(uint32_t cell, int64_t value) { return {cell, value, value, value, value}; }

// Who knows more than what is published (privacy 4.5). Cells ascend.
struct Attacker {
  std::vector<View> views;
};

struct Step {
  uint32_t cell = 0;
  int64_t delta = 0;  // never 0
  bool operator==(const Step&) const = default;
};
// Cells ascend.
using Movement = std::vector<Step>;

// Per cell the equations and sums that it stands in, as {row, coefficient}: equations first, then
// sums, in which the sum itself has coefficient -1.
std::vector<Row> RowsOfCells(const CellSystem& system);

}  // namespace renkei::policy::disclosure
