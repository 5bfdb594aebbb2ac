// The interval audit and its repair against an enumeration of every table that a reader could
// believe in. Small random tables: rows x columns with margins, a line of classes, random shown
// cells, random attackers.
#include <gtest/gtest.h>

#include <algorithm>

#include "policy/disclosure/interval_repair.h"
#include "policy/disclosure/knowledge.h"
#include "policy/disclosure/movement_bounds.h"
#include "policy/disclosure/movement_parts.h"
#include "tests/unit/policy/disclosure/interval_reference.h"

namespace renkei::policy::disclosure {
namespace {

TEST(IntervalAudit, FindsEveryNarrowIntervalThatAnEnumerationFinds) {
  size_t found = 0;
  size_t too_many = 0;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    const CellSystem system = RandomTable(seed);
    const std::vector<bool> hidden = RandomPattern(system, seed);
    const std::vector<Attacker> attackers = RandomAttackers(system, seed);
    MovementPool pool(system);
    const std::vector<Violation> audited = AuditIntervals(system, hidden, attackers, &pool);
    const std::vector<Violation> truth = TrueViolations(system, hidden, attackers);
    for (const Violation& violation : truth) {
      ASSERT_TRUE(IsNamed(audited, violation))
          << "seed " << seed << " cell " << violation.need.cell;
    }
    for (const Violation& violation : audited) too_many += !Has(truth, violation);
    found += truth.size();
  }
  EXPECT_GT(found, 2000u);
  // In two dimensions vertices are integral: nothing is called narrow that is wide.
  EXPECT_EQ(too_many, 0u);
}

// A movement through the last two cells is refused against the first attacker, and what is hidden
// against him is another cell: it must not stand as proof for the second, who would have the
// protected cell exactly.
TEST(IntervalRepair, KeepsNoMovementOfCellsThatItThenShows) {
  CellSystem system;
  std::vector<bool> hidden;
  const auto add = [&](int64_t value, int64_t floor, int64_t cap, int64_t need_high, double cost) {
    IntervalCell cell;
    cell.value = cell.need_low = value;
    cell.floor = floor;
    cell.cap = cap;
    cell.need_high = need_high;
    cell.is_protected = need_high > value;
    cell.cost = cost;
    system.cells.push_back(cell);
    hidden.push_back(cost == 1);
    return static_cast<uint32_t>(system.cells.size() - 1);
  };
  const uint32_t first = add(5, 5, 9, 6, 1);
  const uint32_t second = add(5, 5, 9, 7, 1);
  const uint32_t z = add(20, 20, 30, 20, 1);
  const uint32_t w = add(20, 20, 30, 20, 1);
  const uint32_t dear = add(20, 20, 30, 20, 10);
  const uint32_t h = add(20, 10, 30, 20, 0.1);
  const uint32_t like_h = add(20, 10, 30, 20, 0.1);
  system.equations = {{{first, 1}, {w, -1}, {dear, -1}, {h, -1}, {like_h, -1}},
                      {{h, 1}, {like_h, -1}},
                      {{second, 1}, {z, -1}, {h, -2}}};
  const std::vector<Attacker> attackers = {{{{first, 5, 6, 5, 6}, KnownCell(w, 20)}},
                                           {{KnownCell(z, 20)}}};
  MovementPool pool(system, attackers);
  const IntervalPattern pattern = RepairIntervals(system, hidden, attackers, &pool);
  EXPECT_TRUE(pattern.left.empty());
  EXPECT_TRUE(pattern.hopeless.empty());
  MovementPool fresh(system, attackers);
  EXPECT_TRUE(AuditIntervals(system, pattern.hidden, attackers, &fresh).empty());
}

TEST(IntervalRepair, LeavesNoNarrowIntervalToThePublicOrToAnAttacker) {
  size_t before = 0;
  size_t unprotectable = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const CellSystem system = RandomTable(seed);
    std::vector<bool> hidden;
    for (const IntervalCell& cell : system.cells) hidden.push_back(cell.is_protected);
    const std::vector<Attacker> attackers = RandomAttackers(system, seed);
    MovementPool pool(system);
    const IntervalPattern pattern = RepairIntervals(system, hidden, attackers, &pool);
    for (size_t c = 0; c < hidden.size(); ++c) {
      EXPECT_TRUE(pattern.hidden[c] || !hidden[c]);
      EXPECT_TRUE(system.cells[c].may_hide || !pattern.hidden[c] || hidden[c]);
    }
    const std::vector<Violation> truth = TrueViolations(system, pattern.hidden, attackers);
    for (const Violation& violation : truth) {
      ASSERT_TRUE(IsNamed(pattern.hopeless, violation)) << "seed " << seed;
    }
    before += TrueViolations(system, hidden, attackers).size();
    EXPECT_TRUE(pattern.left.empty()) << "seed " << seed;
    // What is called hopeless has no cure: everything that may be hidden, hidden, it is narrow
    // still.
    if (!pattern.hopeless.empty()) {
      std::vector<bool> all = hidden;
      for (size_t c = 0; c < all.size(); ++c) all[c] = all[c] || system.cells[c].may_hide;
      const std::vector<Violation> hopeless = TrueViolations(system, all, attackers);
      for (const Violation& violation : pattern.hopeless) {
        EXPECT_TRUE(Has(hopeless, violation)) << "seed " << seed;
      }
      ++unprotectable;
    }
  }
  EXPECT_GT(before, 800u);
  EXPECT_LT(unprotectable, 300u);
}

