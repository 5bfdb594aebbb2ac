// Attacks on what relations leave: classes of persons that are no cell, from the shown cells of the
// tables that a relation links.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/policy/disclosure/attack_rows.h"
#include "tests/unit/policy/disclosure/dense_reference.h"

namespace renkei::policy::disclosure {
namespace {

DenseSpan ShownOf(const ProtectedTable<ForRelease>& table) {
  const auto measures = static_cast<uint32_t>(table.measures().size());
  DenseSpan span(measures * kPerMeasure, kReferencePrimes[0]);
  for (uint32_t m = 0; m < measures; ++m) {
    for (const ProtectedCell& cell : table.measures()[m].cells) {
      if (cell.state != v1::CELL_STATE_SUPPRESSED) span.Add(RowOf(cell, m));
    }
  }
  return span;
}

// Disjoint "a" and "b" among n: cells where n less both is a class of 1 to 9 persons that the shown
// cells of the two tables give.
size_t SmallRestsGivenAway(const Family& family) {
  const auto table = family.Run();
  EXPECT_TRUE(table.ok()) << table.status();
  if (!table.ok()) return 0;
  DenseSpan span = ShownOf(*table);
  size_t given_away = 0;
  for (const ProtectedCell& cell : table->measures()[0].cells) {
    Row both = RowOf(cell, 0);
    const int64_t rest = SumOf(family, both, [](const tables::Cube& cube, int g, int s, int b) {
      return cube.at(0, g, s, b, 1) - cube.at(1, g, s, b, 0);
    });
    const Row second = RowOf(cell, 1);
    both.insert(both.end(), second.begin(), second.end());
    if (rest > 0 && rest < 10) given_away += span.Contains(both);
  }
  return given_away;
}

TEST(AttackOnARest, WhatTwoClassesLeaveOfEverybodyIsNoSmallClass) {
  size_t given_away_unrelated = 0;
  for (uint64_t seed = 400; seed < 412; ++seed) {
    std::mt19937_64 random(seed);
    Family family({"a", "b"});
    for (int i = 0; i < 5; ++i) {
      tables::Cube* cube = family.AddMember(static_cast<v1::MemberKind>(1 + random() % 3), true);
      ForEachInner([&](int g, int s, int b) {
        const auto n = static_cast<int64_t>(40 + random() % 120);
        const auto rest = static_cast<int64_t>(random() % 6);
        Family::Set(cube, 0, g, s, b, n / 3, n);
        Family::Set(cube, 1, g, s, b, n - n / 3 - rest, n);
      });
    }
    given_away_unrelated += SmallRestsGivenAway(family);
    family.Relate({"a", "b"});
    EXPECT_EQ(SmallRestsGivenAway(family), 0u) << "seed " << seed;
  }
  EXPECT_GT(given_away_unrelated, 100u);
}

// Active, motivational and medicated are three classes; few are motivational or in none of them, so
// n less active less medicated is a small class although it is no rest of all three.
TEST(AttackOnARest, SomeOfTheClassesLeaveNoSmallClassEither) {
  size_t small = 0;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    std::mt19937_64 random(seed);
    Family family({"target", "active", "motiv", "medicated"});
    for (int i = 0; i < 5; ++i) {
      tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
      ForEachInner([&](int g, int s, int b) {
        const auto active = static_cast<int64_t>(12 + random() % 20);
        const auto motiv = static_cast<int64_t>(random() % 3);
        const auto medicated = static_cast<int64_t>(20 + random() % 40);
        const int64_t n = active + motiv + medicated + static_cast<int64_t>(random() % 2);
        const int64_t x[] = {active + motiv, active, motiv, medicated};
        for (int m = 0; m < 4; ++m) Family::Set(cube, m, g, s, b, x[m], n);
      });
    }
    family.Relate({"active", "motiv"}, "target", false);
    family.Relate({"target", "medicated"});
    family.Relate({"active", "motiv", "medicated"});
    const auto table = family.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    DenseSpan span = ShownOf(*table);
    for (uint32_t v = 0; v < kPerMeasure; ++v) {
      span.Add({{v, 1}, {kPerMeasure + v, -1}, {2 * kPerMeasure + v, -1}});
    }
    for (const ProtectedCell& cell : table->measures()[1].cells) {
      Row both = RowOf(cell, 1);
      const int64_t rest = SumOf(family, both, [](const tables::Cube& cube, int g, int s, int b) {
        return cube.at(1, g, s, b, 1) - cube.at(3, g, s, b, 0);
      });
      const Row medicated = RowOf(cell, 3);
      both.insert(both.end(), medicated.begin(), medicated.end());
      if (rest < 1 || rest > 9) continue;
      ++small;
      EXPECT_FALSE(span.Contains(both)) << "seed " << seed << ", " << rest << " persons";
    }
  }
  EXPECT_GT(small, 100u);
}

// Few are in the rest of two places; both places' cells are hidden, their sum must not be given by
// the area less the places that are shown.
TEST(AttackOnARest, TheHiddenPlacesTogetherLeaveNoSmallClass) {
  for (const bool is_nested : {false, true}) {
    for (uint64_t seed = 0; seed < 6; ++seed) {
      std::mt19937_64 random(seed);
      Family family({"a", "b"});
      for (int i = 0; i < 5; ++i) {
        tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
        ForEachInner([&](int g, int s, int b) {
          const auto n = static_cast<int64_t>(400 + random() % 100);
          auto rest = static_cast<int64_t>(40 + random() % 20);
          // Men of 40-44: three persons of member 2 in place 2, four of member 3 in place 3.
          if (g >= 2 && s == 0 && b == 0) rest = i == g ? g + 1 : 0;
          const int64_t a = is_nested ? n / 2 : n / 3;
          Family::Set(cube, 0, g, s, b, a, n);
          Family::Set(cube, 1, g, s, b, is_nested ? a - rest : n - a - rest, n);
        });
      }
      is_nested ? family.Relate({"b"}, "a") : family.Relate({"a", "b"});
      const auto table = family.Run();
      ASSERT_TRUE(table.ok()) << table.status();
      Row rests;
      for (uint32_t m = 0; m < 2; ++m) {
        for (uint32_t g = 2; g < 4; ++g) {
          for (uint32_t k = 0; k < 3; ++k) {
            rests.push_back({m * kPerMeasure + (g * 3 + k) * 14, is_nested && m == 1 ? -1 : 1});
          }
        }
      }
      EXPECT_FALSE(ShownOf(*table).Contains(rests)) << is_nested << ", seed " << seed;
    }
  }
}

// Four persons each of 40-44 and of 45-49: both are hidden, and the margin less the other bands
// must not give the eight.
TEST(AttackOnARest, TheHiddenBandsTogetherAreNoSmallClass) {
  Family family({"m"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
    ForEachInner([&](int g, int s, int b) { Family::Set(cube, 0, g, s, b, 40, 100); });
    for (const int band : {0, 1}) Family::Set(cube, 0, 0, 0, band, 1, 100);
  }
  const auto table = family.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  Row eight;
  for (uint32_t v = 0; v < kPerMeasure; ++v) {
    // Place 0, any kind, men, the first two bands.
    if (v / 42 == 0 && v / 7 % 2 == 0 && v % 7 < 2) eight.push_back({v, 1});
  }
  EXPECT_FALSE(ShownOf(*table).Contains(eight));
}

// Four persons each of 40-44 and of 45-49 refuse what guidance reads, forty of 50-54: the targets
// of the two bands together must not follow, because guidance's n would give the eight.
TEST(AttackOnARest, RefusersOfHiddenBandsTogetherAreNoSmallClass) {
  Family family({"target", "use"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
    ForEachInner([&](int g, int s, int b) {
      Family::Set(cube, 0, g, s, b, 40, 100);
      const int refusers = g != 0 || s != 0 ? 0 : b < 2 ? 1 : b == 2 ? 10 : 0;
      Family::Set(cube, 1, g, s, b, 15, 40 - refusers);
    });
  }
  v1::Relation people;
  people.set_total("target");
  people.add_same_people("use");
  family.request().relations.push_back(people);
  const auto table = family.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  Row both;
  for (uint32_t v = 0; v < kPerMeasure; ++v) {
    if (v / 42 == 0 && v / 7 % 2 == 0 && v % 7 < 2) both.push_back({v, 1});
  }
  EXPECT_FALSE(ShownOf(*table).Contains(both));
}

// Seven classes share nobody: three of 800, two of 4, two and the rest of nobody. n less the three
// is a class of eight, although each of the two is hidden.
TEST(AttackOnARest, SeveralOfSevenClassesLeaveNoSmallClass) {
  std::vector<std::string> classes;
  for (int m = 0; m < 7; ++m) classes.push_back("c" + std::to_string(m));
  Family family(classes);
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
    for (int m = 0; m < 7; ++m) {
      Family::Fill(cube, m, 30, 300);
      Family::Set(cube, m, 0, 0, 0, m < 3 ? 200 : m < 5 ? 1 : 0, 602);
    }
  }
  family.Relate(classes);
  const auto table = family.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  Row large;
  for (uint32_t m = 0; m < 3; ++m) {
    for (uint32_t k = 0; k < 3; ++k) large.push_back({m * kPerMeasure + k * 14, 1});
  }
  EXPECT_FALSE(ShownOf(*table).Contains(large));
}

// Nearly all of a place's persons came every year: no reason to hold the whole release.
TEST(AttackOnARest, AFullPartOfASmallComplementDoesNotHoldTheRelease) {
  Family family({"continued", "every_year"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
    Family::Fill(cube, 0, 60, 100);
    Family::Fill(cube, 1, 30, 60);
    Family::Set(cube, 0, 0, 0, 0, 20, i == 0 ? 22 : 20);
    Family::Set(cube, 1, 0, 0, 0, 20, 20);
  }
  family.Relate({"every_year"}, "continued");
  EXPECT_TRUE(family.Run().ok()) << family.Run().status();
}

// One place where everybody is a target of both levels: no reason to hold the whole release.
TEST(AttackOnARest, ACellWithoutRestDoesNotHoldTheRelease) {
  Family family({"target", "active", "motiv", "medicated"});
  for (int i = 0; i < 4; ++i) {
    const auto kind = i < 3 ? v1::MEMBER_KIND_WORKPLACE : v1::MEMBER_KIND_INSURER;
    tables::Cube* cube = family.AddMember(kind);
    const int64_t x[] = {60, 25, 35, 50};
    for (int m = 0; m < 4; ++m) Family::Fill(cube, m, x[m], 300);
  }
  const int64_t all[] = {60, 25, 35, 0};
  for (int m = 0; m < 4; ++m) Family::Set(family.cubes()[3].get(), m, 0, 0, 0, all[m], 60);
  family.Relate({"active", "motiv"}, "target", false);
  family.Relate({"target", "medicated"});
  family.Relate({"active", "motiv", "medicated"});
  EXPECT_TRUE(family.Run().ok()) << family.Run().status();
}

// What contains a measure that contains another contains the other.
TEST(AttackOnARest, AMeasureBetweenThatIsNotAskedChangesNothing) {
  Family family({"liver", "ast_ref"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
    Family::Fill(cube, 0, 60, 300);
    Family::Fill(cube, 1, 30, 300);
    Family::Set(cube, 1, 0, 0, 0, 58, 300);
  }
  EXPECT_TRUE(ShowsBoth(family));
  family.Relate({"ast"}, "liver");
  family.Relate({"ast_ref"}, "ast");
  EXPECT_FALSE(ShowsBoth(family));
}

}  // namespace
}  // namespace renkei::policy::disclosure
