// The interval audit of a family: its cells with what a reader and each contributing member know of
// them, and how far each interval must reach (R4, R8, privacy 4.4, 4.5). Inside disclosure only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/family_system.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

struct FamilyIntervals {
  // Publishable cells come first: component measure p, cell c is at p * publishable_cells + c; then
  // what is derivable and must not be narrow: differences, rests, remainders.
  CellSystem system;
  // One per contributing member.
  std::vector<Attacker> attackers;
  // Where the repair starts: `pattern`, less what the reader knows anyway (zeros and full cells
  // that the zero policy shows, places where nobody can be), and every derived cell.
  std::vector<bool> hidden;
};

// `pattern` has a flag per publishable cell of the component.
FamilyIntervals BuildIntervals(const FamilyCounts& family, const TableShape& shape,
                               const Component& component,
                               const std::vector<std::vector<Judgement>>& judgements,
                               std::span<const uint8_t> table_key, const std::vector<bool>& pattern,
                               std::span<const Remainder> remainders);

}  // namespace renkei::policy::disclosure
