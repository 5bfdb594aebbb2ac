// The primary rules of R3 to R8, one by one, on small families; what a reader gets of a hidden
// cell.
#include "policy/disclosure/protect.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "policy/base/error.h"
#include "tests/unit/policy/disclosure/family_fixture.h"

namespace renkei::policy::disclosure {
namespace {

constexpr v1::MemberKind kAll = v1::MEMBER_KIND_UNSPECIFIED;
constexpr v1::MemberKind kTown = v1::MEMBER_KIND_MUNICIPALITY;
constexpr v1::MemberKind kInsurer = v1::MEMBER_KIND_INSURER;
constexpr v1::MemberKind kWorkplace = v1::MEMBER_KIND_WORKPLACE;
constexpr v1::CellState kShown = v1::CELL_STATE_PUBLISHED;
constexpr v1::CellState kHidden = v1::CELL_STATE_SUPPRESSED;

// Four insurers and four workplaces with plenty of people everywhere: every margin over all kinds
// is open.
Family Plenty() {
  Family family;
  for (int i = 0; i < 4; ++i) {
    Family::Fill(family.AddMember(kInsurer), 0, 40, 100);
    Family::Fill(family.AddMember(kWorkplace), 0, 40, 100);
  }
  return family;
}

v1::CellState StateOf(const Family& family, const std::string& town, v1::MemberKind kind,
                      v1::Sex sex, const std::string& age) {
  const auto table = family.Run();
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? CellOf(*table, 0, town, kind, sex, age).state : v1::CELL_STATE_UNSPECIFIED;
}

TEST(Protect, ShowsPlentyOfPeopleWithNumbersAndTheMembersClass) {
  const auto table = Plenty().Run();
  ASSERT_TRUE(table.ok()) << table.status();
  const ProtectedCell& cell = CellOf(*table, 0, "062031", kAll, v1::SEX_MALE, "40-44");
  EXPECT_EQ(cell.state, kShown);
  EXPECT_EQ(cell.numerator, 320);
  EXPECT_EQ(cell.denominator, 800);
  EXPECT_EQ(cell.members, v1::MEMBERS_CLASS_5_9);
  EXPECT_EQ(CellOf(*table, 0, "", kAll, v1::SEX_BOTH, "40-74").numerator, 320 * 3 * 14);
  EXPECT_EQ(CellOf(*table, 0, "", kInsurer, v1::SEX_BOTH, "65-74").members, v1::MEMBERS_CLASS_3_4);
  EXPECT_EQ(table->measures()[0].cells.size(), 5u * 4 * 30);
}

TEST(Protect, HidesOneToNinePersonsAndTheirComplementAtTheLimit) {
  // One member that agreed to be shown: only the cell's own count decides.
  for (const auto& [x, hidden] : std::vector<std::pair<int64_t, bool>>{{0, false},
                                                                       {1, true},
                                                                       {9, true},
                                                                       {10, false},
                                                                       {90, false},
                                                                       {91, true},
                                                                       {99, true},
                                                                       {100, false}}) {
    Family family;
    Family::Set(family.AddMember(kWorkplace, false, true), 0, 0, 0, 0, x, 100);
    SealedAudit audit;
    const auto table = family.Run(&audit);
    ASSERT_TRUE(table.ok()) << table.status();
    EXPECT_EQ(CellOf(*table, 0, "062031", kWorkplace, v1::SEX_MALE, "40-44").state,
              hidden ? kHidden : kShown)
        << x;
  }
}

TEST(Protect, TakesTheStrictestMinimumOfPolicyAndAgreements) {
  Family family = Plenty();
  family.request().contributions[0].min_cell_persons = 500;
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kHidden);
  family.request().contributions[0].min_cell_persons = 10;
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kShown);
  family.request().contributions[3].min_contributors = 9;
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kHidden);
}

