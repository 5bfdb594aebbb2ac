// Changed inner counts: nothing small, everything that added up still does, sums stay near.
#include "policy/disclosure/small_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "policy/disclosure/inner_equations.h"
#include "tests/unit/policy/disclosure/attack_rows.h"

namespace renkei::policy::disclosure {
namespace {

const std::vector<uint8_t> kKey(32, 7);

struct Changed {
  std::shared_ptr<const ProtectRequest> request;  // `family` points into it
  TableShape shape;
  FamilyCounts family;
  std::vector<Block> blocks;
};

Changed Change(const Family& family, const std::vector<uint8_t>& key = kKey) {
  auto request = std::make_shared<const ProtectRequest>(family.request());
  auto pooled = PoolFamily(*request);
  EXPECT_TRUE(pooled.ok()) << pooled.status();
  const TableShape shape = ShapeOf(pooled->geographies);
  Changed out{std::move(request), shape, *std::move(pooled), {}};
  out.blocks = ChangeSmallCounts(out.family, out.shape, key);
  return out;
}

Count ExactOf(const Changed& changed, int measure, const Slice& slice, int s, int a) {
  Count sum;
  const Block& block = changed.family.blocks[static_cast<size_t>(measure)];
  for (size_t i = 0; i < changed.family.kind_of.size(); ++i) {
    sum = sum + block.Of(i, changed.family.kind_of[i], slice, s, a);
  }
  return sum;
}

Count ChangedOf(const Changed& changed, int measure, const Slice& slice, int s, int a) {
  Count sum;
  for (int k = 0; k < kKinds; ++k) {
    sum = sum +
          changed.blocks[static_cast<size_t>(measure)].Of(static_cast<size_t>(k), k, slice, s, a);
  }
  return sum;
}

// Every cell of the table: the area and each place, by all kinds and each, sex and age.
void ForEachCell(const Changed& changed,
                 absl::FunctionRef<void(const Slice&, int sex, int age)> visit) {
  for (size_t slice = 0; slice < changed.shape.publishable; ++slice) {
    for (int s = 0; s < 3; ++s) {
      for (int a = 0; a < 10; ++a) visit(changed.shape.slices[slice], s, a);
    }
  }
}

bool IsSmall(int64_t count, int64_t t) { return count > 0 && count < t; }

// Six people in ten have all a measure asks for; classes 1 to 3 divide the people of n, `b` lies
// within `a`, `c` and `d` share nobody within `a`, `e` lies within `a` too, and f's n is a's x.
// Each person is drawn, so that counts are those of people.
Family People(uint64_t seed, int most_per_cell, int municipalities = 3) {
  std::mt19937_64 random(seed);
  Family family({"a", "b", "c", "d", "e", "f", "class_1", "class_2", "class_3"},
                static_cast<size_t>(municipalities));
  family.Relate({"b"}, "a");
  family.Relate({"c", "d"}, "a");
  family.Relate({"e"}, "a");
  v1::Relation classes;
  for (const char* id : {"class_1", "class_2", "class_3"}) classes.add_part(id);
  classes.set_whole_population(true);
  family.request().relations.push_back(classes);
  v1::Relation people;
  people.set_total("a");
  people.add_same_people("f");
  family.request().relations.push_back(people);
  family.request().population_persons[kMunicipalities[1]] = 9000;
  for (int i = 0; i < 5; ++i) {
    tables::Cube* cube = family.AddMember(static_cast<v1::MemberKind>(1 + i % 3));
    for (int g = 0; g < municipalities; ++g) {
      for (int s = 0; s < 2; ++s) {
        for (int b = 0; b < 7; ++b) {
          std::vector<std::pair<int64_t, int64_t>> counts(9);
          const auto persons = static_cast<int>(random() % static_cast<uint64_t>(most_per_cell));
          for (int person = 0; person < persons; ++person) {
            const bool in_a = random() % 3 == 0;
            const uint64_t among = random() % 4;
            const uint64_t of_class = random() % 3;
            const bool has[] = {in_a,
                                in_a && random() % 2 == 0,
                                in_a && among == 0,
                                in_a && among == 1,
                                in_a && random() % 3 == 0,
                                random() % 2 == 0,
                                of_class == 0,
                                of_class == 1,
                                of_class == 2};
            for (size_t m = 0; m < counts.size(); ++m) {
              if (m == 5 && !in_a) continue;
              ++counts[m].second;
              counts[m].first += has[m];
            }
          }
          for (size_t m = 0; m < counts.size(); ++m) {
            Family::Set(cube, static_cast<int>(m), g, s, b, counts[m].first, counts[m].second);
          }
        }
      }
    }
  }
  return family;
}

TEST(SmallCounts, OfRandomLayoutsAddUpAndNothingSmallAppears) {
  int64_t changed_cells = 0;
  int64_t given_up = 0;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const int most = seed % 3 == 0 ? 8 : seed % 3 == 1 ? 30 : 200;
    const Changed changed = Change(People(seed, most, 1 + static_cast<int>(seed % 3)));
    ForEachCell(changed, [&](const Slice& slice, int s, int a) {
      std::vector<Count> now;
      for (int m = 0; m < 9; ++m) {
        const Count exact = ExactOf(changed, m, slice, s, a);
        const Count count = ChangedOf(changed, m, slice, s, a);
        const int64_t t = ThresholdOfCells(changed.family, m, slice, s, std::span(&a, 1)).min_cell;
        EXPECT_FALSE(IsSmall(count.x, t) || IsSmall(count.n, t) || IsSmall(count.n - count.x, t))
            << count.x << " of " << count.n << ", t " << t;
        EXPECT_LE(count.x, count.n);
        EXPECT_GE(count.x, 0);
        if (exact.x == 0) {
          EXPECT_EQ(count.x, 0);
        }
        if (exact.x == exact.n) {
          EXPECT_EQ(count.x, count.n);
        }
        changed_cells += count.x != exact.x || count.n != exact.n;
        given_up += exact.n >= t && count.n == 0;
        now.push_back(count);
      }
      const int64_t t = ThresholdOfCells(changed.family, 0, slice, s, std::span(&a, 1)).min_cell;
      // What the parts leave of a total is a count of persons too.
      for (const int64_t rest : {now[0].x - now[1].x, now[0].x - now[2].x - now[3].x,
                                 now[0].x - now[2].x, now[0].x - now[4].x}) {
        EXPECT_GE(rest, 0);
        EXPECT_FALSE(IsSmall(rest, t)) << rest;
      }
      EXPECT_EQ(now[5].n, now[0].x);
      EXPECT_EQ(now[6].x + now[7].x + now[8].x, now[6].n);
      for (const int m : {1, 2, 3, 4, 6, 7, 8}) EXPECT_EQ(now[static_cast<size_t>(m)].n, now[0].n);
    });
  }
  std::cout << changed_cells << " cells changed, " << given_up
            << " of t persons and more to none\n";
  EXPECT_GT(changed_cells, 0);
}

// Sums of sums: a margin is what its parts are, cell by cell.
TEST(SmallCounts, MarginsAreTheSumsOfTheirParts) {
  const Changed changed = Change(People(5, 25));
  for (int m = 0; m < 9; ++m) {
    ForEachCell(changed, [&](const Slice& slice, int s, int a) {
      if (s == 2) {
        const Count both = ChangedOf(changed, m, slice, 0, a) + ChangedOf(changed, m, slice, 1, a);
        EXPECT_EQ(ChangedOf(changed, m, slice, 2, a).x, both.x);
      }
      if (slice.scope == Slice::Scope::kWhole) {
        Count places;
        for (int g = 0; g < changed.family.geographies; ++g) {
          places =
              places + ChangedOf(changed, m, {Slice::Scope::kOne, g, slice.kinds, true, {}}, s, a);
        }
        EXPECT_EQ(ChangedOf(changed, m, slice, s, a).n, places.n);
      }
    });
  }
}

TEST(SmallCounts, WhatIsNotSmallStays) {
  Family family({"m"});
  tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
  Family::Fill(cube, 0, 12, 40);
  Family::Set(cube, 0, 0, 0, 0, 9, 40);
  Family::Set(cube, 0, 1, 0, 0, 40 - 1, 40);
  const Changed changed = Change(family);
  ForEachCell(changed, [&](const Slice& slice, int s, int a) {
    const Count now = ChangedOf(changed, 0, slice, s, a);
    const Count exact = ExactOf(changed, 0, slice, s, a);
    EXPECT_EQ(now.n, exact.n);
    EXPECT_LE(std::abs(now.x - exact.x), 18);
  });
  const Slice first{Slice::Scope::kOne, 0, kAllKinds, true, {}};
  const int64_t nine = ChangedOf(changed, 0, first, 0, 0).x;
  EXPECT_TRUE(nine == 0 || nine == 10) << nine;
  EXPECT_EQ(ChangedOf(changed, 0, first, 0, 1).x, 12);
  const Slice second{Slice::Scope::kOne, 1, kAllKinds, true, {}};
  const int64_t all_but_one = ChangedOf(changed, 0, second, 0, 0).x;
  EXPECT_TRUE(all_but_one == 30 || all_but_one == 40) << all_but_one;
}

TEST(SmallCounts, LargeSumsStayNearTheirTrueValues) {
  // Of at most 12 persons to a cell and member nearly every count changes; of 200 few do.
  const struct {
    int most_per_cell;
    int64_t moves_at_most;
  } rows[] = {{12, 40}, {200, 20}};
  for (const auto& row : rows) {
    int64_t worst = 0;
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      const Changed changed = Change(People(seed, row.most_per_cell));
      for (int m = 0; m < 9; ++m) {
        const Slice area{};
        const Count now = ChangedOf(changed, m, area, 2, 9);
        const Count exact = ExactOf(changed, m, area, 2, 9);
        worst = std::max({worst, std::abs(now.x - exact.x), std::abs(now.n - exact.n)});
      }
    }
    std::cout << "an area's total moves by at most " << worst << " persons\n";
    EXPECT_LE(worst, row.moves_at_most);
  }
}

TEST(SmallCounts, DependOnCountsAndKeyAlone) {
  const Family family = People(2, 20);
  const Changed once = Change(family);
  const Changed again = Change(family);
  const Changed other = Change(family, std::vector<uint8_t>(32, 8));
  bool differs = false;
  for (int m = 0; m < 9; ++m) {
    ForEachCell(once, [&](const Slice& slice, int s, int a) {
      const Count count = ChangedOf(once, m, slice, s, a);
      EXPECT_EQ(count.x, ChangedOf(again, m, slice, s, a).x);
      EXPECT_EQ(count.n, ChangedOf(again, m, slice, s, a).n);
      differs = differs || count.x != ChangedOf(other, m, slice, s, a).x;
    });
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace renkei::policy::disclosure
