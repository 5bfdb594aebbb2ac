// Attacks on the protected national table by programs of their own (tests/support): row reduction
// and linear programs over what is shown, with what readers, members and single persons add. Each
// with its defence off (privacy 9.2, 9.3).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

#include "policy/disclosure/greedy.h"
#include "policy/disclosure/interval_refine.h"
#include "policy/disclosure/interval_repair.h"
#include "tests/support/national_evidence.h"

namespace renkei::policy::disclosure {
namespace {

using tests::CountNarrow;
using tests::Evidence;
using tests::Knowledge;
using tests::NationalTable;
using tests::SeenOf;
using tests::Shape;
using tests::SmallCells;
using tests::SmallRests;
using tests::TableCounts;
using tests::Target;

const TableCounts& Common() {
  static const TableCounts counts = tests::ReadTableCounts("disclosure_common.csv");
  return counts;
}

std::vector<bool> Repaired(const NationalTable& table) {
  MovementPool pool(table.cells);
  IntervalPattern pattern =
      RepairIntervals(table.cells, SuppressGreedily(table.linear).hidden, table.attackers, &pool);
  EXPECT_TRUE(pattern.left.empty() && pattern.hopeless.empty());
  return std::move(pattern.hidden);
}
std::vector<bool> Protected(const NationalTable& table) {
  return RefineIntervals(table.cells, Repaired(table), table.attackers);
}

// Small cells that follow by row reduction alone.
size_t CountExact(const Evidence& evidence, const std::vector<Target>& targets) {
  std::vector<tests::UnknownSum> sums;
  for (const Target& target : targets) sums.push_back(target.sum);
  const std::vector<bool> follow = tests::FollowFrom(evidence, sums);
  return static_cast<size_t>(std::count(follow.begin(), follow.end(), true));
}

// A2, A3.
TEST(AttackOnTheNationalTable, NoReaderComputesOrBoundsASmallCount) {
  const NationalTable table = tests::MakeTable(Common(), 0, 1, Knowledge::kPublic);
  const Evidence seen = SeenOf(table, Common(), Protected(table), {});
  const std::vector<Target> small = SmallCells(table, Common(), 1);
  EXPECT_EQ(CountExact(seen, small), 0u);
  EXPECT_EQ(CountNarrow(seen, small), 0u);
}

TEST(AttackOnTheNationalTable, WithoutComplementarySuppressionMostSmallCountsFollow) {
  const NationalTable table = tests::MakeTable(Common(), 0, 1, Knowledge::kPublic);
  std::vector<bool> hidden;
  for (const SystemCell& cell : table.linear.cells) hidden.push_back(cell.primary);
  const size_t exact =
      CountExact(SeenOf(table, Common(), hidden, {}), SmallCells(table, Common(), 1));
  std::cout << exact << " follow from primaries alone\n";
  EXPECT_GT(exact, 700u);
}

TEST(AttackOnTheNationalTable, WithoutRepairAQuarterThousandAreBounded) {
  const NationalTable table = tests::MakeTable(Common(), 0, 0, Knowledge::kPublic);
  const std::vector<bool> greedy = SuppressGreedily(table.linear).hidden;
  const Evidence seen = SeenOf(table, Common(), greedy, {.floor = 0});
  EXPECT_EQ(CountExact(seen, SmallCells(table, Common(), 0)), 0u);
  const size_t narrow = CountNarrow(seen, SmallCells(table, Common(), 0));
  std::cout << narrow << " narrow after the greedy step\n";
  EXPECT_GE(narrow, 240u);
  EXPECT_LE(narrow, 275u);
}

// A23: the reader adds that no hidden cell is zero.
TEST(AttackOnTheNationalTable, WithTheFloorOfZeroTheReaderWhoKnowsThatZerosAreShownBoundsMany) {
  const NationalTable table = tests::MakeTable(Common(), 0, 0, Knowledge::kPublic);
  const Evidence seen = SeenOf(table, Common(), Protected(table), {.floor = 1});
  const size_t narrow = CountNarrow(seen, SmallCells(table, Common(), 1));
  std::cout << narrow << " narrow at floor 1\n";
  EXPECT_GE(narrow, 150u);
}

// A22: how many persons live where is known, so no count is above it, nor its complement.
TEST(AttackOnTheNationalTable, CensusMarginsBoundNoSmallCount) {
  const NationalTable table = tests::MakeTable(Common(), 0, 1, Knowledge::kPublic, Shape::kFull);
  const Evidence seen = SeenOf(table, Common(), Protected(table), {.knows_persons = true});
  EXPECT_EQ(CountNarrow(seen, SmallCells(table, Common(), 1, /*complements=*/true)), 0u);
}

// Few persons are in each cell, so that the census says something of every count.
TableCounts SmallVillages() {
  TableCounts counts = tests::MakeTableCounts(7, 12, 7);
  counts.bands_under_65 = 5;
  for (size_t v = 0; v < counts.inner.size(); ++v) {
    counts.inner[v] %= 14;
    counts.persons[v] = counts.inner[v] + static_cast<int64_t>((v * 5 + 3) % 17);
  }
  return counts;
}

TEST(AttackOnTheNationalTable, WithoutTheCensusInTheAuditItBoundsSmallCounts) {
  const TableCounts counts = SmallVillages();
  const NationalTable open = tests::MakeTable(counts, 0, 1, Knowledge::kPublic);
  const auto small = SmallCells(open, counts, 1, /*complements=*/false);
  const std::vector<bool> hidden = Protected(open);
  EXPECT_EQ(CountNarrow(SeenOf(open, counts, hidden, {}), small), 0u);
  const auto with_census = SmallCells(open, counts, 1, /*complements=*/true);
  const size_t narrow =
      CountNarrow(SeenOf(open, counts, hidden, {.knows_persons = true}), with_census);
  std::cout << narrow << " narrow with the census\n";
  EXPECT_GT(narrow, 10u);
}

// A6: of the complement's table every small count is a small n - x here.
TEST(AttackOnTheNationalTable, TheComplementIsProtectedAsTheCountIs) {
  TableCounts counts = Common();
  for (size_t v = 0; v < counts.inner.size(); ++v) {
    counts.inner[v] = counts.persons[v] - counts.inner[v];
  }
  const NationalTable table = tests::MakeTable(counts, 0, 1, Knowledge::kPublic, Shape::kFull);
  const auto small = SmallCells(table, counts, 1, /*complements=*/true);
  EXPECT_GT(small.size(), 1000u);
  EXPECT_EQ(CountNarrow(SeenOf(table, counts, Protected(table), {.knows_persons = true}), small),
            0u);
  // Mutation: without the rule for complements nothing is hidden for them.
  const NationalTable open = tests::MakeTable(counts, 0, 1, Knowledge::kPublic);
  const auto still_small = SmallCells(open, counts, 1, /*complements=*/true);
  EXPECT_GT(
      CountNarrow(SeenOf(open, counts, Protected(open), {.knows_persons = true}), still_small),
      1000u);
}

// One symbol: were small cells told from those that protect them, bounds would follow.
TEST(AttackOnTheNationalTable, WithTwoSymbolsManyAreBounded) {
  const NationalTable table = tests::MakeTable(Common(), 0, 1, Knowledge::kPublic);
  const std::vector<bool> hidden = Protected(table);
  Evidence seen = SeenOf(table, Common(), hidden, {});
  size_t next = 0;
  for (size_t c = 0; c < hidden.size(); ++c) {
    if (table.linear.cells[c].row.empty()) continue;
    Evidence::Seen& sum = seen.sums[next++];
    if (!hidden[c]) continue;
    if (table.linear.cells[c].primary) {
      sum.range.high = 9;
    } else {
      sum.range.low = 10;
    }
  }
  const size_t narrow = CountNarrow(seen, SmallCells(table, Common(), 1));
  std::cout << narrow << " narrow with two symbols\n";
  EXPECT_GE(narrow, 400u);
}

// Those who know inner cells: each area's only member, or the one person of each cell of one. Some
// of them; all with RENKEI_FULL=1.
size_t EveryNth(size_t n) {
  const char* full = std::getenv("RENKEI_FULL");
  return full != nullptr && std::string(full) == "1" ? 1 : n;
}
std::vector<std::vector<uint32_t>> CellsOfMembers(size_t every_nth) {
  const uint32_t of_area = 2 * Common().bands;
  std::vector<std::vector<uint32_t>> known;
  for (size_t area = 0; area < Common().areas.size(); area += every_nth) {
    known.emplace_back();
    for (uint32_t i = 0; i < of_area; ++i) {
      known.back().push_back(static_cast<uint32_t>(area) * of_area + i);
    }
  }
  return known;
}
std::vector<std::vector<uint32_t>> CellsOfLonePersons(size_t every_nth) {
  std::vector<std::vector<uint32_t>> known;
  size_t next = 0;
  for (uint32_t v = 0; v < Common().inner.size(); ++v) {
    if (Common().inner[v] == 1 && next++ % every_nth == 0) known.push_back({v});
  }
  return known;
}

enum class Asked { kSmallCells, kSmallRests };

// Counts that are too narrow for somebody. Only what touches his cells tells him more than the
// public.
size_t AttackBy(const std::vector<std::vector<uint32_t>>& knowers, Asked asked,
                const NationalTable& table, const std::vector<bool>& hidden) {
  const Evidence seen = SeenOf(table, Common(), hidden, {});
  const tests::OpenEvidence open = tests::SolveLines(seen);
  const std::vector<Target> small = SmallCells(table, Common(), 1);
  tests::IntervalAttacker attacker(seen);
  size_t narrow = 0;
  for (const std::vector<uint32_t>& inner : knowers) {
    std::vector<std::pair<uint32_t, int64_t>> known;
    for (const uint32_t v : inner) known.push_back({v, Common().inner[v]});
    attacker.Suppose(known);
    std::vector<bool> is_own(Common().inner.size(), false);
    std::vector<bool> is_touched(Common().inner.size(), false);
    for (const uint32_t v : inner) {
      is_own[v] = true;
      if (!open.solved[v].has_value()) is_touched[open.component[v]] = true;
    }
    for (const Target& target :
         asked == Asked::kSmallCells ? small : SmallRests(table, Common(), inner)) {
      const auto& sum = target.sum;
      const bool is_his =
          std::all_of(sum.begin(), sum.end(), [&](const auto& t) { return is_own[t.first]; });
      const bool is_open = std::any_of(sum.begin(), sum.end(), [&](const auto& t) {
        return is_own[t.first] ||
               (!open.solved[t.first].has_value() && is_touched[open.component[t.first]]);
      });
      narrow += !is_his && is_open && attacker.IsNarrow(target);
    }
  }
  return narrow;
}

// A25, A26.
TEST(AttackOnTheNationalTable, NoMemberAndNoLonePersonLearnsOfOthers) {
  const NationalTable table = tests::MakeTable(Common(), 0, 1, Knowledge::kMembersAndSingletons);
  const std::vector<bool> hidden = Repaired(table);
  const auto members = CellsOfMembers(EveryNth(96));
  const auto persons = CellsOfLonePersons(EveryNth(40));
  EXPECT_EQ(AttackBy(members, Asked::kSmallRests, table, hidden), 0u);
  EXPECT_EQ(AttackBy(persons, Asked::kSmallCells, table, hidden), 0u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
