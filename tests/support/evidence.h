// What an attacker has in hand: unknown inner counts, what he may assume of each, and sums of them
// that he saw or may bound. On purpose without a line of policy/disclosure, whose work is judged.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace renkei::tests {

// No bound.
inline constexpr int64_t kEndless = int64_t{1} << 40;

// Unknown and coefficient; unknowns ascend, coefficients are not 0.
using UnknownSum = std::vector<std::pair<uint32_t, int64_t>>;

// Both ends included; equal: known.
struct Range {
  int64_t low = 0;
  int64_t high = kEndless;
};

struct Evidence {
  struct Seen {
    UnknownSum sum;
    Range range;
  };
  std::vector<Range> unknowns;
  std::vector<Seen> sums;
};

// What is left to find out when every line with one unknown is solved (A1), again and again.
struct OpenEvidence {
  // Per unknown: the value that lines give.
  std::vector<std::optional<int64_t>> solved;
  // Per unknown: what is assumed of it and what lines say.
  std::vector<Range> ranges;
  // Of open unknowns only, two or more each; no sum twice, and none that the ranges imply.
  std::vector<Evidence::Seen> sums;
  // Per unknown: open ones that sums connect have the same number.
  std::vector<uint32_t> component;

  // Splits a sum into what is solved of it and the rest.
  int64_t SolvedPart(const UnknownSum& sum, UnknownSum* open) const;
};
OpenEvidence SolveLines(const Evidence& evidence);

// Which of `wanted` follow by row reduction from the sums that are known, bounds apart (A2).
std::vector<bool> FollowFrom(const Evidence& evidence, const std::vector<UnknownSum>& wanted);

}  // namespace renkei::tests
