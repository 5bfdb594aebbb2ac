// Field, order, greedy step and linear audit against the dense reference; attacks A1 and A2 of
// privacy 9.2.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <tuple>

#include "policy/base/error.h"
#include "policy/disclosure/complementary.h"
#include "policy/disclosure/field.h"
#include "policy/disclosure/greedy.h"
#include "policy/disclosure/linear_audit.h"
#include "tests/unit/policy/disclosure/dense_reference.h"

namespace renkei::policy::disclosure {
namespace {

template <typename F>
void ExpectFieldLaws() {
  __extension__ using Wide = unsigned __int128;
  std::mt19937_64 random(7);
  const uint64_t edges[] = {0, 1, 2, F::kPrime - 1, F::kPrime - 2, F::kPrime / 2};
  for (int i = 0; i < 10000; ++i) {
    const uint64_t a = i < 6 ? edges[i] : random() % F::kPrime;
    const uint64_t b = i < 36 ? edges[i % 6] : random() % F::kPrime;
    EXPECT_EQ(F::Multiply(a, b), static_cast<uint64_t>(static_cast<Wide>(a) * b % F::kPrime));
    EXPECT_EQ(F::Add(F::Subtract(a, b), b), a);
    if (a != 0) {
      EXPECT_EQ(F::Multiply(a, F::Inverse(a)), 1u);
    }
  }
  EXPECT_EQ(F::Add(F::FromInt(-3), 3), 0u);
}

TEST(PrimeFields, MultiplyAndInvertLikeLongDivision) {
  ExpectFieldLaws<GreedyField>();
  ExpectFieldLaws<AuditField>();
}

TEST(LogClass, IsTheFloorOfEightTimesTheBinaryLogarithm) {
  __extension__ using Wide = unsigned __int128;
  EXPECT_EQ(LogClass(0), 0u);
  EXPECT_EQ(LogClass(1), 8u);
  EXPECT_EQ(LogClass((int64_t{1} << 40) - 1), 320u);
  for (int64_t count = 0; count < 32000; ++count) {
    Wide power = 1;
    for (int i = 0; i < 8; ++i) power *= static_cast<Wide>(count + 1);
    uint32_t expected = 0;
    while ((power >>= 1) != 0) ++expected;
    ASSERT_EQ(LogClass(count), expected) << count;
  }
}

// A random table of up to three axes with all margins; cells of 1 to 9 are primary, zeros are
// known.
struct Table {
  LinearSystem system;
  std::vector<int64_t> value;
};

Table RandomTable(uint64_t seed) {
  std::mt19937_64 random(seed);
  int sizes[3];
  for (int& size : sizes) size = 1 + static_cast<int>(random() % 4);
  const int inner_count = sizes[0] * sizes[1] * sizes[2];
  std::vector<int64_t> inner;
  const int64_t high = 8 + static_cast<int64_t>(random() % 40);
  for (int i = 0; i < inner_count; ++i) {
    inner.push_back(
        random() % 5 == 0 ? 0 : static_cast<int64_t>(random() % static_cast<uint64_t>(high)));
  }
  Table table;
  table.system.variables = static_cast<uint32_t>(inner_count);
  for (int a = -1; a < sizes[0]; ++a) {
    for (int b = -1; b < sizes[1]; ++b) {
      for (int c = -1; c < sizes[2]; ++c) {
        SystemCell cell;
        int64_t x = 0;
        for (int i = 0; i < inner_count; ++i) {
          const int at[3] = {i / (sizes[1] * sizes[2]), i / sizes[2] % sizes[1], i % sizes[2]};
          if ((a >= 0 && at[0] != a) || (b >= 0 && at[1] != b) || (c >= 0 && at[2] != c)) continue;
          x += inner[static_cast<size_t>(i)];
          if (inner[static_cast<size_t>(i)] != 0) cell.row.push_back({static_cast<uint32_t>(i), 1});
        }
        cell.primary = x > 0 && x < 10;
        cell.level = static_cast<uint32_t>((a >= 0) + (b >= 0) + (c >= 0));
        cell.magnitude = LogClass(x);
        cell.tie = random();
        table.system.cells.push_back(std::move(cell));
        table.value.push_back(x);
      }
    }
  }
  // Sometimes a reader knows an equation between inner cells, and some differences must not be
  // derivable.
  if (random() % 4 == 0 && inner_count >= 3) {
    Row row;
    for (uint32_t v = 0; v < 3; ++v) {
      if (inner[v] != 0) row.push_back({v, v == 0 ? 1 : -1});
    }
    if (row.size() > 1) table.system.known.push_back(row);
  }
  return table;
}

// The greedy step as its definition says: publish a cell unless a primary would then be in the
// span.
std::vector<bool> ReferenceGreedy(const LinearSystem& system) {
  std::vector<uint32_t> order(system.cells.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const SystemCell& x = system.cells[a];
    const SystemCell& y = system.cells[b];
    return std::tuple(x.level, -int64_t{x.magnitude}, x.tie, a) <
           std::tuple(y.level, -int64_t{y.magnitude}, y.tie, b);
  });
  std::vector<bool> hidden(system.cells.size(), true);
  for (const uint32_t c : order) {
    if (system.cells[c].primary) continue;
    hidden[c] = false;
    if (!ReferenceExact(system, hidden).empty()) hidden[c] = true;
  }
  return hidden;
}

std::vector<bool> PrimariesOnly(const LinearSystem& system) {
  std::vector<bool> hidden;
  for (const SystemCell& cell : system.cells) hidden.push_back(cell.primary);
  return hidden;
}

// A1: solve lines with one unknown until nothing moves. Uses what is printed alone.
size_t MarginSubtraction(const LinearSystem& system, const std::vector<bool>& hidden) {
  std::vector<bool> known(system.variables, false);
  std::vector<Row> shown;
  for (size_t c = 0; c < system.cells.size(); ++c) {
    if (IsPublished(system.cells[c], hidden[c])) shown.push_back(system.cells[c].row);
  }
  const auto unknowns = [&](const Row& row) {
    return std::count_if(row.begin(), row.end(), [&](const Term& t) { return !known[t.variable]; });
  };
  for (bool moved = true; moved;) {
    moved = false;
    for (const Row& row : shown) {
      if (unknowns(row) != 1) continue;
      for (const Term& t : row) known[t.variable] = true;
      moved = true;
    }
  }
  size_t recovered = 0;
  for (const SystemCell& cell : system.cells) {
    recovered += cell.primary && unknowns(cell.row) == 0;
  }
  return recovered;
}

TEST(SuppressGreedily, EqualsItsDefinitionOnRandomTables) {
  int compared = 0;
  for (uint64_t seed = 0; seed < 250; ++seed) {
    const Table table = RandomTable(seed);
    const GreedyResult greedy = SuppressGreedily(table.system);
    if (!greedy.unprotectable.empty()) continue;
    ASSERT_EQ(greedy.hidden, ReferenceGreedy(table.system)) << "seed " << seed;
    ++compared;
  }
  EXPECT_GT(compared, 200);
}

TEST(ExactPrimaries, EqualsTheReferenceOnRandomPatterns) {
  std::mt19937_64 random(11);
  size_t exact = 0;
  for (uint64_t seed = 0; seed < 600; ++seed) {
    const Table table = RandomTable(seed);
    std::vector<bool> hidden = PrimariesOnly(table.system);
    for (size_t c = 0; c < hidden.size(); ++c) hidden[c] = hidden[c] || random() % 3 == 0;
    const std::vector<uint32_t> found = ExactPrimaries(table.system, hidden);
    ASSERT_EQ(found, ReferenceExact(table.system, hidden)) << "seed " << seed;
    exact += found.size();
  }
  EXPECT_GT(exact, 100u);
}

TEST(SuppressComplementary, WithstandsMarginSubtractionAndRowReductionOn2500RandomTables) {
  size_t without_subtraction = 0;
  size_t without_reduction = 0;
  int protected_tables = 0;
  for (uint64_t seed = 1000; seed < 3500; ++seed) {
    const Table table = RandomTable(seed);
    const auto hidden = SuppressComplementary(table.system);
    if (!hidden.ok()) {
      // Only an equation that alone gives a primary away may hold a table.
      ASSERT_EQ(base::DetailOf(hidden.status()).reason(), v1::ERROR_REASON_HELD);
      ASSERT_FALSE(table.system.known.empty()) << "seed " << seed;
      continue;
    }
    ++protected_tables;
    for (size_t c = 0; c < hidden->size(); ++c) {
      ASSERT_TRUE(!table.system.cells[c].primary || (*hidden)[c]);
    }
    ASSERT_EQ(MarginSubtraction(table.system, *hidden), 0u) << "seed " << seed;
    ASSERT_TRUE(ReferenceExact(table.system, *hidden).empty()) << "seed " << seed;
    // Mutation: without complementary suppression the same attacks succeed.
    without_subtraction += MarginSubtraction(table.system, PrimariesOnly(table.system));
    without_reduction += ReferenceExact(table.system, PrimariesOnly(table.system)).size();
  }
  EXPECT_GT(protected_tables, 2400);
  EXPECT_GT(without_subtraction, 5000u);
  EXPECT_GT(without_reduction, without_subtraction);
}

TEST(HideUntilClean, MendsAPatternOfPrimariesAlone) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Table table = RandomTable(seed);
    const auto hidden = HideUntilClean(table.system, PrimariesOnly(table.system));
    if (!hidden.ok()) continue;
    EXPECT_TRUE(ReferenceExact(table.system, *hidden).empty()) << "seed " << seed;
  }
}

