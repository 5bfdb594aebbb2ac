// Boundary cases of definitions 14 that concern tiering, the metabolic judgement and the health
// map.
#include <gtest/gtest.h>

#include "policy/tables/rates.h"
#include "tests/golden/definitions/boundary_cases.h"

namespace renkei::agents::evaluate {
namespace {

using policy::consent::kEligibleBit;
using policy::consent::kExaminedBit;
using policy::consent::kGuidanceCompletedBit;
using policy::consent::kGuidanceStartedBit;

TEST(Tiering, Row23And24HbA1cCountsOnlyWithoutFpg) {
  const Someone man = Normal(Man()).Has("waist_cm", "86.0");
  EXPECT_EQ(LevelOf(man.Has("fpg_mgdl", "99").Has("hba1c_ngsp_pct", "5.6")), Level::kInformation);
  EXPECT_EQ(LevelOf(man.Without("fpg_mgdl").Has("hba1c_ngsp_pct", "5.5")), Level::kInformation);
  EXPECT_EQ(LevelOf(man.Without("fpg_mgdl").Has("hba1c_ngsp_pct", "5.6")), Level::kMotivational);
}

TEST(Tiering, Row25CasualGlucoseSoonAfterAMealLeavesTheLevelOpen) {
  const Someone man = Normal(Man()).Has("waist_cm", "86.0").Without("fpg_mgdl");
  const Someone casual = man.Has("casual_glucose_mgdl", "150");
  EXPECT_EQ(LevelOf(casual.Answers("meal_time", 4)), Level::kUndecidable);
  EXPECT_EQ(LevelOf(casual.Answers("meal_time", 3)), Level::kMotivational);
}

TEST(Tiering, Row26GlucoseEdgesOfTieringAndJudgementDiffer) {
  const Someone man = Normal(Man()).Has("waist_cm", "86.0");
  for (const char* fpg : {"100", "109", "110"}) {
    EXPECT_EQ(LevelOf(man.Has("fpg_mgdl", fpg)), Level::kMotivational) << fpg;
  }
  EXPECT_EQ(LevelOf(man.Has("fpg_mgdl", "99")), Level::kInformation);
  EXPECT_EQ(JudgementOf(man.Has("fpg_mgdl", "100")), "none");
  EXPECT_EQ(JudgementOf(man.Has("fpg_mgdl", "109")), "none");
  EXPECT_EQ(JudgementOf(man.Has("fpg_mgdl", "110")), "pre");
}

TEST(Tiering, Row28SmokingAddsToARisk) { EXPECT_EQ(LevelOf(Row28()), Level::kActive); }

TEST(Tiering, Row29SmokingAloneIsNoRisk) {
  EXPECT_EQ(LevelOf(Row28().Has("sbp_mmhg", "120")), Level::kInformation);
}

TEST(Tiering, Row30To32AgeAtFiscalYearEndDecides) {
  EXPECT_EQ(LevelOf(Row28(66)), Level::kMotivational);
  EXPECT_EQ(LevelOf(Row28(64)), Level::kActive);
  EXPECT_EQ(LevelOf(Row28(65)), Level::kMotivational);
}

TEST(Tiering, Row33And34SecondGroupNeedsThreeRisks) {
  EXPECT_EQ(LevelOf(Row33()), Level::kMotivational);
  EXPECT_EQ(LevelOf(Smoker(Row33())), Level::kActive);
}

TEST(Tiering, Row35DrugTakesThePersonOutAsMedicated) {
  const Someone treated = Row28().Answers("q03_med_lipid", 1);
  EXPECT_EQ(LevelOf(treated), Level::kInformation);
  EXPECT_EQ(CountOf("tier_medicated", treated), Counted::kYes);
  EXPECT_EQ(CountOf("tier_medicated", Row28()), Counted::kNo);
  // On a drug, but would not have been a target.
  EXPECT_EQ(CountOf("tier_medicated", Normal(Man()).Answers("q03_med_lipid", 1)), Counted::kNo);
  EXPECT_EQ(CountOf("drug_rate", Normal(Man()).Answers("q03_med_lipid", 1)), Counted::kYes);
}

TEST(Tiering, MedicatedHasTheDenominatorOfTheTargets) {
  // The drug makes the level certain although the level before drugs is not.
  const Someone treated = Row36().Answers("q01_med_bp", 1).Without("bmi");
  EXPECT_EQ(LevelOf(treated), Level::kInformation);
  EXPECT_EQ(CountOf("tier_medicated", treated), Counted::kNo);
  EXPECT_EQ(CountOf("tier_medicated", Row36()), Counted::kNotInN);
}

TEST(Tiering, Row36And37CompletionsDecideWhereTheyAgree) {
  EXPECT_EQ(LevelOf(Row36()), Level::kUndecidable);
  EXPECT_EQ(LevelOf(Row36(66)), Level::kMotivational);
  // Visceral fat stands in for the waist.
  EXPECT_EQ(LevelOf(Row36().Has("vfa_cm2", "100.0")), Level::kActive);
  EXPECT_EQ(LevelOf(Row36().Has("vfa_cm2", "99.9")), Level::kMotivational);
}

TEST(Tiering, Row38SlimPersonIsDecidedWithoutBlood) {
  EXPECT_EQ(LevelOf(OnNoDrug(Man().Has("waist_cm", "80.0").Has("bmi", "22.0"))),
            Level::kInformation);
}

TEST(Tiering, Row39MissingDrugAnswersLeaveATargetOpen) {
  EXPECT_EQ(
      LevelOf(Row28().Without("q01_med_bp").Without("q02_med_glucose").Without("q03_med_lipid")),
      Level::kUndecidable);
}

TEST(Tiering, Row73ImpossibleCodeIsRecomputed) {
  EXPECT_EQ(LevelOf(Row28(66).Answers("guidance_level", 1)), Level::kMotivational);
  EXPECT_EQ(LevelOf(Row28(64).Answers("guidance_level", 1)), Level::kActive);
  EXPECT_EQ(LevelOf(Normal(Man(66)).Answers("guidance_level", 1)), Level::kInformation);
  const auto layout = LayoutOfAll(*BuiltIn(), policy::base::FiscalYear(2023));
  const auto program = MeasureProgram::Compile(*BuiltIn(), *layout).value();
  auto counts = program.NoDisagreements();
  program.AddDisagreements(Admit(*BuiltIn(), policy::base::FiscalYear(2023),
                                 {Row28(66).Answers("guidance_level", 1).person()}),
                           &counts);
  int64_t tiering = 0;
  for (const Disagreement& count : counts) {
    if (count.classification == "tiering") tiering = count.persons;
  }
  EXPECT_EQ(tiering, 1);
}

TEST(Tiering, Row74CodedLevelStandsAgainstUndecidableValues) {
  EXPECT_EQ(LevelOf(Row36().Answers("guidance_level", 3)), Level::kInformation);
  EXPECT_EQ(LevelOf(Row28().Answers("guidance_level", 4)), Level::kUndecidable);
  EXPECT_EQ(LevelOf(Normal(Man()).Answers("guidance_level", 2)), Level::kMotivational);
}

TEST(Tiering, ActiveSupportOfTheOldIsStructurallyEmpty) {
  const v1::Measure* active = BuiltIn()->FindMeasure("guidance_active_rate");
  ASSERT_EQ(active->structurally_empty_size(), 1);
  EXPECT_EQ(active->structurally_empty(0).from(), 65);
  EXPECT_EQ(active->structurally_empty(0).to(), 74);
  // They stay in the denominator (definitions, Tsuruoka table 5).
  EXPECT_EQ(CountOf("guidance_active_rate", Row28(70)), Counted::kNo);
}

TEST(Judgement, Row40And41DrugsCountAsRisks) {
  EXPECT_EQ(JudgementOf(Normal(Man())
                            .Has("waist_cm", "86.0")
                            .Has("tg_fasting_mgdl", "160")
                            .Has("fpg_mgdl", "105")),
            "pre");
  EXPECT_EQ(JudgementOf(Normal(Man())
                            .Has("waist_cm", "86.0")
                            .Answers("q03_med_lipid", 1)
                            .Answers("q01_med_bp", 1)),
            "metabolic");
}

TEST(Judgement, Row42WithoutWaistThereIsNone) {
  const Someone man = Normal(Man())
                          .Has("waist_cm", "84.0")
                          .Has("bmi", "30.0")
                          .Has("sbp_mmhg", "150")
                          .Has("tg_fasting_mgdl", "200")
                          .Has("fpg_mgdl", "120");
  EXPECT_EQ(JudgementOf(man), "none");
  EXPECT_EQ(JudgementOf(man.Without("waist_cm")), "undecidable");
  EXPECT_EQ(JudgementOf(man.Without("waist_cm").Has("vfa_cm2", "100.0")), "metabolic");
}

TEST(Judgement, CodedOneStandsAndUndecidableCodeIsNotInN) {
  EXPECT_EQ(JudgementOf(Normal(Man()).Answers("metabolic_judgement", 1)), "metabolic");
  EXPECT_EQ(JudgementOf(Normal(Man()).Answers("metabolic_judgement", 2)), "pre");
  EXPECT_EQ(JudgementOf(Normal(Man()).Answers("metabolic_judgement", 4)), "undecidable");
}

TEST(Judgement, HbA1cBeginsAtSixWithoutFpgAndCasualTriglyceridesPlayNoPart) {
  const Someone man = Normal(Man()).Has("waist_cm", "86.0");
  EXPECT_EQ(JudgementOf(man.Without("fpg_mgdl").Has("hba1c_ngsp_pct", "5.9")), "none");
  EXPECT_EQ(JudgementOf(man.Without("fpg_mgdl").Has("hba1c_ngsp_pct", "6.0")), "pre");
  EXPECT_EQ(JudgementOf(man.Has("hba1c_ngsp_pct", "7.0")), "none");
  EXPECT_EQ(JudgementOf(man.Without("tg_fasting_mgdl").Has("tg_casual_mgdl", "300")),
            "undecidable");
}

TEST(HealthMap, Row43ObeseByBmiAlone) {
  EXPECT_EQ(MapCellOf(Normal(Man()).Has("waist_cm", "84.0").Has("bmi", "25.0")), "B1");
}

TEST(HealthMap, Row44LdlIsNotUsed) {
  EXPECT_EQ(
      MapCellOf(Normal(Man()).Has("waist_cm", "84.0").Has("bmi", "24.0").Has("ldl_mgdl", "200")),
      "A1");
}

TEST(HealthMap, Row45And46DrugGoesFirstAndItsAbsenceLeavesTheLevelOpen) {
  const Someone man = Normal(Man()).Has("sbp_mmhg", "145");
  EXPECT_EQ(MapCellOf(man), "A3");
  EXPECT_EQ(MapCellOf(man.Answers("q01_med_bp", 1)), "A4");
  EXPECT_EQ(MapCellOf(man.Answers("q01_med_bp", 1).Has("waist_cm", "85.0")), "B4");
  EXPECT_EQ(
      MapCellOf(man.Without("q01_med_bp").Without("q02_med_glucose").Without("q03_med_lipid")),
      "undecided");
}

TEST(HealthMap, Row47HbA1cIsIgnoredWhereFpgIsMeasured) {
  const Someone man = Normal(Man()).Has("fpg_mgdl", "95").Has("hba1c_ngsp_pct", "6.6");
  EXPECT_EQ(MapCellOf(man), "A1");
  EXPECT_EQ(MapCellOf(man.Without("fpg_mgdl")), "A3");
  EXPECT_EQ(MapCellOf(man.Without("fpg_mgdl").Without("hba1c_ngsp_pct")), "undecided");
}

TEST(Guidance, UptakeAndCompletionAreAmongTheTargets) {
  const int examined = kEligibleBit | kExaminedBit;
  EXPECT_EQ(CountOf("guidance_use_rate", Row28()), Counted::kNo);
  EXPECT_EQ(CountOf("guidance_use_rate", Row28().WithFacts(examined | kGuidanceStartedBit)),
            Counted::kYes);
  EXPECT_EQ(CountOf("guidance_complete_rate", Row28().WithFacts(examined | kGuidanceStartedBit)),
            Counted::kNo);
  EXPECT_EQ(CountOf("guidance_complete_rate", Row28().WithFacts(examined | kGuidanceCompletedBit)),
            Counted::kYes);
  EXPECT_EQ(
      CountOf("guidance_complete_rate", Normal(Man()).WithFacts(examined | kGuidanceCompletedBit)),
      Counted::kNotInN);
  EXPECT_EQ(CountOf("guidance_use_rate", Row36()), Counted::kNotInN);
}

TEST(Rates, Row59And60And72AreHalfUpFromIntegers) {
  using policy::tables::PercentTenths;
  EXPECT_EQ(PercentTenths(1, 16), 63);
  EXPECT_EQ(PercentTenths(9, 80), 113);
  EXPECT_EQ(PercentTenths(1, 8), 125);
  EXPECT_EQ(PercentTenths(0, 0), std::nullopt);
  EXPECT_EQ(PercentTenths(0, 10), 0);
  EXPECT_EQ(PercentTenths(10, 10), 1000);
  EXPECT_EQ(PercentTenths(125, 800), 156);
  EXPECT_EQ(PercentTenths(105, 800), 131);
  EXPECT_EQ(PercentTenths(230, 800), 288);
}

TEST(Rates, Row61OfATotalComesFromCountsNotFromPrintedRates) {
  // 鶴岡市, 腹囲: men 2,572 of 5,943 (43.3), women 1,405 of 7,035 (20.0); printed total 30.6.
  EXPECT_EQ(policy::tables::PercentTenths(2572, 5943), 433);
  EXPECT_EQ(policy::tables::PercentTenths(1405, 7035), 200);
  EXPECT_EQ(policy::tables::PercentTenths(2572 + 1405, 5943 + 7035), 306);
  const double of_rates = (43.3 * 5943 + 20.0 * 7035) / (5943 + 7035);
  EXPECT_GT(of_rates, 30.65);  // would print 30.7
}

TEST(Ages, Row01To06BothRulesAndFiscalYear) {
  using policy::base::AgeAtEndOf;
  using policy::base::AgeRule;
  using policy::base::FiscalYear;
  const FiscalYear year(2023);
  EXPECT_EQ(AgeAtEndOf(year, absl::CivilDay(1984, 3, 31)), 40);
  EXPECT_EQ(AgeAtEndOf(year, absl::CivilDay(1984, 4, 1)), 39);
  EXPECT_EQ(AgeAtEndOf(year, absl::CivilDay(1984, 4, 1), AgeRule::kLegal), 40);
  EXPECT_EQ(AgeAtEndOf(year, absl::CivilDay(1984, 4, 2), AgeRule::kLegal), 39);
  EXPECT_EQ(AgeAtEndOf(year, absl::CivilDay(1949, 3, 31)), 75);
  EXPECT_EQ(AgeAtEndOf(year, absl::CivilDay(1949, 4, 1), AgeRule::kLegal), 75);
  EXPECT_EQ(AgeAtEndOf(year, absl::CivilDay(1949, 4, 1)), 74);
  EXPECT_EQ(AgeAtEndOf(year, absl::CivilDay(1960, 2, 29)), 64);
  EXPECT_EQ(FiscalYear::Of(absl::CivilDay(2024, 3, 31)), FiscalYear(2023));
  EXPECT_EQ(FiscalYear::Of(absl::CivilDay(2024, 4, 1)), FiscalYear(2024));
}

}  // namespace
}  // namespace renkei::agents::evaluate
