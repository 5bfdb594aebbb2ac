// What the shown cells of a pattern give together: the area less every place that is shown, an age
// margin less every band that is shown, a total (or n) less every class that is shown. What is left
// is the sum of hidden cells; it must not follow where it is few (R4, R5), even where each of them
// is hidden for that. One hidden cell alone is a cell or a difference of the shape. Inside
// disclosure only. Pure.
#pragma once

#include <vector>

#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/family_system.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

// `hidden`: flags of the publishable cells of a component, measure by measure.
std::vector<Remainder> RemaindersOf(const FamilyCounts& family, const TableShape& shape,
                                    const Component& component, const std::vector<bool>& hidden);

}  // namespace renkei::policy::disclosure
