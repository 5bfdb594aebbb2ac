// Levels that are withheld as a whole: what each step and each cap takes, and the ladder's layouts.
#include "policy/rules/withheld_levels.h"

#include <gtest/gtest.h>

#include <functional>

#include "policy/rules/policy_document.h"

namespace renkei::policy::rules {
namespace {

std::vector<Grain> EveryGrain() {
  std::vector<Grain> grains;
  for (const bool municipality : {false, true}) {
    for (const bool kind : {false, true}) {
      for (const bool sex : {false, true}) {
        for (const AgeGrain age : {AgeGrain::kAllAges, AgeGrain::kTwoBands, AgeGrain::kFiveYears}) {
          grains.push_back({municipality, kind, sex, age});
        }
      }
    }
  }
  return grains;
}

TEST(WithheldLevels, EveryLevelTakesItsCellsAndNoOthers) {
  const struct {
    v1::WithheldLevel level;
    std::function<bool(const Grain&)> withheld;
  } rows[] = {
      {v1::WITHHELD_LEVEL_KIND_BY_MUNICIPALITY,
       [](const Grain& g) { return g.of_municipality && g.of_kind; }},
      {v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS,
       [](const Grain& g) { return g.age == AgeGrain::kFiveYears; }},
      {v1::WITHHELD_LEVEL_AGE_BANDS, [](const Grain& g) { return g.age != AgeGrain::kAllAges; }},
      {v1::WITHHELD_LEVEL_SEX, [](const Grain& g) { return g.of_sex; }},
      {v1::WITHHELD_LEVEL_MEMBER_KIND, [](const Grain& g) { return g.of_kind; }},
      {v1::WITHHELD_LEVEL_MUNICIPALITY, [](const Grain& g) { return g.of_municipality; }},
  };
  ASSERT_EQ(std::size(rows) + 1, static_cast<size_t>(v1::WithheldLevel_ARRAYSIZE));
  for (const auto& row : rows) {
    WithheldLevels levels;
    levels.Add(row.level);
    for (const Grain& grain : EveryGrain()) {
      EXPECT_EQ(levels.Withholds(grain), row.withheld(grain))
          << LevelWord(row.level) << grain.of_municipality << grain.of_kind << grain.of_sex
          << static_cast<int>(grain.age);
    }
  }
}

TEST(GrainOf, ReadsEachAxisOfACell) {
  v1::ReleaseCell cell;
  cell.set_sex(v1::SEX_BOTH);
  cell.set_age_band("40-74");
  const auto is = [&](const Grain& wanted) {
    const Grain grain = GrainOf(cell);
    return grain.of_municipality == wanted.of_municipality && grain.of_kind == wanted.of_kind &&
           grain.of_sex == wanted.of_sex && grain.age == wanted.age;
  };
  EXPECT_TRUE(is({}));
  for (const char* half : {"40-64", "65-74"}) {
    cell.set_age_band(half);
    EXPECT_TRUE(is({.age = AgeGrain::kTwoBands}));
  }
  for (const char* band : {"40-44", "70-74", "75+"}) {
    cell.set_age_band(band);
    EXPECT_TRUE(is({.age = AgeGrain::kFiveYears}));
  }
  cell.set_age_band("40-74");
  cell.set_municipality("unknown");
  EXPECT_TRUE(is({.of_municipality = true}));
  cell.set_member_kind(v1::MEMBER_KIND_INSURER);
  EXPECT_TRUE(is({.of_municipality = true, .of_kind = true}));
  cell.set_sex(v1::SEX_FEMALE);
  EXPECT_TRUE(is({.of_municipality = true, .of_kind = true, .of_sex = true}));
}

TEST(LayoutOf, IsNamedByTheLastStepOfARelease) {
  v1::Release release;
  EXPECT_EQ(LayoutOf(release.withheld_level()).name, "full");
  release.add_withheld_level(v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS);
  release.add_withheld_level(v1::WITHHELD_LEVEL_SEX);
  const OfferedLayout layout = LayoutOf(release.withheld_level());
  EXPECT_EQ(layout.name, "no_sex");
  EXPECT_TRUE(layout.levels().Withholds({.age = AgeGrain::kFiveYears}));
  EXPECT_FALSE(layout.levels().Withholds({.age = AgeGrain::kTwoBands}));
}

TEST(WithheldLevels, WithoutAnyNothingIsWithheldAndTheTotalNeverIs) {
  for (const Grain& grain : EveryGrain()) EXPECT_FALSE(WithheldLevels().Withholds(grain));
  WithheldLevels all;
  for (int level = 1; level < v1::WithheldLevel_ARRAYSIZE; ++level) {
    all.Add(static_cast<v1::WithheldLevel>(level));
  }
  EXPECT_FALSE(all.Withholds(Grain()));
}

TEST(WithheldLevels, ALevelOfALaterVersionWithholdsEveryLevel) {
  for (const int level : {0, 7, 99}) {
    WithheldLevels levels;
    levels.Add(static_cast<v1::WithheldLevel>(level));
    for (const Grain& grain : EveryGrain()) {
      const bool total = !grain.of_municipality && !grain.of_kind && !grain.of_sex &&
                         grain.age == AgeGrain::kAllAges;
      EXPECT_EQ(levels.Withholds(grain), !total);
    }
    EXPECT_FALSE(levels.Has(static_cast<v1::WithheldLevel>(level)));
  }
}

TEST(WithheldLevels, WhatAgreementsCapIsEveryRowOfTheirCaps) {
  const struct {
    v1::FinestGeography geography;
    v1::FinestAge age;
    std::string caps;
  } rows[] = {
      {v1::FINEST_GEOGRAPHY_UNSPECIFIED, v1::FINEST_AGE_UNSPECIFIED, "full"},
      {v1::FINEST_GEOGRAPHY_MUNICIPALITY, v1::FINEST_AGE_FIVE_YEARS, "full"},
      {v1::FINEST_GEOGRAPHY_AREA, v1::FINEST_AGE_FIVE_YEARS,
       "without kind_by_municipality, municipality"},
      {v1::FINEST_GEOGRAPHY_MUNICIPALITY, v1::FINEST_AGE_TWO_BANDS, "without five_year_bands"},
      {v1::FINEST_GEOGRAPHY_MUNICIPALITY, v1::FINEST_AGE_ALL, "without five_year_bands, age_bands"},
      {v1::FINEST_GEOGRAPHY_AREA, v1::FINEST_AGE_ALL,
       "without kind_by_municipality, five_year_bands, age_bands, municipality"},
  };
  for (const auto& row : rows) {
    v1::DataUseAgreement terms;
    terms.set_finest_geography(row.geography);
    terms.set_finest_age(row.age);
    EXPECT_EQ(CapsOf(terms).Describe(), row.caps);
  }
}

TEST(WithheldLevels, TheStrictestOfSeveralAgreementsRulesInAnyOrder) {
  v1::DataUseAgreement coarse, old;
  coarse.set_finest_geography(v1::FINEST_GEOGRAPHY_AREA);
  old.set_finest_age(v1::FINEST_AGE_ALL);
  WithheldLevels one, other;
  one.Add(CapsOf(coarse));
  one.Add(CapsOf(old));
  other.Add(CapsOf(old));
  other.Add(CapsOf(coarse));
  EXPECT_EQ(one, other);
  EXPECT_TRUE(one.Has(v1::WITHHELD_LEVEL_MUNICIPALITY));
  EXPECT_TRUE(one.Has(v1::WITHHELD_LEVEL_AGE_BANDS));
}

TEST(Ladder, TheShippedOneGoesFromTheFullLayoutToTheArea) {
  const std::vector<OfferedLayout> layouts = LayoutsOf(Policy::Default()->document());
  std::vector<std::string> names;
  for (const OfferedLayout& layout : layouts) names.push_back(layout.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"full", "no_kind_by_municipality", "no_five_year_bands",
                                      "no_sex", "no_member_kind", "no_municipality"}));
  // Each withholds what the one before does, and more.
  for (size_t i = 1; i < layouts.size(); ++i) {
    bool more = false;
    for (const Grain& grain : EveryGrain()) {
      const bool before = layouts[i - 1].levels().Withholds(grain);
      const bool now = layouts[i].levels().Withholds(grain);
      EXPECT_TRUE(now || !before) << names[i];
      more |= now && !before;
    }
    EXPECT_TRUE(more) << names[i];
  }
}

TEST(Ladder, APolicyWithoutOneOffersTheFullLayoutAlone) {
  const std::vector<OfferedLayout> layouts = LayoutsOf(v1::PolicyDocument());
  ASSERT_EQ(layouts.size(), 1u);
  EXPECT_EQ(layouts[0].name, "full");
  EXPECT_EQ(layouts[0].levels(), WithheldLevels());
}

}  // namespace
}  // namespace renkei::policy::rules
