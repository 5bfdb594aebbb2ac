#include "policy/disclosure/need_cuts.h"

#include <gtest/gtest.h>

namespace renkei::policy::disclosure {
namespace {

// Two hidden counts whose sum is shown: what the one gains the other loses.
CellSystem TwoCells(int64_t first, int64_t second) {
  CellSystem system;
  for (const int64_t value : {first, second}) {
    IntervalCell cell;
    cell.value = cell.need_low = cell.need_high = value;
    system.cells.push_back(cell);
  }
  system.equations = {{{0, 1}, {1, 1}}};
  return system;
}
const std::vector<bool> kBothHidden = {true, true};

TEST(NeedCuts, AreToTheMostThatCanBeMetAndNoFurther) {
  for (int64_t possible = 0; possible <= 12; ++possible) {
    const CellSystem system = TwoCells(10, possible);
    const std::vector<Violation> asked = {{{0, 9}}, {{0, -9}}, {{1, -3}}};
    EXPECT_EQ(
        MostThatIsMet(system, kBothHidden, {}, asked),
        (std::vector<int64_t>{std::min<int64_t>(possible, 9), -9, -std::min<int64_t>(possible, 3)}))
        << possible;
  }
}

TEST(NeedCuts, LeaveOthersThanTheUnmetAsTheyAre) {
  CellSystem system = TwoCells(10, 7);
  system.cells[0].is_protected = true;
  system.cells[0].need_low = 2;
  system.cells[0].need_high = 18;
  std::vector<Attacker> nobody;
  EXPECT_TRUE(LowerNeeds(kBothHidden, {{{0, 8}}}, &system, &nobody));
  EXPECT_EQ(system.cells[0].need_low, 2);
  EXPECT_EQ(system.cells[0].need_high, 17);
  EXPECT_FALSE(LowerNeeds(kBothHidden, {{{0, 7}}}, &system, &nobody));
}

// Who knows the other count cannot be left anything; of the public as much is asked as before.
TEST(NeedCuts, OfWhoKnowsMoreAreNoneOfThePublic) {
  CellSystem system = TwoCells(10, 7);
  system.cells[0].is_protected = true;
  system.cells[0].need_high = 15;
  std::vector<Attacker> attackers = {{{KnownCell(1, 7)}}};
  EXPECT_TRUE(LowerNeeds(kBothHidden, {{{0, 5}, 0}}, &system, &attackers));
  EXPECT_EQ(system.cells[0].need_high, 15);
  ASSERT_EQ(attackers[0].views.size(), 2u);
  EXPECT_EQ(attackers[0].views[0], (View{0, 0, kNoCap, 10, 10}));
  EXPECT_TRUE(LowerNeeds(kBothHidden, {{{0, 5}, kPublic}, {{0, 9}, kPublic}}, &system, &attackers));
  EXPECT_EQ(system.cells[0].need_high, 17);
}

}  // namespace
}  // namespace renkei::policy::disclosure
