// The interval audit and its repair against an enumeration of every table that a reader could
// believe in. Small random tables: rows x columns with margins, a line of classes, random shown
// cells, random attackers.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <random>

#include "policy/disclosure/interval_repair.h"
#include "policy/disclosure/knowledge.h"
#include "policy/disclosure/movement_bounds.h"
#include "policy/disclosure/movement_parts.h"

namespace renkei::policy::disclosure {
namespace {

struct Interval {
  int64_t low = std::numeric_limits<int64_t>::max();
  int64_t high = std::numeric_limits<int64_t>::min();
};

// Of each cell, over all tables with the same shown and known cells; by trying every value.
class Enumeration {
 public:
  Enumeration(const CellSystem& system, std::vector<bool> open)
      : system_(system),
        open_(std::move(open)),
        value_(system.cells.size()),
        intervals_(system.cells.size()) {
    for (size_t c = 0; c < value_.size(); ++c) value_[c] = system.cells[c].value;
    for (uint32_t c = 0; c < open_.size(); ++c) {
      if (open_[c]) order_.push_back(c);
    }
    last_of_.resize(system.cells.size());
    for (uint32_t e = 0; e < system.equations.size(); ++e) {
      int64_t last = -1;
      for (const Term& t : system.equations[e]) {
        if (open_[t.variable]) last = std::max<int64_t>(last, t.variable);
      }
      if (last >= 0) last_of_[static_cast<size_t>(last)].push_back(e);
    }
  }

  const std::vector<Interval>& Run() {
    Try(0);
    return intervals_;
  }

 private:
  void Try(size_t position) {
    if (position == order_.size()) {
      for (const uint32_t c : order_) {
        intervals_[c].low = std::min(intervals_[c].low, value_[c]);
        intervals_[c].high = std::max(intervals_[c].high, value_[c]);
      }
      return;
    }
    const uint32_t c = order_[position];
    if (!last_of_[c].empty()) {
      // The equation that ends here leaves one value.
      const Row& row = system_.equations[last_of_[c].front()];
      int64_t sum = 0;
      int64_t coefficient = 0;
      for (const Term& t : row) {
        if (t.variable == c) {
          coefficient = t.coefficient;
        } else {
          sum += t.coefficient * value_[t.variable];
        }
      }
      if (sum % coefficient == 0) Assign(position, -sum / coefficient);
      return;
    }
    for (int64_t v = system_.cells[c].floor; v <= system_.cells[c].cap; ++v) Assign(position, v);
  }
  void Assign(size_t position, int64_t v) {
    const uint32_t c = order_[position];
    if (v < system_.cells[c].floor || v > system_.cells[c].cap) return;
    value_[c] = v;
    const bool holds = std::all_of(last_of_[c].begin(), last_of_[c].end(), [this](uint32_t e) {
      int64_t sum = 0;
      for (const Term& t : system_.equations[e]) sum += t.coefficient * value_[t.variable];
      return sum == 0;
    });
    if (holds) Try(position + 1);
  }