TEST(Protect, UsesTheThresholdOfTheMunicipalitysPopulation) {
  for (const auto& [persons, state] : std::vector<std::pair<int64_t, v1::CellState>>{
           {1999, kHidden}, {2000, kHidden}, {24999, kHidden}, {25000, kShown}}) {
    Family family = Plenty();
    family.request().population_persons["064262"] = persons;
    // 8 members with 2 each: 16 persons, 14 after subtracting one's own.
    for (const auto& cube : family.cubes()) Family::Set(cube.get(), 0, 2, 0, 0, 2, 100);
    EXPECT_EQ(StateOf(family, "064262", kAll, v1::SEX_MALE, "40-44"), state) << persons;
    // A large count is hidden below 2,000 only.
    EXPECT_EQ(StateOf(family, "064262", kAll, v1::SEX_BOTH, "40-74"),
              persons < 2000 ? kHidden : kShown)
        << persons;
  }
}

TEST(Protect, AMarginThatDiffersFromAStricterCellByNothingTakesItsThreshold) {
  Family family;
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    // All people of the area live in one municipality below 2,000.
    Family::Set(cube, 0, 2, 0, 0, 40, 100);
  }
  family.request().population_persons["064262"] = 1500;
  EXPECT_EQ(StateOf(family, "", kAll, v1::SEX_MALE, "40-44"), kHidden);
  family.request().population_persons["064262"] = 30000;
  EXPECT_EQ(StateOf(family, "", kAll, v1::SEX_MALE, "40-44"), kShown);
}

TEST(Protect, AHiddenMunicipalityIsHiddenInEveryCellAndNotDerivable) {
  Family family = Plenty();
  family.request().population_persons["064262"] = 1999;
  const auto table = family.Run();
  ASSERT_TRUE(table.ok());
  int shown_elsewhere = 0;
  for (const ProtectedCell& cell : table->measures()[0].cells) {
    if (cell.municipality == "064262") {
      EXPECT_EQ(cell.state, kHidden);
    }
    shown_elsewhere += cell.municipality == "062031" && cell.state == kShown;
  }
  // The area's total and two of three municipalities would give the third away.
  EXPECT_TRUE(CellOf(*table, 0, "", kAll, v1::SEX_BOTH, "40-74").state == kHidden ||
              CellOf(*table, 0, "062031", kAll, v1::SEX_BOTH, "40-74").state == kHidden ||
              CellOf(*table, 0, "062049", kAll, v1::SEX_BOTH, "40-74").state == kHidden);
  EXPECT_GT(shown_elsewhere, 0);
  EXPECT_EQ(table->measures()[0].reasons.back(), v1::TABLE_REASON_POPULATION);
}

TEST(Protect, NeedsThreeContributorsCountedByDenominator) {
  Family family;
  std::vector<tables::Cube*> cubes;
  for (int i = 0; i < 3; ++i) cubes.push_back(family.AddMember(kWorkplace));
  Family::Fill(cubes[0], 0, 40, 100);
  Family::Fill(cubes[1], 0, 40, 100);
  EXPECT_EQ(StateOf(family, "", kAll, v1::SEX_BOTH, "40-74"), kHidden);
  // A third with people but no finding is a contributor.
  Family::Fill(cubes[2], 0, 0, 100);
  EXPECT_EQ(StateOf(family, "", kAll, v1::SEX_BOTH, "40-74"), kShown);
}

TEST(Protect, ShowsFewMembersOnlyWhenEachAgreed) {
  Family family;
  Family::Fill(family.AddMember(kWorkplace, false, true), 0, 40, 100);
  Family::Fill(family.AddMember(kWorkplace, false, true), 0, 40, 100);
  const auto agreed = family.Run();
  ASSERT_TRUE(agreed.ok());
  const ProtectedCell& cell = CellOf(*agreed, 0, "062031", kAll, v1::SEX_MALE, "40-44");
  EXPECT_EQ(cell.state, kShown);
  EXPECT_EQ(cell.members, v1::MEMBERS_CLASS_1_2);
  family.request().contributions[1].allow_member_level_display = false;
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kHidden);
}

