// Versions of a table as one system, against the same versions written out in full and every table
// that a reader could believe in.
#include "policy/disclosure/version_stack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/unit/policy/disclosure/interval_reference.h"

namespace renkei::policy::disclosure {
namespace {

constexpr ChangeRule kRule{4, 2};

// Two areas x two columns with margins; corrections in the first area.
struct Pair {
  Version first;
  Version second;
};

uint32_t At(uint32_t row, uint32_t column) { return row * 3 + column; }

CellSystem Table(const std::vector<int64_t>& inner) {
  CellSystem system;
  system.cells.resize(9);
  for (uint32_t r = 0; r < 2; ++r) {
    for (uint32_t c = 0; c < 2; ++c) {
      for (const uint32_t cell : {At(r, c), At(r, 2), At(2, c), At(2, 2)}) {
        system.cells[cell].value += inner[r * 2 + c];
      }
    }
  }
  for (IntervalCell& cell : system.cells) {
    cell.floor = std::min<int64_t>(1, cell.value);
    cell.cap = 32;
    cell.is_protected = cell.value > 0 && cell.value < kSmall;
    cell.need_low = cell.is_protected ? 1 : cell.value;
    cell.need_high = cell.is_protected ? kSmall - 1 : cell.value;
    cell.may_hide = cell.value > 0;
  }
  for (const uint32_t cell : {At(0, 0), At(0, 1), At(1, 0), At(1, 1)}) system.cells[cell].cap = 8;
  for (uint32_t i = 0; i < 3; ++i) {
    system.equations.push_back({{At(i, 0), 1}, {At(i, 1), 1}, {At(i, 2), -1}});
    system.equations.push_back({{At(0, i), 1}, {At(1, i), 1}, {At(2, i), -1}});
  }
  return system;
}

Correction StepsOf(uint32_t member, int64_t left, int64_t right) {
  Correction correction{member, {}};
  for (const uint32_t row : {0u, 2u}) {
    for (const auto& [column, delta] :
         std::vector<std::pair<uint32_t, int64_t>>{{0, left}, {1, right}, {2, left + right}}) {
      if (delta != 0) correction.steps.push_back({At(row, column), delta});
    }
  }
  return correction;
}

Pair MakePair(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> inner;
  for (int i = 0; i < 4; ++i) inner.push_back(static_cast<int64_t>(random() % 4));
  Pair pair;
  pair.first.system = Table(inner);
  for (uint32_t member = 0; member < 2; ++member) {
    const int64_t left = static_cast<int64_t>(random() % 3);
    const int64_t right = static_cast<int64_t>(random() % 2);
    inner[0] += left;
    inner[1] += right;
    pair.second.corrections.push_back(StepsOf(member, left, right));
  }
  pair.second.system = Table(inner);
  pair.second.in_scope = {true, true, true, false, false, false, true, true, true};
  pair.first.hidden = RandomPattern(pair.first.system, seed);
  pair.second.hidden = RandomPattern(pair.second.system, seed + 1000);
  return pair;
}

TEST(VersionChanges, AreUnsafeWhereFewPersonsOrMembersMadeThem) {
  const auto is_unsafe = [](std::vector<int64_t> deltas, ChangeRule rule) {
    std::vector<MemberStep> steps;
    for (uint32_t m = 0; m < deltas.size(); ++m) steps.push_back({0, m, deltas[m]});
    return IsUnsafeChange(steps, rule);
  };
  const ChangeRule rule{10, 3};
  EXPECT_FALSE(is_unsafe({}, rule));
  EXPECT_FALSE(is_unsafe({10, 10, 10}, rule));
  EXPECT_FALSE(is_unsafe({-10, -10, -10}, rule));
  EXPECT_TRUE(is_unsafe({3, 3, 3}, rule));
  EXPECT_TRUE(is_unsafe({100, 100}, rule));
  EXPECT_TRUE(is_unsafe({-9}, rule));
  // The first one takes its own off, and 6 are left.
  EXPECT_TRUE(is_unsafe({30, 3, 3}, rule));
  // Together nothing, but each sees what the other did.
  EXPECT_TRUE(is_unsafe({5, -5}, rule));
  EXPECT_FALSE(is_unsafe({50, -50}, rule));
}

TEST(VersionChanges, ThatAreTakenBackAreNone) {
  const std::vector<std::vector<Correction>> corrections = {{{1, {{0, 5}, {3, 5}}}, {2, {{0, 1}}}},
                                                            {{1, {{0, -5}, {3, -4}}}}};
  const std::vector<MemberStep> net = NetSteps(corrections);
  ASSERT_EQ(net.size(), 2u);
  EXPECT_EQ(net[0].cell, 0u);
  EXPECT_EQ(net[0].member, 2u);
  EXPECT_EQ(net[1].cell, 3u);
  EXPECT_EQ(net[1].delta, 1);
  EXPECT_EQ(MembersIn(net), 2);
}

TEST(VersionStack, LetsAReaderBelieveWhatBothVersionsInFullLetHimBelieve) {
  size_t compared = 0;
  size_t unsafe = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const Pair pair = MakePair(seed);
    VersionStack stack(kRule);
    ASSERT_TRUE(stack.Add(pair.first).ok());
    ASSERT_TRUE(stack.Add(pair.second).ok());
    // In full: nine cells twice, an equation where nothing can have changed, and every difference.
    CellSystem full;
    std::vector<bool> hidden;
    for (const Version* version : {&pair.first, &pair.second}) {
      const uint32_t from = static_cast<uint32_t>(full.cells.size());
      for (uint32_t c = 0; c < 9; ++c) {
        full.cells.push_back(version->system.cells[c]);
        hidden.push_back(version->hidden[c]);
      }
      for (Row row : version->system.equations) {
        for (Term& t : row) t.variable += from;
        full.equations.push_back(std::move(row));
      }
    }
    for (uint32_t c = 0; c < 9; ++c) {
      Row row = {{c, -1}, {9 + c, 1}};
      if (pair.second.in_scope[c]) {
        IntervalCell change;
        change.value = full.cells[9 + c].value - full.cells[c].value;
        change.floor = -kNoCap;
        row.push_back({static_cast<uint32_t>(full.cells.size()), -1});
        full.cells.push_back(change);
        hidden.push_back(true);
      }
      full.equations.push_back(std::move(row));
    }
    const std::vector<Interval> all = Enumeration(full, hidden).Run();
    const std::vector<Interval> stacked = Enumeration(stack.system(), stack.hidden()).Run();
    const auto expect_same = [&](uint32_t in_full, uint32_t in_stack) {
      if (!stack.hidden()[in_stack]) {
        // Shown in either version.
        const bool is_open = hidden[in_full];
        if (is_open) {
          EXPECT_EQ(all[in_full].low, all[in_full].high) << "seed " << seed;
        }
        return;
      }
      EXPECT_EQ(all[in_full].low, stacked[in_stack].low) << "seed " << seed;
      EXPECT_EQ(all[in_full].high, stacked[in_stack].high) << "seed " << seed;
      ++compared;
    };
    for (uint32_t c = 0; c < 9; ++c) {
      expect_same(c, stack.CellOf(0, c));
      expect_same(9 + c, stack.CellOf(1, c));
    }
    uint32_t next = 18;
    for (uint32_t c = 0; c < 9; ++c) {
      if (!pair.second.in_scope[c]) continue;
      for (const VersionStack::Change& change : stack.changes()) {
        if (change.newer != stack.CellOf(1, c)) continue;
        expect_same(next, change.cell);
        ++unsafe;
      }
      ++next;
    }
  }
  EXPECT_GT(compared, 2000u);
  EXPECT_GT(unsafe, 500u);
}

TEST(VersionStack, RefusesWhatDoesNotFit) {
  const Pair pair = MakePair(1);
  const auto added = [&pair](Version second) {
    VersionStack stack(kRule);
    EXPECT_TRUE(stack.Add(pair.first).ok());
    return stack.Add(second).code();
  };
  EXPECT_EQ(added(pair.second), absl::StatusCode::kOk);
  Version other = pair.second;
  other.system.equations.pop_back();
  EXPECT_EQ(added(other), absl::StatusCode::kInvalidArgument);
  other = pair.second;
  ++other.system.cells[At(1, 1)].value;
  EXPECT_EQ(added(other), absl::StatusCode::kInvalidArgument) << "changed out of scope";
  other = pair.second;
  ++other.system.cells[At(0, 1)].value;
  EXPECT_EQ(added(other), absl::StatusCode::kInvalidArgument) << "not what corrections say";
  other = pair.second;
  other.corrections.push_back({7, {{At(1, 1), 1}}});
  EXPECT_EQ(added(other), absl::StatusCode::kInvalidArgument) << "a correction out of scope";
  other = pair.second;
  other.in_scope.pop_back();
  EXPECT_EQ(added(other), absl::StatusCode::kInvalidArgument);
  VersionStack stack(kRule);
  EXPECT_EQ(stack.Add(pair.second).code(), absl::StatusCode::kInvalidArgument)
      << "a first version with corrections";
}

// The maker of a change knows it; who knows both counts does too; everybody else must not.
TEST(VersionStack, AsksForAChangeOfEverybodyButWhoKnowsItAnyway) {
  Pair pair;
  pair.first.system = Table({8, 3, 3, 9});
  pair.second.system = Table({8, 5, 3, 9});
  pair.first.hidden = pair.second.hidden = std::vector<bool>(9, true);
  pair.second.in_scope = {true, true, true, false, false, false, true, true, true};
  pair.second.corrections = {StepsOf(5, 0, 2)};
  pair.first.attackers = {{{KnownCell(At(1, 0), 3)}}, {{KnownCell(At(0, 1), 3)}}, {}};
  pair.second.attackers = {{{KnownCell(At(1, 0), 3)}}, {{KnownCell(At(0, 1), 5)}}, {}};
  pair.first.attacker_ids = pair.second.attacker_ids = {4, 3, 5};
  VersionStack stack(kRule);
  ASSERT_TRUE(stack.Add(pair.first).ok());
  ASSERT_TRUE(stack.Add(pair.second).ok());
  ASSERT_EQ(stack.changes().size(), 4u);  // the cell, its line's, its column's and all
  const uint32_t change = stack.changes().front().cell;
  const IntervalCell& cell = stack.system().cells[change];
  EXPECT_EQ(cell.value, 2);
  EXPECT_EQ(cell.need_low, -1);  // less than 4 on each side
  EXPECT_EQ(cell.need_high, 5);
  ASSERT_EQ(stack.attackers().size(), 3u);
  EXPECT_EQ(stack.attackers()[0].views.size(), 1u) << "the same cell in both versions";
  ASSERT_EQ(stack.attackers()[1].views.size(), 3u);
  const View knows_both = stack.attackers()[1].views[2];
  EXPECT_EQ(knows_both.cell, change);
  EXPECT_EQ(knows_both.need_low, 2);
  EXPECT_EQ(knows_both.need_high, 2);
  ASSERT_EQ(stack.attackers()[2].views.size(), 4u);
  EXPECT_EQ(stack.attackers()[2].views[0], KnownCell(change, 2));
}

TEST(VersionStack, AsksForChangesSinceEveryEarlierVersion) {
  const std::vector<bool> all(9, true);
  const std::vector<bool> in_scope = {true, true, true, false, false, false, true, true, true};
  const Version first{Table({8, 3, 3, 9}), all, {}, {}, {}, {}};
  const Version second{Table({8, 5, 3, 9}), all, {}, {}, in_scope, {StepsOf(5, 0, 2)}};
  const Version further{Table({8, 8, 3, 9}), all, {}, {}, in_scope, {StepsOf(6, 0, 3)}};
  const Version back{Table({8, 3, 3, 9}), all, {}, {}, in_scope, {StepsOf(5, 0, -2)}};
  const auto changes = [&](const Version& third) {
    VersionStack stack(kRule);
    EXPECT_TRUE(stack.Add(first).ok() && stack.Add(second).ok() && stack.Add(third).ok());
    std::vector<int64_t> values;
    for (const VersionStack::Change& change : stack.changes()) {
      const bool is_of_cell =
          change.newer == stack.CellOf(1, At(0, 1)) || change.newer == stack.CellOf(2, At(0, 1));
      if (is_of_cell) values.push_back(stack.system().cells[change.cell].value);
    }
    return values;
  };
  EXPECT_EQ(changes(further), (std::vector<int64_t>{2, 5, 3}));
  EXPECT_EQ(changes(back), (std::vector<int64_t>{2, -2})) << "as in the first again";
}

// A hidden cell that became a shown zero leaves what stood beside it alone in its line, although no
// cell of the new version is hidden and no change is unsafe.
TEST(VersionStack, IsTouchedWhereANewLineTellsOfOldCells) {
  Pair pair;
  pair.first.system = Table({8, 8, 2, 3});
  pair.second.system = Table({0, 0, 2, 3});
  for (const uint32_t cell : {At(0, 0), At(0, 1), At(1, 0), At(1, 1)}) {
    pair.first.hidden.resize(9);
    pair.first.hidden[cell] = true;
  }
  pair.second.hidden = pair.first.hidden;
  pair.second.hidden[At(0, 0)] = pair.second.hidden[At(0, 1)] = false;
  pair.second.in_scope = {true, true, true, false, false, false, true, true, true};
  pair.second.corrections = {StepsOf(0, -4, -4), StepsOf(1, -4, -4)};
  VersionStack stack(kRule);
  ASSERT_TRUE(stack.Add(pair.first).ok());
  ASSERT_TRUE(stack.Add(pair.second).ok());
  EXPECT_TRUE(stack.changes().empty());
  const std::vector<uint32_t> touched = stack.Touched();
  EXPECT_TRUE(std::binary_search(touched.begin(), touched.end(), stack.CellOf(0, At(1, 0))));
}

}  // namespace
}  // namespace renkei::policy::disclosure
