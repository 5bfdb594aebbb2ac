// Who knows more of a measure's table than what is published (privacy 4.5, R4, R8): each member
// what it counted itself, and who is the only one with or without the finding in an inner cell.
// Inside disclosure only.
#pragma once

#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/measure_intervals.h"

namespace renkei::policy::disclosure {

// Persons, after the members if those are asked for. Against a member what is asked of a cell is
// asked of what the others have in it; needs are cut to what no hiding widens.
std::vector<Attacker> AttackersOf(const FamilyCounts& family, int measure,
                                  const MeasureIntervals& intervals, bool with_members);

}  // namespace renkei::policy::disclosure
