// Boundary cases of definitions 14 that concern values and findings; the number of a row stands in
// the name of its test.
#include <gtest/gtest.h>

#include "tests/golden/definitions/boundary_cases.h"

namespace renkei::agents::evaluate {
namespace {

using policy::base::FiscalYear;
using policy::catalogue::ValueState;

constexpr Counted kYes = Counted::kYes;
constexpr Counted kNo = Counted::kNo;
constexpr Counted kNotInN = Counted::kNotInN;

TEST(Findings, Row07WaistCountsTheLimitItself) {
  EXPECT_EQ(CountOf("finding_waist", Man().Has("waist_cm", "84.9")), kNo);
  EXPECT_EQ(CountOf("finding_waist", Man().Has("waist_cm", "85.0")), kYes);
  EXPECT_EQ(CountOf("finding_waist", Woman().Has("waist_cm", "89.9")), kNo);
  EXPECT_EQ(CountOf("finding_waist", Woman().Has("waist_cm", "90.0")), kYes);
  EXPECT_EQ(CountOf("finding_waist", Man().Has("vfa_cm2", "120.0")), kNotInN);
}

TEST(Findings, Row08StoredBmiStandsAgainstWeightAndHeight) {
  EXPECT_EQ(CountOf("finding_bmi",
                    Man().Has("bmi", "24.9").Has("weight_kg", "63.9").Has("height_cm", "160.0")),
            kNo);
}

TEST(Findings, Row09AbsentBmiIsComputedHalfUp) {
  EXPECT_EQ(CountOf("finding_bmi", Man().Has("weight_kg", "63.9").Has("height_cm", "160.0")), kYes);
  // 63.8 / 2.56 = 24.92
  EXPECT_EQ(CountOf("finding_bmi", Man().Has("weight_kg", "63.8").Has("height_cm", "160.0")), kNo);
  // 99.8 / 4 = 24.95 exactly: half goes up.
  EXPECT_EQ(CountOf("finding_bmi", Man().Has("weight_kg", "99.8").Has("height_cm", "200.0")), kYes);
  EXPECT_EQ(CountOf("finding_bmi", Man().Has("weight_kg", "99.8")), kNotInN);
}

TEST(Findings, Row10To12BloodPressureIsDecidedByWhatIsKnown) {
  EXPECT_EQ(CountOf("finding_bp", Man().Has("sbp_mmhg", "129").Has("dbp_mmhg", "84")), kNo);
  EXPECT_EQ(CountOf("finding_bp", Man().Has("sbp_mmhg", "130")), kYes);
  EXPECT_EQ(CountOf("finding_bp", Man().Has("sbp_mmhg", "129")), kNotInN);
  EXPECT_EQ(CountOf("finding_bp", Man().Has("sbp_mmhg", "129").Has("dbp_mmhg", "85")), kYes);
  EXPECT_EQ(CountOf("finding_bp_ref", Man().Has("sbp_mmhg", "139").Has("dbp_mmhg", "89")), kNo);
  EXPECT_EQ(CountOf("finding_bp_ref", Man().Has("sbp_mmhg", "140")), kYes);
  EXPECT_EQ(CountOf("finding_bp_ref", Man().Has("dbp_mmhg", "90")), kYes);
}

// The pair itself is chosen by intake, by the catalogue's pairing.
TEST(Findings, Row13And14PairingOfBloodPressureIsStatedInTheCatalogue) {
  ASSERT_EQ(BuiltIn()->definitions().pairing_size(), 1);
  EXPECT_EQ(BuiltIn()->definitions().pairing(0).first(), "sbp_mmhg");
  EXPECT_EQ(BuiltIn()->definitions().pairing(0).second(), "dbp_mmhg");
  EXPECT_EQ(CountOf("finding_bp", Man().Has("sbp_mmhg", "128").Has("dbp_mmhg", "84")), kNo);
  EXPECT_EQ(CountOf("finding_bp", Man().Has("sbp_mmhg", "118").Has("dbp_mmhg", "90")), kYes);
}

TEST(Findings, Row15To17FastingTriglyceridesCountBeforeCasual) {
  EXPECT_EQ(CountOf("finding_tg", Man().Has("tg_fasting_mgdl", "149")), kNo);
  EXPECT_EQ(CountOf("finding_tg", Man().Has("tg_fasting_mgdl", "150")), kYes);
  EXPECT_EQ(CountOf("finding_tg", Man().Has("tg_casual_mgdl", "174")), kNo);
  EXPECT_EQ(CountOf("finding_tg", Man().Has("tg_casual_mgdl", "175")), kYes);
  EXPECT_EQ(CountOf("finding_tg", Man().Has("tg_fasting_mgdl", "140").Has("tg_casual_mgdl", "200")),
            kNo);
}

TEST(Findings, Row18To20InvalidValuesAreNotInNAndMarkedOnesAre) {
  EXPECT_EQ(CountOf("finding_tg", Man().Is("tg_fasting_mgdl", ValueState::kInvalid)), kNotInN);
  EXPECT_EQ(CountOf("finding_tg", Man().Has("tg_fasting_mgdl", "10", ValueState::kMarkedLow)), kNo);
  EXPECT_EQ(CountOf("finding_tg", Man().Has("tg_fasting_mgdl", "2000", ValueState::kMarkedHigh)),
            kYes);
  const auto& tg = BuiltIn()->items().columns()[static_cast<size_t>(
      BuiltIn()->items().ColumnOf("tg_fasting_mgdl").value())];
  EXPECT_EQ(tg.min, 10);  // the open range: 10 and 2100 are outside without a mark
  EXPECT_EQ(tg.max, 2000);
}

TEST(Findings, Row21MarkWithoutNumberLiesBeyondEveryThreshold) {
  const Someone high = Man().Is("tg_fasting_mgdl", ValueState::kAboveRange).Has("hdl_mgdl", "60");
  EXPECT_EQ(CountOf("finding_tg", high), kYes);
  EXPECT_EQ(CountOf("finding_lipid_ref", high), kYes);
  EXPECT_EQ(CountOf("finding_hdl", Man().Is("hdl_mgdl", ValueState::kBelowRange)), kYes);
  EXPECT_EQ(CountOf("finding_hdl", Man().Is("hdl_mgdl", ValueState::kAboveRange)), kNo);
}

TEST(Findings, Row22HdlBelowForty) {
  EXPECT_EQ(CountOf("finding_hdl", Man().Has("hdl_mgdl", "39")), kYes);
  EXPECT_EQ(CountOf("finding_hdl", Man().Has("hdl_mgdl", "40")), kNo);
  const Someone rest = Man().Has("tg_fasting_mgdl", "100");
  EXPECT_EQ(CountOf("finding_lipid_ref", rest.Has("hdl_mgdl", "34")), kYes);
  EXPECT_EQ(CountOf("finding_lipid_ref", rest.Has("hdl_mgdl", "35")), kNo);
}

TEST(Findings, Row25CasualGlucoseSoonAfterAMealIsNotUsed) {
  const Someone casual = Man().Has("casual_glucose_mgdl", "150");
  EXPECT_EQ(CountOf("finding_glu", casual.Answers("meal_time", 4)), kNotInN);
  EXPECT_EQ(CountOf("finding_glu", casual.Answers("meal_time", 3)), kYes);
  EXPECT_EQ(CountOf("finding_glu", casual), kYes);
  EXPECT_EQ(CountOf("finding_glu", casual.Answers("meal_time", 4).Has("fpg_mgdl", "99")), kNo);
}

TEST(Findings, Row23GlucoseFindingTakesWhateverWasMeasured) {
  EXPECT_EQ(CountOf("finding_glu", Man().Has("fpg_mgdl", "99").Has("hba1c_ngsp_pct", "5.6")), kYes);
  EXPECT_EQ(CountOf("finding_glu", Man().Has("fpg_mgdl", "99")), kNo);
  EXPECT_EQ(CountOf("finding_glu",
                    Man().Has("fpg_mgdl", "99").Is("hba1c_ngsp_pct", ValueState::kUnmeasurable)),
            kNo);
  EXPECT_EQ(CountOf("finding_glu", Man().Is("fpg_mgdl", ValueState::kNotDone)), kNotInN);
  EXPECT_EQ(CountOf("finding_glu_ref", Man().Has("fpg_mgdl", "125").Has("hba1c_ngsp_pct", "6.5")),
            kYes);
  EXPECT_EQ(CountOf("finding_glu_ref", Man().Has("fpg_mgdl", "125")), kNo);
  EXPECT_EQ(CountOf("finding_glu_ref", Man().Has("fpg_mgdl", "126")), kYes);
}

TEST(Findings, Row27HbA1cInJdsIsConverted) {
  const FiscalYear year(2010);
  EXPECT_EQ(CountOf("finding_glu", Man().Has("hba1c_jds_pct", "5.1"), year), kNo);
  EXPECT_EQ(CountOf("finding_glu", Man().Has("hba1c_jds_pct", "5.2"), year), kYes);
  EXPECT_EQ(CountOf("finding_glu_ref", Man().Has("hba1c_jds_pct", "6.0"), year), kNo);
  EXPECT_EQ(CountOf("finding_glu_ref", Man().Has("hba1c_jds_pct", "6.1"), year), kYes);
  // A value of its own stands.
  EXPECT_EQ(
      CountOf("finding_glu", Man().Has("hba1c_jds_pct", "5.2").Has("hba1c_ngsp_pct", "5.5"), year),
      kNo);
}

TEST(Findings, LiverIsAnyOfThreeAndNoNeedsAllThree) {
  const Someone two = Man().Has("ast_ul", "30").Has("alt_ul", "30");
  EXPECT_EQ(CountOf("finding_liver", two), kNotInN);
  EXPECT_EQ(CountOf("finding_liver", two.Has("ggt_ul", "50")), kNo);
  EXPECT_EQ(CountOf("finding_liver", two.Has("ggt_ul", "51")), kYes);
  EXPECT_EQ(CountOf("finding_liver", Man().Has("ast_ul", "31")), kYes);
  EXPECT_EQ(CountOf("finding_liver", Man().Has("alt_ul", "31")), kYes);
  EXPECT_EQ(CountOf("finding_liver_ref",
                    Man().Has("ast_ul", "50").Has("alt_ul", "50").Has("ggt_ul", "100")),
            kNo);
  EXPECT_EQ(CountOf("finding_liver_ref", Man().Has("ggt_ul", "101")), kYes);
  EXPECT_EQ(CountOf("finding_liver_ref", Man().Has("alt_ul", "51")), kYes);
  EXPECT_EQ(CountOf("finding_ast", Man().Has("ast_ul", "31")), kYes);
  EXPECT_EQ(CountOf("finding_alt", Man().Has("alt_ul", "30")), kNo);
  EXPECT_EQ(CountOf("finding_ggt", Man().Has("ggt_ul", "51")), kYes);
}

TEST(Questionnaire, Row50SmokingCodeMeansSomethingOnlyInItsList) {
  EXPECT_EQ(CountOf("q_smoke", Man().Answers("q08_smoking", 2, ".6.2003")), kNo);
  EXPECT_EQ(CountOf("q_smoke", Man().Answers("q08_smoking", 2, ".6.24060")), kNo);
  EXPECT_EQ(CountOf("q_smoke", Man().Answers("q08_smoking", 1, ".6.2003")), kYes);
  EXPECT_EQ(CountOf("q_smoke", Man().Answers("q08_smoking", 1, ".6.24060")), kYes);
  EXPECT_EQ(CountOf("q_smoke", Man().Answers("q08_smoking", 3, ".6.24060")), kNo);
}

TEST(Questionnaire, Row51DroppedCodeIsNotInN) {
  const int column = BuiltIn()->items().ColumnOf("q08_smoking").value();
  const auto& before = BuiltIn()->items().columns()[static_cast<size_t>(column)].lists[1];
  EXPECT_EQ(before.oid, "1.2.392.200119.6.2003");
  EXPECT_EQ(before.codes, (std::vector<int>{1, 2}));
  EXPECT_EQ(CountOf("q_smoke", Man().Is("q08_smoking", ValueState::kInvalid)), kNotInN);
}

TEST(Medication, AnyYesDecidesAndNoNeedsAllThree) {
  EXPECT_EQ(CountOf("drug_rate", Man().Answers("q03_med_lipid", 1)), kYes);
  EXPECT_EQ(CountOf("drug_rate", Man().Answers("q01_med_bp", 2).Answers("q02_med_glucose", 2)),
            kNotInN);
  EXPECT_EQ(CountOf("drug_rate", OnNoDrug(Man())), kNo);
  EXPECT_EQ(CountOf("drug_bp", Man().Answers("q01_med_bp", 1)), kYes);
  EXPECT_EQ(CountOf("drug_glucose", Man().Answers("q01_med_bp", 1)), kNotInN);
  EXPECT_EQ(CountOf("drug_lipid", OnNoDrug(Man())), kNo);
}

TEST(Participation, Row64To66CountWholeYearInsuredOnly) {
  using policy::consent::kEligibleBit;
  using policy::consent::kExaminedBit;
  using policy::consent::kWorkplaceSourceBit;
  const Someone man = Man(45).Has("waist_cm", "90.0");
  // Insured until September, or excluded: no longer eligible, but examined.
  EXPECT_EQ(CountOf("checkup_rate", man.WithFacts(kExaminedBit)), kNotInN);
  EXPECT_EQ(CountOf("finding_waist", man.WithFacts(kExaminedBit)), kYes);
  EXPECT_EQ(CountOf("checkup_rate", man.WithFacts(kEligibleBit)), kNo);
  EXPECT_EQ(
      CountOf("checkup_rate", man.WithFacts(kEligibleBit | kExaminedBit | kWorkplaceSourceBit)),
      kYes);
}

}  // namespace
}  // namespace renkei::agents::evaluate
