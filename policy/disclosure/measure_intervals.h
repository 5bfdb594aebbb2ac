// The interval audit of a measure's table: its cells with what a reader knows of them, and how far
// each interval must reach (R8, privacy 4.4). Inside disclosure only. Left out: members who know
// their own persons; with each of them as an attacker most of a council's table would be hidden.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/family_system.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

struct MeasureIntervals {
  // Publishable cells come first; then what is derivable and must not be narrow: differences,
  // rests, remainders. Margins and derived cells are sums of inner cells.
  CellSystem system;
  // Where the repair starts: `pattern`, less what the reader knows anyway (zeros and full cells
  // that the zero policy shows, places where nobody can be), and every derived cell.
  std::vector<bool> hidden;
};

// `pattern` has a flag per publishable cell; `remainders` are of the measure alone.
MeasureIntervals BuildIntervals(const FamilyCounts& family, const TableShape& shape, int measure,
                                const std::vector<Judgement>& judgements,
                                std::span<const uint8_t> table_key,
                                const std::vector<bool>& pattern,
                                std::span<const Remainder> remainders);

}  // namespace renkei::policy::disclosure
