// What tables that are linked by a relation of the catalogue give away together.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "policy/disclosure/implied_relations.h"
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

// 200 active and motivational targets, and guidance with an n of 197: who refused is 3, although
// the targets themselves are not asked for.
TEST(Relations, PartsOfATotalNeedItBesideAMeasureOfItsPeople) {
  Family family({"active", "use"});
  tables::Cube* cube = family.AddMember(kWorkplace);
  Family::Fill(cube, 0, 80, 800);
  Family::Fill(cube, 1, 40, 79);
  family.Relate({"active", "motiv"}, "target", false);
  v1::Relation people;
  people.set_total("target");
  people.add_same_people("use");
  family.request().relations.push_back(people);
  EXPECT_TRUE(absl::StrContains(family.Run().status().message(), "active and use"));

  // Nor beside what shares nobody with the total: n less both is a class.
  Family beside({"medicated", "use"});
  cube = beside.AddMember(kWorkplace);
  Family::Fill(cube, 0, 160, 200);
  Family::Fill(cube, 1, 20, 38);
  beside.Relate({"target", "medicated"});
  beside.request().relations.push_back(people);
  EXPECT_TRUE(absl::StrContains(beside.Run().status().message(), "medicated and use"));
}

// Classes of different people (improved of those who were ill, worsened of those who were not): no
// n holds both, nothing follows and nothing is refused.
TEST(Relations, WithoutAnNThatHoldsTheClassesThereIsNoRest) {
  Family family({"improved", "worsened"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    Family::Fill(cube, 0, 31, 60);
    Family::Fill(cube, 1, 30, 60);
  }
  family.Relate({"improved", "worsened"});
  EXPECT_TRUE(ShowsBoth(family));
}

// Of 780 measured 575 are low, and 200 of 800 in the basic range, who were all measured: five are
// neither, whatever the larger n says.
TEST(Relations, EveryNThatMayHoldTheClassesIsJudged) {
  Family family({"low", "basic"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    Family::Fill(cube, 0, 100, 195);
    Family::Fill(cube, 1, 50, 200);
  }
  family.Relate({"low", "basic"});
  EXPECT_TRUE(ShowsBoth(family));
  Family::Set(family.cubes()[0].get(), 0, 0, 0, 0, 144, 195);
  for (size_t i = 1; i < 3; ++i) Family::Set(family.cubes()[i].get(), 0, 0, 0, 0, 144, 195);
  Family::Set(family.cubes()[3].get(), 0, 0, 0, 0, 143, 195);
  EXPECT_FALSE(ShowsBoth(family));
  // One member's impossible cell elsewhere talks nothing away.
  Family::Set(family.cubes()[0].get(), 0, 1, 1, 3, 194, 195);
  Family::Set(family.cubes()[0].get(), 1, 1, 1, 3, 199, 200);
  EXPECT_FALSE(ShowsBoth(family));
}

// Each of "a", "b" and "c" shares nobody with the others, as three relations say; together they
// leave a small class.
TEST(Relations, ClassesOfSeveralRelationsAreTakenTogether) {
  Family family({"a", "b", "c"});
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    Family::Fill(cube, 0, 30, 100);
    Family::Fill(cube, 1, 30, 100);
    Family::Fill(cube, 2, 38, 100);
  }
  family.Relate({"a", "b"});
  family.Relate({"b", "c"});
  const auto shows_all = [&] {
    const auto table = family.Run();
    EXPECT_TRUE(table.ok()) << table.status();
    const auto is_shown = [&](size_t m) {
      return CellOf(*table, m, "062031", v1::MEMBER_KIND_UNSPECIFIED, v1::SEX_MALE, "40-44")
                 .state == v1::CELL_STATE_PUBLISHED;
    };
    return is_shown(0) && is_shown(1) && is_shown(2);
  };
  EXPECT_TRUE(shows_all());
  family.Relate({"a", "c"});
  EXPECT_FALSE(shows_all());  // 400 less 120, 120 and 152
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

// What a second release must not show: everything that an equation joins with what was asked, by
// way of others too, and nothing else.
TEST(Relations, LinkedAreNestedDisjointSamePeopleAndApart) {
  Family family;
  family.Relate({"inner"}, "middle");
  family.Relate({"middle"}, "outer");
  family.Relate({"middle", "other"});
  v1::Relation people;
  people.set_total("middle");
  people.add_same_people("users");
  v1::Relation apart;
  apart.add_part("outer");
  apart.add_apart("table");
  family.request().relations.push_back(people);
  family.request().relations.push_back(apart);
  const auto& relations = family.request().relations;
  using Ids = std::set<std::string>;
  EXPECT_EQ(LinkedWith({"inner"}, relations), (Ids{"middle", "outer", "other", "users"}));
  EXPECT_EQ(LinkedWith({"outer"}, relations), (Ids{"inner", "middle", "table"}));
  EXPECT_EQ(LinkedWith({"other"}, relations), (Ids{"inner", "middle"}));
  EXPECT_EQ(LinkedWith({"users"}, relations), (Ids{"inner", "middle"}));
  EXPECT_EQ(LinkedWith({"table"}, relations), (Ids{"outer"}));
  EXPECT_EQ(LinkedWith({"stranger"}, relations), Ids());
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
