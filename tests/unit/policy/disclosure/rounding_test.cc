// What is shown of rounded tables: the pattern is that of exact counts, a shown cell is its
// declared rounding (I1), and nothing beside it tells the exact count.
#include "policy/disclosure/rounding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "policy/base/error.h"
#include "policy/disclosure/small_counts.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {
namespace {

constexpr v1::CellState kShown = v1::CELL_STATE_PUBLISHED;
constexpr v1::Rounding kRoundings[] = {v1::ROUNDING_UNSPECIFIED, v1::ROUNDING_UP_10,
                                       v1::ROUNDING_SMALL_COUNT};

// Workplaces in three towns, one of them small; few have the finding in one town, nobody in some
// cells, and one town has nobody at all in a band.
Family Towns(uint64_t seed, v1::Rounding rounding) {
  std::mt19937_64 random(seed);
  Family family({"m", "k"});
  family.request().policy.set_rounding(rounding);
  family.request().population_persons[kMunicipalities[1]] = 10000;
  for (int i = 0; i < 6; ++i) {
    tables::Cube* cube = family.AddMember(
        i % 2 == 0 ? v1::MEMBER_KIND_INSURER : v1::MEMBER_KIND_WORKPLACE, /*cross=*/true);
    ForEachInner([&](int place, int sex, int band) {
      if (place == 3 || (place == 1 && band == 2)) return;
      for (int measure = 0; measure < 2; ++measure) {
        const auto most = static_cast<uint64_t>(place == 2 ? 4 : 25);
        const auto x = static_cast<int64_t>(random() % most);
        Family::Set(cube, measure, place, sex, band, place == 0 && band == 0 ? 0 : x,
                    40 + static_cast<int64_t>(random() % 40));
      }
    });
  }
  return family;
}

Count Exact(const Family& family, const ProtectedCell& cell, int measure) {
  const Row row = RowOf(cell, static_cast<uint32_t>(measure));
  const auto part = [&](int which) {
    return SumOf(family, row, [&](const tables::Cube& cube, int g, int s, int b) {
      return cube.at(measure, g, s, b, which);
    });
  };
  return {part(0), part(0) + part(1)};
}

bool AreSame(const ProtectedTable<ForRelease>& a, const ProtectedTable<ForRelease>& b) {
  for (size_t m = 0; m < a.measures().size(); ++m) {
    const ProtectedMeasure& x = a.measures()[m];
    const ProtectedMeasure& y = b.measures()[m];
    if (x.loss != y.loss || x.reasons != y.reasons) return false;
    for (size_t c = 0; c < x.cells.size(); ++c) {
      if (x.cells[c].state != y.cells[c].state || x.cells[c].numerator != y.cells[c].numerator ||
          x.cells[c].denominator != y.cells[c].denominator ||
          x.cells[c].members != y.cells[c].members) {
        return false;
      }
    }
  }
  return true;
}

TEST(Rounding, UpTo10HasItsBoundaries) {
  const std::pair<int64_t, int64_t> rows[] = {{0, 0},   {1, 10},  {9, 10},  {10, 10},
                                              {11, 20}, {19, 20}, {20, 20}, {21, 30}};
  for (const auto& [count, shown] : rows) EXPECT_EQ(RoundUpTo10(count), shown) << count;
  EXPECT_EQ(RoundUpTo10((int64_t{1} << 48) + 1) % 10, 0);
}

TEST(Rounding, OfNumeratorAndDenominatorIsThatOfTheShownCell) {
  const struct {
    int64_t x, n, shown_x, shown_n;
  } rows[] = {{0, 20, 0, 20},   {10, 20, 10, 20},    {11, 30, 20, 30},
              {19, 31, 20, 40}, {20, 39, 20, 40},    {21, 40, 30, 40},
              {45, 45, 50, 50}, {99, 109, 100, 110}, {100, 200, 100, 200}};
  for (const auto& row : rows) {
    Family family({"m"}, 1);
    family.request().policy.set_rounding(v1::ROUNDING_UP_10);
    // One of several members has them all; the others are there, without the finding.
    for (int i = 0; i < 4; ++i) {
      tables::Cube* cube =
          family.AddMember(v1::MEMBER_KIND_WORKPLACE, /*cross=*/true, /*member_level=*/true);
      if (i == 0) Family::Set(cube, 0, 0, 0, 0, row.x, row.n);
    }
    const auto table = family.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    const ProtectedCell& cell =
        CellOf(*table, 0, "", v1::MEMBER_KIND_UNSPECIFIED, v1::SEX_BOTH, "40-74");
    ASSERT_EQ(cell.state, kShown) << row.x << " of " << row.n;
    EXPECT_EQ(cell.numerator, row.shown_x) << row.x << " of " << row.n;
    EXPECT_EQ(cell.denominator, row.shown_n) << row.x << " of " << row.n;
  }
}

TEST(Rounding, ChangesNoStateAndShowsNothingButTheDeclaredRounding) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    const auto exact = Towns(seed, v1::ROUNDING_UNSPECIFIED).Run();
    const Family of_small = Towns(seed, v1::ROUNDING_SMALL_COUNT);
    const auto changed = of_small.Run();
    const auto pooled = PoolFamily(of_small.request());
    ASSERT_TRUE(pooled.ok());
    const TableShape shape = ShapeOf(pooled->geographies);
    const std::vector<Block> blocks =
        ChangeSmallCounts(*pooled, shape, std::vector<uint8_t>(32, 0));
    int moved = 0;
    const Family family = Towns(seed, v1::ROUNDING_UP_10);
    const auto up = family.Run();
    ASSERT_TRUE(exact.ok() && changed.ok() && up.ok());
    EXPECT_EQ(up->rounding(), v1::ROUNDING_UP_10);
    EXPECT_EQ(exact->rounding(), v1::ROUNDING_UNSPECIFIED);
    int shown = 0;
    int hidden = 0;
    for (int m = 0; m < 2; ++m) {
      const auto measure = static_cast<size_t>(m);
      for (size_t c = 0; c < exact->measures()[measure].cells.size(); ++c) {
        const ProtectedCell& before = exact->measures()[measure].cells[c];
        const ProtectedCell& cell = up->measures()[measure].cells[c];
        const ProtectedCell& small = changed->measures()[measure].cells[c];
        ASSERT_EQ(cell.state, before.state);
        ASSERT_EQ(small.state, before.state);
        if (cell.state != kShown) {
          ++hidden;
          EXPECT_EQ(cell.numerator + cell.denominator + small.numerator + small.denominator, 0);
          EXPECT_EQ(cell.members, v1::MEMBERS_CLASS_UNSPECIFIED);
          EXPECT_EQ(small.members, v1::MEMBERS_CLASS_UNSPECIFIED);
          continue;
        }
        ++shown;
        const Count truth = Exact(family, cell, m);
        EXPECT_EQ(before.numerator, truth.x);
        EXPECT_EQ(before.denominator, truth.n);
        EXPECT_EQ(cell.numerator, RoundUpTo10(truth.x));
        EXPECT_EQ(cell.denominator, RoundUpTo10(truth.n));
        EXPECT_EQ(cell.members, before.members);
        Count declared;
        for (size_t k = 0; k < kKinds; ++k) {
          declared =
              declared + blocks[measure].Of(k, static_cast<int>(k), shape.slices[c / 30],
                                            static_cast<int>(c / 10 % 3), static_cast<int>(c % 10));
        }
        EXPECT_EQ(small.numerator, declared.x);
        EXPECT_EQ(small.denominator, declared.n);
        moved += small.numerator != truth.x;
        const int64_t t = cell.municipality == kMunicipalities[1] ? 20 : 10;
        for (const int64_t count :
             {small.numerator, small.denominator, small.denominator - small.numerator}) {
          EXPECT_TRUE(count == 0 || count >= t) << count;
        }
        // A cell that is changed to nobody looks like any other of nobody.
        if (truth.n == 0) {
          EXPECT_EQ(small.denominator, 0);
        }
        EXPECT_EQ(small.members,
                  small.denominator == 0 ? v1::MEMBERS_CLASS_UNSPECIFIED : before.members);
      }
    }
    EXPECT_GT(shown, 200);
    EXPECT_GT(hidden, 200);
    EXPECT_GT(moved, 0);
    // Sexes add up wherever all three are shown: cells go male, female, both, ten ages each.
    int sums = 0;
    const std::vector<ProtectedCell>& cells = changed->measures()[0].cells;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (c % 30 >= 10) continue;
      const ProtectedCell& both = cells[c + 20];
      if (cells[c].state != kShown || cells[c + 10].state != kShown || both.state != kShown) {
        continue;
      }
      sums += both.denominator > 0;
      EXPECT_EQ(cells[c].numerator + cells[c + 10].numerator, both.numerator);
      EXPECT_EQ(cells[c].denominator + cells[c + 10].denominator, both.denominator);
    }
    EXPECT_GT(sums, 20);
  }
}