TEST(Protect, RefusesInsurerTypeByMunicipalityUnlessEveryInsurerAgreed) {
  Family family = Plenty();
  SealedAudit audit;
  const auto refused = family.Run(&audit);
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(FateOf(audit, *refused, 0, "062031", kInsurer, v1::SEX_BOTH, "40-74"),
            CellFate::kPrimary);
  // Not refused, but it must not give the insurers away as the rest of all kinds.
  EXPECT_EQ(FateOf(audit, *refused, 0, "062031", kWorkplace, v1::SEX_BOTH, "40-74"),
            CellFate::kComplementary);
  EXPECT_EQ(refused->measures()[0].reasons,
            std::vector<v1::TableReason>{v1::TABLE_REASON_AGREEMENT});
  EXPECT_EQ(StateOf(family, "", kInsurer, v1::SEX_BOTH, "40-74"), kShown);
  for (PooledContribution& c : family.request().contributions) {
    c.allow_insurer_type_by_municipality = true;
  }
  EXPECT_EQ(StateOf(family, "062031", kInsurer, v1::SEX_BOTH, "40-74"), kShown);
  // The bit of every contributing insurer; a workplace's bit does not matter.
  family.request().contributions[1].allow_insurer_type_by_municipality = false;
  EXPECT_EQ(StateOf(family, "062031", kInsurer, v1::SEX_BOTH, "40-74"), kShown);
  family.request().contributions[2].allow_insurer_type_by_municipality = false;
  EXPECT_EQ(StateOf(family, "062031", kInsurer, v1::SEX_BOTH, "40-74"), kHidden);
}

TEST(Protect, AMunicipalitysOwnInsuredAreAnInsurerTypeToo) {
  Family family = Plenty();
  tables::Cube* town = family.AddMember(kTown, /*cross=*/true, /*member_level=*/true);
  for (int s = 0; s < 2; ++s) {
    for (int b = 0; b < 7; ++b) Family::Set(town, 0, 0, s, b, 50, 120);
  }
  EXPECT_EQ(StateOf(family, "062031", kTown, v1::SEX_MALE, "40-44"), kShown);
  family.request().contributions.back().allow_insurer_type_by_municipality = false;
  EXPECT_EQ(StateOf(family, "062031", kTown, v1::SEX_MALE, "40-44"), kHidden);
  family.request().contributions.back().allow_insurer_type_by_municipality = true;
  family.request().contributions.back().allow_member_level_display = false;
  EXPECT_EQ(StateOf(family, "062031", kTown, v1::SEX_MALE, "40-44"), kHidden);
}

TEST(Protect, HidesWhatIsSmallAfterSubtractingAContributorsOwn) {
  Family family;
  std::vector<tables::Cube*> cubes;
  for (int i = 0; i < 3; ++i) cubes.push_back(family.AddMember(kWorkplace));
  for (tables::Cube* cube : cubes) Family::Fill(cube, 0, 100, 300);
  SealedAudit audit;
  // 100 + 5 + 4: the first member sees 9 of the others.
  Family::Set(cubes[1], 0, 0, 0, 0, 5, 300);
  Family::Set(cubes[2], 0, 0, 0, 0, 4, 300);
  auto table = family.Run(&audit);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(FateOf(audit, *table, 0, "062031", kAll, v1::SEX_MALE, "40-44"), CellFate::kPrimary);
  Family::Set(cubes[2], 0, 0, 0, 0, 5, 300);
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kShown);
  // The same on the complement: 200 + 3 + 3 persons without the finding.
  Family::Set(cubes[1], 0, 0, 0, 0, 297, 300);
  Family::Set(cubes[2], 0, 0, 0, 0, 297, 300);
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kHidden);
}