  const CellSystem& system_;
  std::vector<bool> open_;
  std::vector<int64_t> value_;
  std::vector<Interval> intervals_;
  std::vector<uint32_t> order_;
  std::vector<std::vector<uint32_t>> last_of_;
};

constexpr int64_t kSmall = 4;  // counts of 1..3 are protected

// rows x columns with margins; floor 1 where zeros are shown.
CellSystem RandomTable(uint64_t seed) {
  std::mt19937_64 random(seed);
  const uint32_t rows = 2 + static_cast<uint32_t>(random() % 2);
  const uint32_t columns = 2 + static_cast<uint32_t>(random() % 2);
  const int64_t floor = static_cast<int64_t>(random() % 2);
  const auto index = [&](uint32_t r, uint32_t c) { return r * (columns + 1) + c; };
  CellSystem system;
  system.cells.resize((rows + 1) * (columns + 1));
  for (uint32_t r = 0; r < rows; ++r) {
    for (uint32_t c = 0; c < columns; ++c) {
      const int64_t x = random() % 5 == 0 ? 0 : static_cast<int64_t>(random() % 7);
      system.cells[index(r, c)].value = x;
      system.cells[index(r, columns)].value += x;
      system.cells[index(rows, c)].value += x;
      system.cells[index(rows, columns)].value += x;
    }
  }
  for (IntervalCell& cell : system.cells) {
    cell.floor = std::min(floor, cell.value);
    cell.cap = cell.value + 1 + static_cast<int64_t>(random() % 8);
    cell.is_protected = cell.value > 0 && cell.value < kSmall;
    cell.need_low = cell.is_protected ? std::max<int64_t>(cell.floor, 1) : cell.value;
    cell.need_high = cell.is_protected ? std::min(cell.cap, kSmall - 1) : cell.value;
    cell.may_hide = cell.value > 0;
    cell.cost = 1 + static_cast<double>(cell.value);
  }
  for (uint32_t r = 0; r <= rows; ++r) {
    Row row = {{index(r, columns), -1}};
    for (uint32_t c = 0; c < columns; ++c) row.push_back({index(r, c), 1});
    system.equations.push_back(row);
  }
  for (uint32_t c = 0; c <= columns; ++c) {
    Row row = {{index(rows, c), -1}};
    for (uint32_t r = 0; r < rows; ++r) row.push_back({index(r, c), 1});
    system.equations.push_back(row);
  }
  return system;
}

std::vector<bool> RandomPattern(const CellSystem& system, uint64_t seed) {
  std::mt19937_64 random(seed * 31 + 7);
  std::vector<bool> hidden;
  for (const IntervalCell& cell : system.cells) {
    hidden.push_back(cell.is_protected || (cell.may_hide && random() % 3 == 0));
  }
  return hidden;
}

std::vector<Attacker> RandomAttackers(const CellSystem& system, uint64_t seed) {
  std::mt19937_64 random(seed * 17 + 3);
  std::vector<Attacker> attackers(2);
  for (Attacker& attacker : attackers) {
    for (uint32_t c = 0; c < system.cells.size(); ++c) {
      const IntervalCell& cell = system.cells[c];
      if (random() % 6 == 0) {
        attacker.views.push_back(KnownCell(c, cell.value));
      } else if (random() % 4 == 0 && cell.value > cell.floor) {
        // A part of it is his.
        const int64_t own = cell.floor + 1;
        attacker.views.push_back({c, own, cell.cap, std::max(own, cell.need_low), cell.need_high});
      }
    }
  }
  return attackers;
}

std::vector<Violation> TrueViolations(const CellSystem& system, const std::vector<bool>& hidden,
                                      const std::vector<Attacker>& attackers) {
  std::vector<Violation> violations;
  for (int32_t a = kPublic; a < static_cast<int32_t>(attackers.size()); ++a) {
    std::vector<bool> open = hidden;
    CellSystem seen = system;
    if (a >= 0) {
      for (const View& view : attackers[static_cast<size_t>(a)].views) {
        IntervalCell& cell = seen.cells[view.cell];
        if (view.floor == view.cap) open[view.cell] = false;
        cell.floor = view.floor;
        cell.cap = view.cap;
        cell.need_low = view.need_low;
        cell.need_high = view.need_high;
      }
    }
    const std::vector<Interval> intervals = Enumeration(seen, open).Run();
    for (uint32_t c = 0; c < system.cells.size(); ++c) {
      const IntervalCell& cell = seen.cells[c];
      if (!open[c] || !cell.is_protected) continue;
      if (intervals[c].low > cell.need_low) {
        violations.push_back({{c, cell.need_low - cell.value}, a});
      }
      if (intervals[c].high < cell.need_high) {
        violations.push_back({{c, cell.need_high - cell.value}, a});
      }
    }
  }
  return violations;
}

bool Has(const std::vector<Violation>& list, const Violation& violation) {
  return std::find(list.begin(), list.end(), violation) != list.end();
}

// Against an attacker who knows nothing where the need is, the public's violation stands for his.
bool IsNamed(const std::vector<Violation>& list, const Violation& violation) {
  return Has(list, violation) || Has(list, {violation.need, kPublic});
}

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
  CellSystem system;
  for (const int64_t value : {12, 7, 5}) {
    IntervalCell cell;
    cell.value = cell.need_low = cell.need_high = value;
    cell.floor = 1;
    cell.is_protected = true;
    system.cells.push_back(cell);
  }
  system.equations = {{{0, -1}, {1, 1}, {2, 1}}};
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
