// What one release shows and another takes off, by the rules of a table of its own (privacy 5.3):
// the two cells of men of 40-44 must not be shown both where their difference may not be.
#include <gtest/gtest.h>

#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {
namespace {

constexpr auto kAll = v1::MEMBER_KIND_UNSPECIFIED;

void AddInsurers(Family* family, int members, int64_t x, int64_t n, bool may_cross = true) {
  for (int i = 0; i < members; ++i) {
    tables::Cube* cube = family->AddMember(v1::MEMBER_KIND_INSURER, may_cross);
    for (size_t m = 0; m < cube->layout().measures().size(); ++m) {
      Family::Fill(cube, static_cast<int>(m), x, n);
    }
  }
}

Family Insurers(const std::string& measure, int members = 6, int64_t x = 40, int64_t n = 90) {
  Family family({measure});
  AddInsurers(&family, members, x, n);
  return family;
}

void AddPersons(Family* family, size_t member, int place, int64_t with, int64_t without) {
  tables::Cube& cube = *family->cubes()[member];
  cube.counts()[cube.layout().Index(0, place, 0, 0, 0)] += with;
  cube.counts()[cube.layout().Index(0, place, 0, 0, 1)] += without;
}

// Does a reader of both releases have what a cell of either differs by?
bool ShowsInBoth(const Family& first, Family second, const std::string& place,
                 v1::Sex sex = v1::SEX_MALE, const std::string& age = "40-44") {
  const auto before = first.Run();
  EXPECT_TRUE(before.ok()) << before.status();
  second.request().earlier = {Ledgered(first.request(), *before)};
  const auto after = second.Run();
  if (!after.ok()) {
    EXPECT_EQ(after.status().code(), absl::StatusCode::kFailedPrecondition) << after.status();
    return false;
  }
  const auto is_shown = [&](const auto& table) {
    return CellOf(table, 0, place, kAll, sex, age).state == v1::CELL_STATE_PUBLISHED;
  };
  return is_shown(*before) && is_shown(*after);
}

// (a) One person withdrew: 540, then 539 of another indicator.
TEST(Differences, OfAnotherIndicatorOfTheSamePeopleTellNobodyWhoWithdrew) {
  Family withdrawn = Insurers("b");
  AddPersons(&withdrawn, 2, 0, 0, -1);
  EXPECT_FALSE(ShowsInBoth(Insurers("a"), withdrawn, kMunicipalities[0]));
  EXPECT_FALSE(ShowsInBoth(Insurers("a"), withdrawn, "", v1::SEX_BOTH, "40-74"));
  EXPECT_TRUE(ShowsInBoth(Insurers("a"), withdrawn, kMunicipalities[1]));
  EXPECT_TRUE(ShowsInBoth(Insurers("a"), Insurers("b"), "", v1::SEX_BOTH, "40-74"));
}

// (b) Three join, each with the people of one municipality.
TEST(Differences, OfAnotherIndicatorTellNoMemberThatJoinedInAPlace) {
  Family joined = Insurers("b");
  for (int i = 0; i < 3; ++i) {
    tables::Cube* cube = joined.AddMember(v1::MEMBER_KIND_INSURER, true);
    for (int cell = 0; cell < 14; ++cell) Family::Set(cube, 0, i, cell / 7, cell % 7, 3, 7);
  }
  EXPECT_FALSE(ShowsInBoth(Insurers("a"), joined, kMunicipalities[0]));
  EXPECT_FALSE(ShowsInBoth(Insurers("a"), joined, kMunicipalities[0], v1::SEX_BOTH, "40-74"));
}

// I17: who counts nobody has not joined.
TEST(Differences, MembersThatCountNobodyDoNotHideTheOneThatJoined) {
  Family joined = Insurers("b");
  AddInsurers(&joined, 1, 40, 90);
  for (int i = 0; i < 2; ++i) joined.AddMember(v1::MEMBER_KIND_INSURER, true);
  const Family before = Insurers("a");
  joined.request().earlier = {Ledgered(before.request(), *before.Run())};
  EXPECT_FALSE(joined.Run().ok());
}

// (c) 240 with the finding, then 244 (or 236) of whom something else is asked.
TEST(Differences, OfATotalAndAnNOfTheSamePeopleAreJudged) {
  for (const int64_t more : {4, -4, 60}) {
    for (const bool total_first : {true, false}) {
      Family total = Insurers("total");
      Family of_those = Insurers("m", 6, 20, 40);
      for (size_t i = 0; i < 3; ++i)
        AddPersons(&of_those, i, 0, 0, more / 3 + (i == 0) * (more % 3));
      v1::Relation relation;
      relation.set_total("total");
      relation.add_same_people("m");
      for (Family* one : {&total, &of_those}) one->request().relations.push_back(relation);
      const Family& first = total_first ? total : of_those;
      const Family& second = total_first ? of_those : total;
      EXPECT_EQ(ShowsInBoth(first, second, kMunicipalities[0]), more == 60)
          << more << " " << total_first;
    }
  }
}

// R7: of a sensitive measure all or none of those who joined.
TEST(Differences, OfASensitiveMeasureTellNoAllAndNoNone) {
  for (const int64_t x : {90, 0, 45}) {
    Family before = Insurers("m");
    Family after = Insurers("m");
    for (Family* one : {&before, &after}) one->request().measures[0].set_sensitive(true);
    AddInsurers(&after, 3, x, 90);
    EXPECT_EQ(ShowsInBoth(before, after, kMunicipalities[0]), x == 45) << x;
  }
}

// 18 persons more in the area, all of a municipality under 2,000.
TEST(Differences, OfAMunicipalityThatShowsNothingAreNotShownByTheArea) {
  for (const int64_t population : {1500, 120000}) {
    Family before = Insurers("m");
    Family after = Insurers("m");
    for (Family* one : {&before, &after}) {
      one->request().population_persons[kMunicipalities[0]] = population;
    }
    for (size_t i = 0; i < 3; ++i) AddPersons(&after, i, 0, 6, 0);
    EXPECT_EQ(ShowsInBoth(before, after, ""), population > 2000) << population;
  }
}

// All who joined are insurers: the difference is their municipality by type.
TEST(Differences, ByTypeOfInsurerNeedTheirAgreement) {
  for (const bool may_cross : {false, true}) {
    const auto with_insurers = [&](int insurers) {
      Family family;
      for (int i = 0; i < 4; ++i) {
        Family::Fill(family.AddMember(v1::MEMBER_KIND_WORKPLACE), 0, 40, 90);
      }
      AddInsurers(&family, insurers, 41, 90, may_cross);
      return family;
    };
    EXPECT_EQ(ShowsInBoth(with_insurers(4), with_insurers(7), kMunicipalities[0]), may_cross);
  }
}

// The rest of 24 is few to whoever agreed to no less than 30, then or now.
TEST(Differences, OfLinkedMeasuresAreJudgedByTheStricterTerms) {
  for (const int strict : {0, 1, 2}) {
    Family total = Insurers("total");
    Family part = Insurers("part", 6, 36);
    for (Family* one : {&total, &part}) one->Relate({"part"}, "total");
    if (strict == 1) total.request().contributions[0].min_cell_persons = 30;
    if (strict == 2) part.request().contributions[0].min_cell_persons = 30;
    EXPECT_EQ(ShowsInBoth(total, part, kMunicipalities[0]), strict == 0) << strict;
  }
  Family total = Insurers("total");
  Family part = Insurers("part", 6, 36);
  for (Family* one : {&total, &part}) one->Relate({"part"}, "total");
  total.request().policy.set_min_cell_persons(30);
  EXPECT_FALSE(ShowsInBoth(total, part, kMunicipalities[0]));
}

// A member became stricter: what readers have stays, the cell is hidden from now on, nothing held.
TEST(Differences, AStricterAgreementHidesAndDoesNotHold) {
  for (const bool min_cell : {true, false}) {
    const Family before = Insurers("m");
    Family after = Insurers("m");
    for (const auto& cube : after.cubes()) {
      for (int cell = 0; cell < 14; ++cell)
        Family::Set(cube.get(), 0, 0, cell / 7, cell % 7, 90, 180);
    }
    PooledContribution& stricter = after.request().contributions[0];
    (min_cell ? stricter.min_cell_persons : stricter.min_contributors) = min_cell ? 300 : 7;
    after.request().earlier = {Ledgered(before.request(), *before.Run())};
    const auto table = after.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    EXPECT_EQ(CellOf(*table, 0, kMunicipalities[1], kAll, v1::SEX_MALE, "40-44").state,
              v1::CELL_STATE_SUPPRESSED);
  }
}

// Two places are of one member each and hidden with a third to protect their sum; the area of the
// second release less the third place of the first must not give it.
TEST(Differences, OfAMarginAndThePlacesOfTwoReleasesTellNoHiddenPlaces) {
  const auto fill = [](tables::Cube* cube, int place, int64_t x, int64_t n) {
    for (int cell = 0; cell < 14; ++cell) Family::Set(cube, 0, place, cell / 7, cell % 7, x, n);
  };
  const auto with_unknown = [&](bool later) {
    Family family;
    for (int i = 0; i < 6; ++i) {
      tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_INSURER, true);
      fill(cube, 2, 40 + i, 90);
      fill(cube, 3, later && i > 1 ? 85 + i % 2 : 20 + i, later && i > 1 ? 190 : 90);
      if (i < 2) fill(cube, i, 30 + i, 90);
    }
    return family;
  };
  const Family before = with_unknown(false);
  Family after = with_unknown(true);
  const auto first = before.Run();
  ASSERT_TRUE(first.ok()) << first.status();
  after.request().earlier = {Ledgered(before.request(), *first)};
  const auto second = after.Run();
  ASSERT_TRUE(second.ok()) << second.status();
  for (const char* age : {"40-44", "45-49", "40-64", "40-74"}) {
    for (const v1::Sex sex : {v1::SEX_MALE, v1::SEX_FEMALE, v1::SEX_BOTH}) {
      const auto is_shown = [&](const auto& table, const char* place) {
        return CellOf(table, 0, place, kAll, sex, age).state == v1::CELL_STATE_PUBLISHED;
      };
      const bool third =
          is_shown(*first, kMunicipalities[2]) || is_shown(*second, kMunicipalities[2]);
      for (const auto* table : {&*first, &*second}) {
        EXPECT_FALSE(third && is_shown(*table, "") && is_shown(*table, "unknown")) << age << sex;
      }
    }
  }
}

// A cap that was lifted: the bands that it alone withheld are shown.
TEST(Differences, OfTermsALiftedCapTakesEffectOnUnchangedCounts) {
  Family before = Insurers("m");
  Family after = Insurers("m");
  before.request().contributions[0].capped.Add(v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS);
  const auto first = before.Run();
  ASSERT_TRUE(first.ok()) << first.status();
  after.request().earlier = {Ledgered(before.request(), *first)};
  const auto second = after.Run();
  ASSERT_TRUE(second.ok()) << second.status();
  const auto state = [](const auto& table) {
    return CellOf(table, 0, kMunicipalities[0], kAll, v1::SEX_MALE, "40-44").state;
  };
  EXPECT_EQ(state(*first), v1::CELL_STATE_SUPPRESSED);
  EXPECT_EQ(state(*second), v1::CELL_STATE_PUBLISHED);
}

}  // namespace
}  // namespace renkei::policy::disclosure
