// What links the counts of one inner cell (place, kind, sex, band) with each other: numerators and
// denominators of all measures of a family, and which are parts of which. Inside disclosure only.
// Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/family_counts.h"

namespace renkei::policy::disclosure {

// The parts share nobody and lie within the whole. Indices of quantities.
struct Share {
  int whole = 0;
  std::vector<int> parts;  // ascending
  bool operator<(const Share& other) const {
    return whole != other.whole ? whole < other.whole : parts < other.parts;
  }
};

struct InnerEquations {
  // Quantity -> inner cell in the order of InnerIndex: persons, of all members of the kind.
  std::vector<std::vector<int64_t>> counts;
  std::vector<int> numerator_of;  // measure -> quantity
  std::vector<int>
      denominator_of;  // measure -> quantity; the same where the same people are counted
  std::vector<Share> shares;
  std::vector<std::vector<int>> shares_of;  // quantity -> shares that it is in
  // Quantities in an order in which wholes come before their parts; what shares link is in one
  // group, but for the denominators at the top, which are groups of their own and come first.
  std::vector<std::vector<int>> groups;
};

InnerEquations InnerEquationsOf(const FamilyCounts& family);

}  // namespace renkei::policy::disclosure
