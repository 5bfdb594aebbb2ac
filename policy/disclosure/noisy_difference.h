// What one noise table less another of the same measure, area and year is: a table of its own, of
// the members that delivered the measure for one of them only, with the noise of both (privacy 2,
// 5.3); and what is left where the two hide different places. Depends on members, agreements,
// populations and layouts, never on a count. Pure.
#pragma once

#include <cstddef>

#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {

// Would some level that both tables show be a figure of fewer members than the policies and
// agreements of both ask for? Judged as a table of these members alone would be (noisy_table.h).
// `measure` and `earlier_measure`: places in the two layouts.
bool DifferenceTellsOfFewMembers(const ProtectRequest& request, size_t measure,
                                 const ProtectRequest& earlier, size_t earlier_measure);

// Do both hide municipalities that are together no more people than either policy would hide? What
// one of them shows of the others leaves the figure of those. So it can be when another edition of
// populations, or another policy, hides other places.
bool DifferenceTellsOfHiddenPlaces(const ProtectRequest& request, size_t measure,
                                   const ProtectRequest& earlier, size_t earlier_measure);

}  // namespace renkei::policy::disclosure
