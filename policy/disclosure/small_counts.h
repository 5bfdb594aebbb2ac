// Small inner counts changed so that shown cells still add up (SMALL_COUNT; the idea is that of
// Statistics Norway's SmallCountRounding: Langsrud and Heldal 2018, the search is ours). Inside
// disclosure only. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

// Per measure a block of pooled inner counts, with kinds (index 0..2) in the place of members, such
// that, with t the threshold of the place,
// - no x, n, n - x, and no rest of what shares link, is 1 to t - 1, nor is a sum of them over inner
//   cells; zeros stay zero;
// - what adds up in an inner cell still does: 0 <= x <= n, classes that divide the same people,
//   parts and rest of a total, the denominator that is another's numerator; equal denominators stay
//   equal. Where the exact counts contradict a relation, it is not kept either.
// A count that need not change does not; the others go to the nearest such value below or above,
// whichever keeps the sums that are cells of the table nearer to what they were. Where no such
// values are found, the inner cell counts nobody. The same counts and key give the same blocks.
std::vector<Block> ChangeSmallCounts(const FamilyCounts& family, const TableShape& shape,
                                     std::span<const uint8_t> table_key);

}  // namespace renkei::policy::disclosure