TEST(SuppressComplementary, HoldsATableThatAKnownEquationGivesAway) {
  LinearSystem system;
  system.variables = 1;
  system.known.push_back({{0, 1}});
  SystemCell cell;
  cell.row = {{0, 1}};
  cell.primary = true;
  system.cells.push_back(cell);
  const auto hidden = SuppressComplementary(system);
  EXPECT_EQ(hidden.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::DetailOf(hidden.status()).reason(), v1::ERROR_REASON_HELD);
}

TEST(SuppressGreedily, KeepsADifferenceFromBeingDerivable) {
  // Two published totals whose difference, a cell of its own, is small.
  LinearSystem system;
  system.variables = 2;
  SystemCell whole;
  whole.row = {{0, 1}, {1, 1}};
  SystemCell part;
  part.row = {{0, 1}};
  part.level = 1;
  SystemCell difference;
  difference.row = {{1, 1}};
  difference.primary = true;
  difference.publishable = false;
  system.cells = {whole, part, difference};
  const GreedyResult result = SuppressGreedily(system);
  EXPECT_EQ(result.hidden, (std::vector<bool>{false, true, true}));
}

TEST(SuppressGreedily, GivesTheSamePatternTwice) {
  const Table table = RandomTable(77);
  EXPECT_EQ(SuppressGreedily(table.system).hidden, SuppressGreedily(table.system).hidden);
}

}  // namespace
}  // namespace renkei::policy::disclosure
