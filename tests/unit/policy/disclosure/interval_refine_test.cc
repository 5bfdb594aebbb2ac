// Fewer cells after the repair, against the enumeration of every table and of every pattern.
#include "policy/disclosure/interval_refine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "policy/disclosure/interval_repair.h"
#include "tests/support/flags.h"
#include "tests/support/optimal_pattern.h"
#include "tests/unit/policy/disclosure/interval_reference.h"

namespace renkei::policy::disclosure {
namespace {

using tests::CountOf;

std::vector<bool> EverythingHidden(const CellSystem& system) {
  std::vector<bool> hidden;
  for (const IntervalCell& cell : system.cells)
    hidden.push_back(cell.is_protected || cell.may_hide);
  return hidden;
}

// By trying every pattern; nullopt: even hiding everything leaves a need unmet.
std::optional<int64_t> FewestByEnumeration(const CellSystem& system) {
  std::vector<bool> hidden;
  std::vector<uint32_t> choice;
  for (uint32_t c = 0; c < system.cells.size(); ++c) {
    hidden.push_back(system.cells[c].is_protected);
    if (!system.cells[c].is_protected && system.cells[c].may_hide) choice.push_back(c);
  }
  std::optional<int64_t> fewest;
  for (uint32_t pattern = 0; pattern < 1u << choice.size(); ++pattern) {
    for (size_t i = 0; i < choice.size(); ++i) hidden[choice[i]] = (pattern >> i & 1) != 0;
    const int64_t cells = CountOf(hidden);
    if ((!fewest || cells < *fewest) && TrueViolations(system, hidden, {}).empty()) fewest = cells;
  }
  return fewest;
}

TEST(IntervalRefine, ShowsCellsAgainAndLeavesNoNarrowInterval) {
  int64_t before = 0;
  int64_t after = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const CellSystem system = RandomTable(seed);
    const std::vector<Attacker> attackers = RandomAttackers(system, seed);
    MovementPool pool(system);
    const IntervalPattern repaired =
        RepairIntervals(system, RandomPattern(system, seed), attackers, &pool);
    const std::vector<bool> refined = RefineIntervals(system, repaired.hidden, attackers);
    EXPECT_LE(CountOf(refined), CountOf(repaired.hidden)) << "seed " << seed;
    const std::vector<Violation> allowed = TrueViolations(system, repaired.hidden, attackers);
    for (const Violation& violation : TrueViolations(system, refined, attackers)) {
      ASSERT_TRUE(IsNamed(allowed, violation)) << "seed " << seed;
    }
    for (size_t c = 0; c < refined.size(); ++c) {
      const IntervalCell& cell = system.cells[c];
      if (cell.is_protected || !cell.may_hide) {
        EXPECT_EQ(refined[c], repaired.hidden[c]) << "seed " << seed;
      }
    }
    EXPECT_EQ(refined, RefineIntervals(system, repaired.hidden, attackers)) << "seed " << seed;
    before += CountOf(repaired.hidden);
    after += CountOf(refined);
  }
  std::cout << before << " cells before, " << after << " after\n";
  EXPECT_LT(after, before);
}

TEST(IntervalRefine, FindsTheFewestCellsOfTinyTables) {
  int proven = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const CellSystem system = RandomTable(seed);
    const std::optional<int64_t> fewest = FewestByEnumeration(system);
    if (!fewest) continue;
    const std::vector<bool> all = EverythingHidden(system);
    EXPECT_EQ(CountOf(RefineIntervals(system, all, {})), *fewest) << "seed " << seed;
    // So does the program that larger tables are compared with.
    const tests::OptimalPattern optimum = tests::FewestHiddenCells(system, CountOf(all), 60);
    EXPECT_TRUE(optimum.is_proven) << "seed " << seed;
    EXPECT_EQ(optimum.at_least, *fewest) << "seed " << seed;
    ++proven;
  }
  EXPECT_GT(proven, 20);
}

TEST(IntervalRefine, LeavesAProtectedCellThatNothingIsAskedOfUndetermined) {
  // 9 = 5 + 4: of the first nothing can be asked, and shown beside it the 5 would give it away.
  CellSystem system = TotalAndParts({9, 5, 4});
  system.cells[0].is_protected = true;
  const std::vector<bool> all(3, true);
  EXPECT_EQ(RefineIntervals(system, all, {}), all);
}

}  // namespace
}  // namespace renkei::policy::disclosure
