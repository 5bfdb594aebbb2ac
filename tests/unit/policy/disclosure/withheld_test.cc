// Levels that a layout or an agreement withholds: hidden before protection, so that the rest loses
// less.
#include <gtest/gtest.h>

#include <random>

#include "policy/rules/withheld_levels.h"
#include "tests/unit/policy/disclosure/attack_rows.h"

namespace renkei::policy::disclosure {
namespace {

constexpr v1::CellState kShown = v1::CELL_STATE_PUBLISHED;
constexpr v1::CellState kHidden = v1::CELL_STATE_SUPPRESSED;

std::vector<rules::OfferedLayout> Ladder() {
  return rules::LayoutsOf(rules::Policy::Default()->document());
}

// Said again, from the labels of the cell alone.
bool IsWithheld(const ProtectedCell& cell, const rules::WithheldLevels& levels) {
  const std::string age = cell.age_band;
  const bool two_bands = age == "40-64" || age == "65-74";
  const bool town = !cell.municipality.empty();
  const bool kind = cell.member_kind != v1::MEMBER_KIND_UNSPECIFIED;
  return (levels.Has(v1::WITHHELD_LEVEL_MUNICIPALITY) && town) ||
         (levels.Has(v1::WITHHELD_LEVEL_MEMBER_KIND) && kind) ||
         (levels.Has(v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY) && town && kind) ||
         (levels.Has(v1::WITHHELD_LEVEL_SEX) && cell.sex != v1::SEX_BOTH) ||
         (levels.Has(v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS) && !two_bands && age != "40-74") ||
         (levels.Has(v1::WITHHELD_LEVEL_AGE_BANDS) && age != "40-74");
}

// Workplaces in three towns, of which one has few people with the finding, men of 40 to 44 none at
// all.
Family SmallTowns(uint64_t seed) {
  std::mt19937_64 random(seed);
  Family family;
  for (int i = 0; i < 8; ++i) {
    tables::Cube* cube = family.AddMember(
        i % 2 == 0 ? v1::MEMBER_KIND_INSURER : v1::MEMBER_KIND_WORKPLACE, /*cross=*/true);
    ForEachInner([&](int place, int sex, int band) {
      const int64_t n = 40 + static_cast<int64_t>(random() % 40);
      const int64_t most = place == 2 ? 3 : 20;
      const int64_t x = static_cast<int64_t>(random() % static_cast<uint64_t>(most));
      Family::Set(cube, 0, place, sex, band, place == 1 && sex == 0 && band == 0 ? 0 : x, n);
    });
  }
  return family;
}

TEST(Withheld, NoCellOfTheLevelIsShownAndWhatIsShownIsTrue) {
  for (const rules::OfferedLayout& layout : Ladder()) {
    Family family = SmallTowns(1);
    family.request().withheld = layout.levels();
    const auto table = family.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    int shown = 0;
    for (const ProtectedCell& cell : table->measures()[0].cells) {
      EXPECT_EQ(cell.withheld, IsWithheld(cell, layout.levels())) << layout.name;
      if (cell.withheld) {
        EXPECT_NE(cell.state, kShown) << layout.name;
      }
      if (cell.state == kShown) {
        ++shown;
        EXPECT_EQ(cell.numerator,
                  SumOf(family, RowOf(cell, 0), [](const tables::Cube& cube, int g, int s, int b) {
                    return cube.at(0, g, s, b, 0);
                  }));
      } else {
        EXPECT_EQ(cell.state, kHidden);
        EXPECT_EQ(cell.numerator, 0);
        EXPECT_EQ(cell.denominator, 0);
        EXPECT_EQ(cell.members, v1::MEMBERS_CLASS_UNSPECIFIED);
      }
    }
    EXPECT_GT(shown, 0) << layout.name;
  }
}

TEST(Withheld, ACoarserLayoutLosesLessOfWhatItHas) {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    Family family = SmallTowns(seed);
    const auto full = family.Run();
    family.request().withheld = Ladder().back().levels();
    const auto coarse = family.Run();
    ASSERT_TRUE(full.ok() && coarse.ok());
    EXPECT_GT(full->measures()[0].loss, v1::LOSS_CLASS_BELOW_1) << "seed " << seed;
    EXPECT_FALSE(full->measures()[0].reasons.empty());
    EXPECT_EQ(coarse->measures()[0].loss, v1::LOSS_CLASS_BELOW_1) << "seed " << seed;
    EXPECT_TRUE(coarse->measures()[0].reasons.empty()) << "nothing is hidden, for no reason";
  }
}

// Insurers alone count people: a town's total is their type's, which nobody agreed to show.
TEST(Withheld, WhatIsPrimaryInAWithheldLevelIsNotShownByItsMargin) {
  for (const bool agreed : {false, true}) {
    Family family;
    for (int i = 0; i < 4; ++i) {
      Family::Fill(family.AddMember(v1::MEMBER_KIND_INSURER, agreed), 0, 40, 100);
    }
    family.request().withheld.Add(v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY);
    SealedAudit audit;
    const auto table = family.Run(&audit);
    ASSERT_TRUE(table.ok()) << table.status();
    const auto state = [&](const std::string& town, v1::MemberKind kind) {
      return CellOf(*table, 0, town, kind, v1::SEX_BOTH, "40-74").state;
    };
    EXPECT_EQ(state("062031", v1::MEMBER_KIND_INSURER), kHidden);
    EXPECT_EQ(state("062031", v1::MEMBER_KIND_UNSPECIFIED), agreed ? kShown : kHidden);
    EXPECT_EQ(state("", v1::MEMBER_KIND_INSURER), kShown);
    EXPECT_EQ(FateOf(audit, *table, 0, "062031", v1::MEMBER_KIND_INSURER, v1::SEX_BOTH, "40-74"),
              agreed ? CellFate::kComplementary : CellFate::kPrimary);
  }
}

TEST(Withheld, AnAgreementsCapHidesTheSameCellsAndCountsAsLoss) {
  for (const v1::FinestAge age : {v1::FINEST_AGE_TWO_BANDS, v1::FINEST_AGE_ALL}) {
    v1::DataUseAgreement terms;
    terms.set_finest_age(age);
    Family withheld = SmallTowns(1);
    withheld.request().withheld = rules::CapsOf(terms);
    Family capped = SmallTowns(1);
    // One member is enough.
    capped.request().contributions[5].capped = rules::CapsOf(terms);
    const auto of_layout = withheld.Run();
    const auto of_agreement = capped.Run();
    ASSERT_TRUE(of_layout.ok() && of_agreement.ok());
    for (size_t c = 0; c < of_layout->measures()[0].cells.size(); ++c) {
      EXPECT_EQ(of_layout->measures()[0].cells[c].state,
                of_agreement->measures()[0].cells[c].state);
      EXPECT_FALSE(of_agreement->measures()[0].cells[c].withheld);
    }
    const ProtectedMeasure& measure = of_agreement->measures()[0];
    EXPECT_EQ(measure.loss, v1::LOSS_CLASS_ABOVE_20);
    EXPECT_NE(std::find(measure.reasons.begin(), measure.reasons.end(), v1::TABLE_REASON_AGREEMENT),
              measure.reasons.end());
    EXPECT_EQ(std::find(of_layout->measures()[0].reasons.begin(),
                        of_layout->measures()[0].reasons.end(), v1::TABLE_REASON_AGREEMENT),
              of_layout->measures()[0].reasons.end());
    // In a layout that has no such cells the cap takes nothing.
    capped.request().withheld = rules::CapsOf(terms);
    const auto both = capped.Run();
    ASSERT_TRUE(both.ok());
    EXPECT_EQ(both->measures()[0].reasons, of_layout->measures()[0].reasons);
    EXPECT_EQ(both->measures()[0].loss, of_layout->measures()[0].loss);
  }
}

TEST(Withheld, TermsOfAnAgreementCarryTheirCap) {
  v1::DataUseAgreement terms;
  terms.set_finest_geography(v1::FINEST_GEOGRAPHY_AREA);
  EXPECT_EQ(MakePooledContribution(base::MemberId("m"), nullptr, terms).capped,
            rules::CapsOf(terms));
}

TEST(Withheld, WhereNobodyCanBeThereIsNothingToHide) {
  Family family;
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
    ForEachInner([&](int place, int sex, int band) {
      if (band < 6) Family::Set(cube, 0, place, sex, band, 40, 100);
    });
  }
  v1::AgeRange* old = family.request().measures[0].add_structurally_empty();
  old->set_from(70);
  old->set_to(74);
  family.request().withheld = Ladder().back().levels();
  const auto table = family.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  int never = 0;
  for (const ProtectedCell& cell : table->measures()[0].cells) {
    never += cell.structurally_empty;
    EXPECT_EQ(cell.state == kHidden, cell.withheld && !cell.structurally_empty);
  }
  EXPECT_EQ(never, 5 * 4 * 3);
}

}  // namespace
}  // namespace renkei::policy::disclosure
