// Some measures of a linked group as one system: the tables of each, and an equation per inner cell
// and row, with who is in none of the parts as a cell of its own that is never printed and may be
// nobody. The other measures of the group stand still: what is possible then is possible. Inside
// disclosure only.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/linked_rows.h"
#include "policy/disclosure/measure_intervals.h"
#include "policy/disclosure/movement_pool.h"

namespace renkei::policy::disclosure {

// By measure.
using IntervalsOf = std::map<int, MeasureIntervals>;

// A need of a cell of a measure's own system.
struct LinkedNeed {
  int measure = 0;
  Need need;
  bool operator==(const LinkedNeed&) const = default;
};

class LinkedSystem {
 public:
  // `measures` ascend, are of the group, and with one have all that adds up with it.
  LinkedSystem(const LinkedGroup& group, int geographies, const IntervalsOf& intervals,
               const std::vector<int>& measures);

  // Nothing but these, which are of its measures; gives those that no movement can meet while the
  // other measures stand still, which are not asked.
  std::vector<LinkedNeed> AskOnly(std::span<const LinkedNeed> needs);

  LinkedNeed InMeasure(const Need& need) const;
  // `cell` of a measure's own system.
  uint32_t CellOf(int measure, uint32_t cell) const { return offset_.at(measure) + cell; }

  CellSystem system;
  std::vector<bool> hidden;

 private:
  void Append(int measure, const MeasureIntervals& intervals);
  void AddRow(const LinkedRow& row, int geographies);
  bool IsKnown(uint32_t cell) const { return !system.cells[cell].may_hide && !hidden[cell]; }

  std::map<int, uint32_t> offset_;  // by measure: of its first cell
};

}  // namespace renkei::policy::disclosure
