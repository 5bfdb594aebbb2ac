// What tables that are linked by a relation of the catalogue give away together.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "policy/disclosure/protect.h"
#include "tests/unit/policy/disclosure/family_fixture.h"

namespace renkei::policy::disclosure {
namespace {

constexpr v1::MemberKind kWorkplace = v1::MEMBER_KIND_WORKPLACE;

TEST(Relations, TheRestOfNestedThresholdsMustNotBeSmall) {
  Family family({"guidance", "referral"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    Family::Fill(cube, 0, 60, 100);
    Family::Fill(cube, 1, 30, 100);
  }
  family.Relate({"referral"}, "guidance");
  EXPECT_TRUE(ShowsBoth(family));
  // 240 against 232: eight persons between the two thresholds.
  for (const auto& cube : family.cubes()) Family::Set(cube.get(), 1, 0, 0, 0, 58, 100);
  EXPECT_FALSE(ShowsBoth(family));
  family.request().relations.clear();
  EXPECT_TRUE(ShowsBoth(family));
}

TEST(Relations, WhatTwoClassesLeaveOfEverybodyMustNotBeSmall) {
  Family family({"target", "medicated"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    Family::Fill(cube, 0, 60, 100);
    Family::Fill(cube, 1, 30, 100);
  }
  family.Relate({"target", "medicated"});
  EXPECT_TRUE(ShowsBoth(family));
  // 400 less 240 less 152: eight persons are in neither class.
  for (const auto& cube : family.cubes()) Family::Set(cube.get(), 1, 0, 0, 0, 38, 100);
  EXPECT_FALSE(ShowsBoth(family));
  // One person more in one member's other class: the same rest, from the larger n.
  Family::Set(family.cubes()[0].get(), 0, 0, 0, 0, 60, 101);
  EXPECT_FALSE(ShowsBoth(family));
  family.request().relations.clear();
  EXPECT_TRUE(ShowsBoth(family));
}

// 400 targets; guidance, which reads one category more, knows 392 of them: eight refused that.
TEST(Relations, WhoRefusesACategoryMustNotBeFew) {
  Family family({"target", "use"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    Family::Fill(cube, 0, 100, 300);
    Family::Fill(cube, 1, 40, 100);
  }
  v1::Relation people;
  people.set_total("target");
  people.add_same_people("use");
  family.request().relations.push_back(people);
  EXPECT_TRUE(ShowsBoth(family));
  const auto refuse = [&family](int64_t each) {
    for (const auto& cube : family.cubes()) Family::Set(cube.get(), 1, 0, 0, 0, 40, 100 - each);
  };
  refuse(2);
  EXPECT_FALSE(ShowsBoth(family));
  refuse(5);
  EXPECT_TRUE(ShowsBoth(family));
  refuse(0);
  EXPECT_TRUE(ShowsBoth(family));
}

TEST(Relations, RefusesClassesThatOverlap) {
  Family family({"target", "medicated"});
  tables::Cube* cube = family.AddMember(kWorkplace);
  Family::Fill(cube, 0, 60, 100);
  Family::Fill(cube, 1, 41, 100);
  family.Relate({"target", "medicated"});
  const auto table = family.Run();
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(table.status().message(), "not disjoint"));
}

// "use" lies within "target", which is not asked for and has nobody of "medicated".
TEST(Relations, WhatLiesWithinAClassHasNobodyOfTheOthers) {
  Family family({"use", "medicated"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    Family::Fill(cube, 0, 60, 100);
    Family::Fill(cube, 1, 38, 100);
  }
  family.Relate({"target", "medicated"});
  EXPECT_TRUE(ShowsBoth(family));
  family.Relate({"use"}, "target");
  EXPECT_FALSE(ShowsBoth(family));  // 400 less 240 less 152
}

TEST(Relations, RefusesMeasuresThatAreKeptApart) {
  Family family({"map", "moves"});
  tables::Cube* cube = family.AddMember(kWorkplace);
  for (int m = 0; m < 2; ++m) Family::Fill(cube, m, 30, 100);
  v1::Relation relation;
  relation.add_part("map");
  relation.add_apart("other");
  family.request().relations = {relation};
  EXPECT_TRUE(family.Run().ok()) << family.Run().status();
  relation.add_apart("moves");
  family.request().relations = {relation};
  EXPECT_TRUE(absl::StrContains(family.Run().status().message(),
                                "map and moves are not released of the same area and year"));
}

TEST(Relations, RefusesPartsThatDoNotAddUp) {
  Family family({"total", "a", "b"});
  tables::Cube* cube = family.AddMember(kWorkplace);
  Family::Fill(cube, 0, 30, 100);
  Family::Fill(cube, 1, 20, 100);
  Family::Fill(cube, 2, 11, 100);
  family.Relate({"a", "b"}, "total", false);
  const auto table = family.Run();
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(table.status().message(), "total"));
}

}  // namespace
}  // namespace renkei::policy::disclosure
