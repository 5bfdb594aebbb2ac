// Dominance and p %: boundaries in exact integers, and the attack of the second largest (A17).
#include "policy/disclosure/dominance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace renkei::policy::disclosure {
namespace {

constexpr int64_t kYenCap = 20'000'000;

MagnitudeSum Of(const std::vector<int64_t>& contributions, int64_t cap = kMaxMagnitude) {
  MagnitudeSum sum(cap);
  for (const int64_t one : contributions) sum.Add(one);
  return sum;
}

TEST(Magnitude, ContributionsAreTopCodedAndTheTwoLargestKept) {
  MagnitudeSum sum(kYenCap);
  EXPECT_EQ(sum.sum(), 0);
  for (const int64_t yen : {5, 7, 6, 7, -3}) sum.Add(yen);
  EXPECT_EQ(sum.sum(), 25);
  EXPECT_EQ(sum.largest(), 7);
  EXPECT_EQ(sum.second(), 7);
  EXPECT_EQ(sum.squares(), absl::uint128(25 + 49 + 36 + 49));
  sum.Add(kYenCap + 1);
  EXPECT_EQ(sum.largest(), kYenCap);
  EXPECT_EQ(sum.sum(), kYenCap + 25);
  EXPECT_EQ(Of({kYenCap - 1}, kYenCap).largest(), kYenCap - 1);
}

TEST(Dominance, HasItsBoundaries) {
  const struct {
    std::vector<int64_t> contributions;
    DominanceRule rule;
    bool dominated;
  } rows[] = {
      {{}, kOneHolds80, false},
      {{1}, kOneHolds80, true},
      {{79, 21}, kOneHolds80, false},
      {{80, 20}, kOneHolds80, false},
      {{81, 19}, kOneHolds80, true},
      {{801, 200}, kOneHolds80, true},
      {{45, 45, 10}, kTwoHold90, false},
      {{45, 46, 9}, kTwoHold90, true},
      {{450, 451, 100}, kTwoHold90, true},
      {{450, 450, 50, 50}, kTwoHold90, false},
      {{5, 5}, kTwoHold90, true},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(IsDominated(Of(row.contributions), row.rule), row.dominated)
        << testing::PrintToString(row.contributions);
  }
}

TEST(PPercent, HasItsBoundaries) {
  EXPECT_FALSE(IsWithinPercent(Of({}), 10));
  EXPECT_TRUE(IsWithinPercent(Of({7}), 10));
  EXPECT_TRUE(IsWithinPercent(Of({100, 90}), 10));
  EXPECT_TRUE(IsWithinPercent(Of({100, 90, 9}), 10));
  EXPECT_FALSE(IsWithinPercent(Of({100, 90, 10}), 10));
  EXPECT_FALSE(IsWithinPercent(Of({100, 90, 5, 5}), 10));
  EXPECT_TRUE(IsWithinPercent(Of({101, 90, 10}), 10));
}

TEST(Magnitude, RulesAreExactForTheLargestSums) {
  // 80 % of 5 x 2^45, and one more or less: a double of the products would not tell.
  const int64_t fifth = int64_t{1} << 45;
  EXPECT_FALSE(IsDominated(Of({4 * fifth, fifth}), kOneHolds80));
  EXPECT_TRUE(IsDominated(Of({4 * fifth + 1, fifth - 1}), kOneHolds80));
  EXPECT_TRUE(IsSafeOfMembers(Of(std::vector<int64_t>(8, kMaxMagnitude / 8))));
  EXPECT_FALSE(IsSafeOfMembers(Of(std::vector<int64_t>(9, kMaxMagnitude / 8))));
}

BlockMoments Block(int members, int colluders, int64_t sum, absl::uint128 squares) {
  return {members, members, colluders, sum, squares};
}

TEST(SquaresTest, IsExactAtItsBoundary) {
  for (const int64_t hundredth : {int64_t{1}, int64_t{7}, int64_t{1} << 40, kMaxMagnitude / 100}) {
    const absl::uint128 root = absl::uint128(static_cast<uint64_t>(hundredth)) * 63;
    EXPECT_TRUE(IsSafeOfBlock(Block(5, 0, 100 * hundredth, root * root)));
    EXPECT_FALSE(IsSafeOfBlock(Block(5, 0, 100 * hundredth, root * root + 1)));
  }
  EXPECT_FALSE(IsSafeOfBlock(Block(5, 0, 100, absl::Uint128Max())));
  EXPECT_FALSE(IsSafeOfBlock(Block(5, 0, kMaxMagnitude + 1, 1)));
  EXPECT_FALSE(IsSafeOfBlock(Block(5, 0, -1, 0)));
}

TEST(SquaresTest, IsOfLargeBlocksOnlyAndElseFiveContribute) {
  for (const int colluders : {0, 1, 2}) {
    EXPECT_FALSE(IsSafeOfBlock(Block(4 + colluders, colluders, 100, 100)));
    EXPECT_TRUE(IsSafeOfBlock(Block(5 + colluders, colluders, 100, 100)));
    BlockMoments without{50, 4 + colluders, colluders, 100, std::nullopt};
    EXPECT_FALSE(IsSafeOfBlock(without));
    ++without.contributors;
    EXPECT_TRUE(IsSafeOfBlock(without));
  }
}

// Few large amounts among many small ones, as costs are.
std::vector<int64_t> Skewed(std::mt19937_64& random) {
  std::vector<int64_t> amounts(1 + random() % 12);
  for (int64_t& amount : amounts) {
    amount = static_cast<int64_t>(random() % 100);
    for (uint64_t i = random() % 7; i > 0; --i) amount *= 3;
  }
  return amounts;
}

// A17: whoever contributes takes off its own from the sum, and has an upper bound of the largest.
// True when somebody comes nearer than p %.
bool IsEstimated(std::vector<int64_t> amounts) {
  std::sort(amounts.rbegin(), amounts.rend());
  int64_t sum = 0;
  for (const int64_t amount : amounts) sum += amount;
  for (size_t i = 1; i < amounts.size(); ++i) {
    const int64_t estimate = sum - amounts[i];
    if ((estimate - amounts[0]) * 10 < amounts[0]) return true;
  }
  return amounts.size() == 1 && amounts[0] > 0;
}

int Estimated(const std::function<bool(const std::vector<int64_t>&)>& is_shown, int* shown) {
  std::mt19937_64 random(17);
  int estimated = 0;
  *shown = 0;
  for (int cell = 0; cell < 20000; ++cell) {
    const std::vector<int64_t> amounts = Skewed(random);
    if (!is_shown(amounts)) continue;
    ++*shown;
    estimated += IsEstimated(amounts);
  }
  return estimated;
}

TEST(SecondLargest, EstimatesNobodyOfAShownCell) {
  int shown = 0;
  EXPECT_EQ(Estimated([](const auto& cell) { return IsSafeOfPersons(Of(cell)); }, &shown), 0);
  EXPECT_GT(shown, 1000);
  EXPECT_EQ(Estimated([](const auto& cell) { return IsSafeOfMembers(Of(cell)); }, &shown), 0);
  EXPECT_GT(shown, 1000);
  const auto by_squares = [](const std::vector<int64_t>& cell) {
    const MagnitudeSum sum = Of(cell);
    return IsSafeOfBlock(Block(static_cast<int>(cell.size()), 0, sum.sum(), sum.squares()));
  };
  EXPECT_EQ(Estimated(by_squares, &shown), 0);
  EXPECT_GT(shown, 1000);
}

// Mutations: p % off; and the squares at the 80 % of (1, 80 %).
TEST(SecondLargest, EstimatesTheLargestWhereThatIsOff) {
  int shown = 0;
  EXPECT_GT(Estimated([](const auto& cell) { return !IsDominated(Of(cell), kOneHolds80); }, &shown),
            0);
  const auto by_squares_80 = [](const std::vector<int64_t>& cell) {
    const MagnitudeSum sum = Of(cell);
    const absl::uint128 root = absl::uint128(static_cast<uint64_t>(sum.sum())) * 80;
    return sum.squares() * 10000 <= root * root;
  };
  EXPECT_GT(Estimated(by_squares_80, &shown), 0);
}

TEST(SquaresTest, ProvesWhatTheRulesOfMembersAsk) {
  std::mt19937_64 random(18);
  int proven = 0;
  for (int cell = 0; cell < 20000; ++cell) {
    const std::vector<int64_t> amounts = Skewed(random);
    const MagnitudeSum sum = Of(amounts);
    if (!IsSafeOfBlock(Block(5, 0, sum.sum(), sum.squares()))) continue;
    ++proven;
    EXPECT_TRUE(IsSafeOfMembers(sum)) << testing::PrintToString(amounts);
  }
  EXPECT_GT(proven, 1000);
}

TEST(Persons, SafeOfEachMemberIsSafeOfAll) {
  std::mt19937_64 random(19);
  int pooled = 0;
  while (pooled < 2000) {
    const std::vector<int64_t> one = Skewed(random);
    const std::vector<int64_t> other = Skewed(random);
    if (!IsSafeOfPersons(Of(one)) || !IsSafeOfPersons(Of(other))) continue;
    std::vector<int64_t> all = one;
    all.insert(all.end(), other.begin(), other.end());
    ASSERT_TRUE(IsSafeOfPersons(Of(all))) << testing::PrintToString(all);
    ++pooled;
  }
}

}  // namespace
}  // namespace renkei::policy::disclosure