TEST(Rounding, IsTheSameBytesInEveryRun) {
  for (const v1::Rounding rounding : kRoundings) {
    const Family family = Towns(3, rounding);
    const auto once = family.Run();
    // In whatever order the contributions came.
    Family turned = Towns(3, rounding);
    std::reverse(turned.request().contributions.begin(), turned.request().contributions.end());
    const auto again = turned.Run();
    ASSERT_TRUE(once.ok() && again.ok());
    EXPECT_TRUE(AreSame(*once, *again));
  }
}

// 1 or 8 persons of a hidden cell are rounded alike, and so are all its margins. Nothing of the
// release may differ, whatever the other counts are.
TEST(Rounding, NothingBesideTheCellsTellsTheExactCount) {
  constexpr int64_t kMany = 35;  // a little above 1 % is lost, and less with more
  const auto with = [](int64_t few, int64_t more) {
    Family family({"m"}, 2);
    family.request().policy.set_rounding(v1::ROUNDING_UP_10);
    for (int i = 0; i < 4; ++i) {
      tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
      for (int place = 0; place < 2; ++place) {
        for (int band = 0; band < 7; ++band) {
          Family::Set(cube, 0, place, 0, band, band < 2 ? 15 : kMany, 3000);
          Family::Set(cube, 0, place, 1, band, band < 2 ? 15 : kMany, 3000);
        }
      }
      Family::Set(cube, 0, 0, 0, 0, i == 0 ? few : 0, 3000);
      Family::Set(cube, 0, 1, 0, 6, kMany + more, 3000);
    }
    return family.Run();
  };
  std::set<v1::LossClass> classes;
  for (int64_t more = 0; more < 200; more += 5) {
    const auto one = with(1, more);
    const auto eight = with(8, more);
    ASSERT_TRUE(one.ok() && eight.ok());
    EXPECT_EQ(
        CellOf(*one, 0, kMunicipalities[0], v1::MEMBER_KIND_UNSPECIFIED, v1::SEX_MALE, "40-44")
            .state,
        v1::CELL_STATE_SUPPRESSED);
    EXPECT_TRUE(AreSame(*one, *eight)) << more;
    classes.insert(one->measures()[0].loss);
  }
  EXPECT_GE(classes.size(), 2u) << "the class of loss has no edge to cross";
}

TEST(Rounding, OfASeriesIsOne) {
  for (const v1::Rounding first : kRoundings) {
    for (const v1::Rounding second : kRoundings) {
      Family family = Towns(1, first);
      const auto table = family.Run();
      ASSERT_TRUE(table.ok());
      Family again = Towns(2, second);
      again.request().earlier = {Ledgered(family.request(), *table)};
      const absl::Status status = CheckRounding(again.request());
      EXPECT_EQ(status.ok(), first == second);
      if (first == second) continue;
      EXPECT_EQ(base::DetailOf(status).rule(), "release.rounding");
      EXPECT_EQ(again.Run().status(), status);
    }
  }
}

TEST(Rounding, OfAKindThatIsNotKnownIsRefused) {
  const Family family = Towns(1, static_cast<v1::Rounding>(7));
  EXPECT_TRUE(absl::IsInvalidArgument(family.Run().status()));
}

}  // namespace
}  // namespace renkei::policy::disclosure