TEST(Protect, RefusesMemberLevelDisplayThatLeavesARestOfTwoWhoDidNotAgree) {
  // One town's insured agreed to be shown; two workplaces in the same town did not.
  Family family;
  Family::Fill(family.AddMember(kTown, true, true), 0, 50, 120);
  Family::Fill(family.AddMember(kWorkplace), 0, 50, 120);
  Family::Fill(family.AddMember(kWorkplace), 0, 50, 120);
  auto table = family.Run();
  ASSERT_TRUE(table.ok());
  const auto both_shown = [&](const char* town) {
    return CellOf(*table, 0, town, kAll, v1::SEX_BOTH, "40-74").state == kShown &&
           CellOf(*table, 0, town, kTown, v1::SEX_BOTH, "40-74").state == kShown;
  };
  EXPECT_FALSE(both_shown("062031"));
  EXPECT_FALSE(both_shown(""));
  // With a third workplace the rest has three members.
  Family::Fill(family.AddMember(kWorkplace), 0, 50, 120);
  table = family.Run();
  ASSERT_TRUE(table.ok());
  EXPECT_TRUE(both_shown("062031"));
}

TEST(Protect, HidesTheFinerOfTwoTablesWhoseDifferenceIsSmall) {
  // All kinds without the workplaces: 12 persons of three insurers, of which each sees 8 after its
  // own.
  Family family;
  for (int i = 0; i < 3; ++i) Family::Fill(family.AddMember(kInsurer, true, true), 0, 40, 100);
  for (int i = 0; i < 3; ++i) Family::Fill(family.AddMember(kWorkplace, true, true), 0, 40, 100);
  for (size_t i = 0; i < 3; ++i) Family::Set(family.cubes()[i].get(), 0, 0, 0, 0, 4, 100);
  const auto table = family.Run();
  ASSERT_TRUE(table.ok());
  const auto state = [&](v1::MemberKind kind) {
    return CellOf(*table, 0, "062031", kind, v1::SEX_MALE, "40-44").state;
  };
  EXPECT_EQ(state(kInsurer), kHidden);
  EXPECT_FALSE(state(kAll) == kShown && state(kWorkplace) == kShown);
}

TEST(Protect, ShowsZerosUnlessTheMeasureIsSensitive) {
  Family family = Plenty();
  for (const auto& cube : family.cubes()) Family::Set(cube.get(), 0, 0, 0, 0, 0, 100);
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kShown);
  family.request().measures[0].set_sensitive(true);
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kHidden);
  for (const auto& cube : family.cubes()) Family::Set(cube.get(), 0, 0, 0, 0, 100, 100);
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kHidden);
  family.request().measures[0].set_sensitive(false);
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_MALE, "40-44"), kShown);
}

TEST(Protect, HidesAFullMarginOverASmallFullCell) {
  Family family;
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(kWorkplace);
    Family::Set(cube, 0, 0, 0, 0, 1, 1);    // 4 of 4 men
    Family::Set(cube, 0, 0, 1, 0, 40, 40);  // 160 of 160 women
  }
  // 164 of 164 would tell that all four men have the finding.
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_BOTH, "40-44"), kHidden);
  EXPECT_EQ(StateOf(family, "062031", kAll, v1::SEX_FEMALE, "40-44"), kShown);
}

