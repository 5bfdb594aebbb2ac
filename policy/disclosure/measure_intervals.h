// The interval audit of a measure's table: its cells with what a reader knows of them, and how far
// each interval must reach (R8, privacy 4.4). Inside disclosure only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/family_system.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

// The cell of an inner count among the publishable ones.
uint32_t InnerCellOf(int geography, int kind, int sex, int band);

struct MeasureIntervals {
  // Publishable cells come first; then what is derivable and must not be narrow: differences,
  // rests, remainders. Margins and derived cells are sums of inner cells.
  CellSystem system;
  // Where the repair starts: `pattern`, less what the reader knows anyway (places where nobody can
  // be, and zeros and full cells if he knows them), and every derived cell.
  std::vector<bool> hidden;
  // Per cell t, 0 where nothing is asked.
  std::vector<int64_t> min_cells;
};

// `pattern` has a flag per publishable cell; `remainders` are of the measure alone. Of a sensitive
// measure no reader knows the hidden zeros.
MeasureIntervals BuildIntervals(const FamilyCounts& family, const TableShape& shape, int measure,
                                const std::vector<Judgement>& judgements, ReaderKnows knows,
                                std::span<const uint8_t> table_key,
                                const std::vector<bool>& pattern,
                                std::span<const Remainder> remainders);

}  // namespace renkei::policy::disclosure