TEST(IntervalAudit, AsksForWhatIsLeftWhenAMemberSubtractsItsOwn) {
  // 12 = 7 + 5, all hidden: the public may believe anything, he who has the 7 must not learn the 5.
  CellSystem system = TotalAndParts({12, 7, 5});
  for (IntervalCell& cell : system.cells) cell.is_protected = true;
  const std::vector<bool> all(3, true);
  const Attacker member{{{0, 8, kNoCap, 8, 16}, KnownCell(1, 7)}};
  MovementPool pool(system);
  EXPECT_TRUE(AuditIntervals(system, all, {member}, &pool).empty());
  system.cells[2].cap = 6;  // he knows of six at most: then 7 + 9 is out of reach
  MovementPool narrow(system);
  const std::vector<Violation> violations = AuditIntervals(system, all, {member}, &narrow);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0], (Violation{{0, 4}, 0}));
}

TEST(MovementPool, TakesNothingThatAnEquationABoundOrAShownCellForbids) {
  CellSystem system;
  system.cells.resize(3);
  for (IntervalCell& cell : system.cells) {
    cell.value = 5;
    cell.floor = 1;
    cell.cap = 9;
    cell.is_protected = true;
  }
  system.equations = {{{0, 1}, {1, 1}, {2, -2}}};
  const std::vector<bool> hidden = {true, true, false};
  MovementPool pool(system);
  EXPECT_TRUE(pool.Add(hidden, {{0, 3}, {1, -3}}));
  EXPECT_FALSE(pool.Add(hidden, {{0, 3}, {1, -2}}));         // the equation
  EXPECT_FALSE(pool.Add(hidden, {{0, 5}, {1, -5}}));         // above the cap, below the floor
  EXPECT_FALSE(pool.Add(hidden, {{0, 1}, {1, 1}, {2, 1}}));  // a shown cell
  EXPECT_FALSE(pool.Add(hidden, {}));
  Limits limits(3);
  EXPECT_TRUE(pool.Meets({0, 3}, limits));
  EXPECT_TRUE(pool.Meets({1, -2}, limits));
  EXPECT_FALSE(pool.Meets({0, 4}, limits));
  EXPECT_FALSE(pool.Meets({0, -1}, limits));
  limits.Set(system, KnownCell(1, 5));
  EXPECT_FALSE(pool.Meets({0, 3}, limits));
  limits.Set(system, {1, 2, 9, 2, 9});
  EXPECT_TRUE(pool.Meets({0, 3}, limits));
  limits.Set(system, {1, 3, 9, 3, 9});
  EXPECT_FALSE(pool.Meets({0, 3}, limits));
}

TEST(MovementBounds, HoldEveryMovement) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const CellSystem system = RandomTable(seed);
    const std::vector<bool> hidden = RandomPattern(system, seed);
    std::vector<uint32_t> cells;
    std::vector<uint32_t> position(hidden.size(), 0);
    for (uint32_t c = 0; c < hidden.size(); ++c) {
      position[c] = static_cast<uint32_t>(cells.size());
      if (hidden[c]) cells.push_back(c);
    }
    std::vector<Row> rows;
    for (const Row& equation : system.equations) {
      Row row;
      for (const Term& t : equation) {
        if (hidden[t.variable]) row.push_back({position[t.variable], t.coefficient});
      }
      rows.push_back(row);
    }
    const std::vector<MovementBounds> bounds = PropagateBounds(system, cells, rows);
    const std::vector<Interval> intervals = Enumeration(system, hidden).Run();
    for (size_t i = 0; i < cells.size(); ++i) {
      const IntervalCell& cell = system.cells[cells[i]];
      EXPECT_LE(bounds[i].lower, intervals[cells[i]].low - cell.value) << "seed " << seed;
      EXPECT_GE(bounds[i].upper, intervals[cells[i]].high - cell.value) << "seed " << seed;
      EXPECT_GE(bounds[i].lower, cell.floor - cell.value);
      EXPECT_LE(bounds[i].upper, cell.cap - cell.value);
    }
  }
}

TEST(MovementParts, AreSplitAndFreedOfFractions) {
  const std::vector<Row> rows = {{{0, 1}, {1, 1}}, {{2, 1}, {3, -2}}, {{4, 1}, {5, 1}}};
  const std::vector<uint32_t> cells = {10, 11, 12, 13, 14, 15};
  const std::vector<Movement> parts = IntegralParts(rows, cells, {4, -4, 1, 0.5, 0.3137, -0.3137});
  EXPECT_EQ(parts, (std::vector<Movement>{{{10, 4}, {11, -4}}, {{12, 2}, {13, 1}}}));
}

TEST(Knowledge, EndsWhereAnUnknownPersonIsCounted) {
  std::vector<SystemCell> cells(4);
  cells[0].row = {{0, 1}};
  cells[1].row = {{0, 1}, {1, 1}};
  cells[2].row = {{0, 1}, {2, 1}};
  EXPECT_EQ(CellsWithin(cells, {true, false, true}), (std::vector<uint32_t>{0, 2}));
}

}  // namespace
}  // namespace renkei::policy::disclosure