TEST(Protect, PrintsNobodyAndImpossibleCellsWithoutNumbers) {
  Family family = Plenty();
  for (const auto& cube : family.cubes()) {
    Family::Set(cube.get(), 0, 1, 1, 2, 0, 0);
    for (int b = 5; b < 7; ++b) {
      for (int g = 0; g < 3; ++g) {
        for (int s = 0; s < 2; ++s) Family::Set(cube.get(), 0, g, s, b, 0, 100);
      }
    }
  }
  v1::AgeRange* old = family.request().measures[0].add_structurally_empty();
  old->set_from(65);
  old->set_to(74);
  const auto table = family.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  const ProtectedCell& nobody = CellOf(*table, 0, "062049", kAll, v1::SEX_FEMALE, "50-54");
  EXPECT_EQ(nobody.state, kShown);
  EXPECT_EQ(nobody.denominator, 0);
  EXPECT_EQ(nobody.members, v1::MEMBERS_CLASS_UNSPECIFIED);
  EXPECT_FALSE(nobody.structurally_empty);
  const ProtectedCell& never = CellOf(*table, 0, "", kAll, v1::SEX_BOTH, "65-74");
  EXPECT_TRUE(never.structurally_empty);
  EXPECT_EQ(never.state, kShown);
  EXPECT_EQ(never.denominator, 0);
  // Its people stay in the denominator of the whole.
  EXPECT_EQ(CellOf(*table, 0, "062031", kAll, v1::SEX_BOTH, "40-74").denominator, 800 * 14);
  Family::Set(family.cubes()[0].get(), 0, 0, 0, 6, 1, 100);
  EXPECT_EQ(family.Run().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Protect, SaysNotCollectedWhereNoMemberOfTheKindHasTheMeasure) {
  Family family = Plenty();
  for (size_t i = 0; i < family.cubes().size(); ++i) {
    if (family.request().contributions[i].kind != kWorkplace) continue;
    Family::Fill(family.cubes()[i].get(), 0, 0, 0);
    family.cubes()[i]->collected()[0] = false;
  }
  const auto table = family.Run();
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(CellOf(*table, 0, "", kWorkplace, v1::SEX_BOTH, "40-74").state,
            v1::CELL_STATE_NOT_COLLECTED);
  EXPECT_EQ(CellOf(*table, 0, "", kAll, v1::SEX_BOTH, "40-74").state, kShown);
  // No municipality takes part at all: nobody, rather than not collected.
  EXPECT_EQ(CellOf(*table, 0, "", kTown, v1::SEX_BOTH, "40-74").state, kShown);
}

TEST(Protect, IsDeterministicAndTheKeyOnlyBreaksTies) {
  Family family = Plenty();
  for (size_t i = 0; i < family.cubes().size(); ++i) {
    Family::Set(family.cubes()[i].get(), 0, 1, 0, 3, i == 0 ? 5 : 0, 100);
  }
  const auto a = family.Run(nullptr, 1);
  const auto b = family.Run(nullptr, 1);
  ASSERT_TRUE(a.ok() && b.ok());
  for (size_t c = 0; c < a->measures()[0].cells.size(); ++c) {
    EXPECT_EQ(a->measures()[0].cells[c].state, b->measures()[0].cells[c].state);
  }
}

TEST(Protect, RefusesWhatDoesNotFitTogether) {
  Family family = Plenty();
  EXPECT_EQ(Protect(family.request(), std::vector<uint8_t>(31, 0)).status().code(),
            absl::StatusCode::kInvalidArgument);
  Family no_population = Plenty();
  no_population.request().population_persons.erase("062031");
  EXPECT_FALSE(no_population.Run().ok());
  Family twice = Plenty();
  twice.request().contributions[1].member = twice.request().contributions[0].member;
  EXPECT_FALSE(twice.Run().ok());
  Family no_kind = Plenty();
  no_kind.request().contributions[0].kind = kAll;
  EXPECT_FALSE(no_kind.Run().ok());
  Family no_measure = Plenty();
  no_measure.request().measures.clear();
  EXPECT_FALSE(no_measure.Run().ok());
  Family negative = Plenty();
  negative.cubes()[0]->counts()[0] = -1;
  EXPECT_FALSE(negative.Run().ok());
  Family loose = Plenty();
  loose.request().policy.set_min_cell_persons(9);
  EXPECT_FALSE(loose.Run().ok());
}

}  // namespace
}  // namespace renkei::policy::disclosure
