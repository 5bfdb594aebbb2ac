// Dominance and p % of magnitudes, which are sums of yen, days or visits over persons (privacy 2,
// R4, R46): a cell is not shown when one or two contribute nearly all of it, or when the second
// largest, taking off its own, could estimate the largest too well. Exact integers. No round
// carries a magnitude yet; these are the rules of who will. Pure. Left out: members who collude to
// take off more than one part, unless masks are used (BlockMoments).
#pragma once

#include <cstdint>
#include <optional>

#include "absl/numeric/int128.h"

namespace renkei::policy::disclosure {

// A larger sum is a fault of the data (privacy 8.4) and never safe.
inline constexpr int64_t kMaxMagnitude = int64_t{1} << 48;
// Of the largest contribution, in percent: how near nobody may come to it.
inline constexpr int kProtectionPercent = 10;

// `largest` contributions (1 or 2) hold at most `percent` of a safe sum.
struct DominanceRule {
  int largest = 1;
  int percent = 80;
};
inline constexpr DominanceRule kOneHolds80{1, 80};
inline constexpr DominanceRule kTwoHold90{2, 90};

// What contributions to one cell come to: of a member's own persons, or of members. In the unit's
// fixed point.
class MagnitudeSum {
 public:
  // Each contribution counts at least 0 and at most `cap` (persons: the measure's; members:
  // kMaxMagnitude).
  explicit MagnitudeSum(int64_t cap) : cap_(cap) {}
  void Add(int64_t contribution);

  // Saturates above kMaxMagnitude.
  int64_t sum() const { return sum_; }
  int64_t largest() const { return largest_; }
  int64_t second() const { return second_; }
  // Saturates; sent under masks in place of the contributions.
  absl::uint128 squares() const { return squares_; }

 private:
  int64_t cap_;
  int64_t sum_ = 0;
  int64_t largest_ = 0;
  int64_t second_ = 0;
  absl::uint128 squares_ = 0;
};

bool IsDominated(const MagnitudeSum& cell, DominanceRule rule);

// p %: sum - largest - second < `percent` / 100 x largest, which is how far off the second is when
// it takes off its own.
bool IsWithinPercent(const MagnitudeSum& cell, int percent);

// Of a member's own persons, before it sends: (1, 80 %) and p %. What is safe of each member is
// safe of all together.
bool IsSafeOfPersons(const MagnitudeSum& persons);

// Of members, where the hub has each one's part: (1, 80 %), (2, 90 %) and p %.
bool IsSafeOfMembers(const MagnitudeSum& members);

// A cell under masks: the hub has sums alone.
struct BlockMoments {
  int block_members = 0;  // whose contributions the masks add up
  int contributors = 0;   // members with persons in the cell
  int colluders = 0;      // c
  int64_t sum = 0;
  // Q, sum of squares over members; of all-age margins of blocks of at least 5 + c members.
  std::optional<absl::uint128> squares;
};

// With Q: sqrt(Q) <= 63 % of the sum. By Cauchy and Schwarz the two largest then hold at most 90 %,
// so that all rules of IsSafeOfMembers hold; 80 % would prove (1, 80 %) alone. Without: 5
// contributors or more when the colluders are taken off. Never with Q of a smaller block.
bool IsSafeOfBlock(const BlockMoments& cell);

}  // namespace renkei::policy::disclosure
