// The further findings: every edge of definitions 4 from both sides, and who is in n.
#include <gtest/gtest.h>

#include "policy/catalogue/catalogue.h"
#include "tests/golden/definitions/boundary_cases.h"

namespace renkei::agents::evaluate {
namespace {

using policy::catalogue::ValueState;

constexpr Counted kYes = Counted::kYes;
constexpr Counted kNo = Counted::kNo;
constexpr Counted kNotInN = Counted::kNotInN;

TEST(FurtherFindings, CountFromTheirEdgeOnAndNotBelow) {
  const struct {
    const char* measure;
    const char* item;
    int sex;
    const char* no;
    const char* yes;
  } kEdges[] = {
      {"finding_vfa", "vfa_cm2", 1, "99.9", "100.0"},
      {"finding_hba1c65", "hba1c_ngsp_pct", 0, "6.4", "6.5"},
      {"finding_hba1c80", "hba1c_ngsp_pct", 0, "7.9", "8.0"},
      {"finding_tg_ref", "tg_fasting_mgdl", 0, "299", "300"},
      {"finding_tg_ref", "tg_casual_mgdl", 0, "299", "300"},
      {"finding_hdl_ref", "hdl_mgdl", 0, "35", "34"},
      {"finding_ldl", "ldl_mgdl", 0, "119", "120"},
      {"finding_ldl_ref", "ldl_mgdl", 0, "139", "140"},
      {"finding_nonhdl", "non_hdl_mgdl", 0, "149", "150"},
      {"finding_nonhdl_ref", "non_hdl_mgdl", 0, "169", "170"},
      {"finding_ast_ref", "ast_ul", 0, "50", "51"},
      {"finding_alt_ref", "alt_ul", 0, "50", "51"},
      {"finding_ggt_ref", "ggt_ul", 0, "100", "101"},
      {"finding_egfr", "egfr", 0, "60.0", "59.9"},
      {"finding_egfr_ref", "egfr", 0, "45.0", "44.9"},
      {"finding_hb", "hemoglobin_gdl", 0, "13.1", "13.0"},
      {"finding_hb", "hemoglobin_gdl", 1, "12.1", "12.0"},
      {"finding_hb8", "hemoglobin_gdl", 1, "8.0", "7.9"},
      {"finding_ua", "uric_acid_mgdl", 0, "7.0", "7.1"},
      {"finding_bp_urgent", "sbp_mmhg", 0, "", "160"},
      {"finding_bp_urgent", "dbp_mmhg", 0, "", "100"},
  };
  for (const auto& edge : kEdges) {
    const Someone someone(BuiltIn(), edge.sex, 50);
    EXPECT_EQ(CountOf(edge.measure, someone), kNotInN) << edge.measure;
    EXPECT_EQ(CountOf(edge.measure, someone.Has(edge.item, edge.yes)), kYes) << edge.measure;
    EXPECT_EQ(CountOf(edge.measure, someone.Is(edge.item, ValueState::kNotDone)), kNotInN)
        << edge.measure;
    if (edge.no[0] == '\0') continue;
    EXPECT_EQ(CountOf(edge.measure, someone.Has(edge.item, edge.no)), kNo) << edge.measure;
  }
  EXPECT_EQ(CountOf("finding_bp_urgent", Man().Has("sbp_mmhg", "159").Has("dbp_mmhg", "99")), kNo);
  EXPECT_EQ(CountOf("finding_bp_urgent", Man().Has("sbp_mmhg", "159")), kNotInN);
  EXPECT_EQ(
      CountOf("finding_tg_ref", Man().Has("tg_fasting_mgdl", "299").Has("tg_casual_mgdl", "400")),
      kNo);
}

TEST(FurtherFindings, Row56And57UrineCountsFromOnePlus) {
  for (const auto& [measure, item] :
       {std::pair("finding_uprot", "urine_protein"), std::pair("finding_uglu", "urine_glucose")}) {
    EXPECT_EQ(CountOf(measure, Man().Is(item, ValueState::kNotDone)), kNotInN);
    EXPECT_EQ(CountOf(measure, Man().Is(item, ValueState::kUnmeasurable)), kNotInN);
    EXPECT_EQ(CountOf(measure, Man().Answers(item, 1)), kNo);
    EXPECT_EQ(CountOf(measure, Man().Answers(item, 2)), kNo);  // the case ±
    for (const int code : {3, 4, 5}) EXPECT_EQ(CountOf(measure, Man().Answers(item, code)), kYes);
  }
}

// A measure of the test's own that counts a named condition of the catalogue.
CataloguePtr WithMeasureOf(const std::string& numerator) {
  auto files =
      policy::catalogue::ReadCatalogueFolder(std::string(RENKEI_SOURCE_DIR) + "/policy/catalogue")
          .value();
  files.push_back({"variant.textproto",
                   "measure { id: \"variant\" version: 1 name_ja: \"v\" name_en: \"v\" family: "
                   "\"checkup\" population { fact: FACT_EXAMINED } numerator { " +
                       numerator + " } source: \"definitions 14\" }"});
  return policy::catalogue::Catalogue::Load(std::move(files)).value();
}

TEST(FurtherFindings, Row58HaemoglobinsReferralEdgeIsAParameter) {
  const Someone woman = Woman().Has("hemoglobin_gdl", "12.0");
  EXPECT_EQ(CountOf("finding_hb", woman), kYes);
  const CataloguePtr lt = WithMeasureOf("ref: \"hb_referral_lt\"");
  const CataloguePtr le = WithMeasureOf("ref: \"hb_referral_le\"");
  EXPECT_EQ(CountOf("variant", Someone(lt, 1, 50).Has("hemoglobin_gdl", "12.0")), kNo);
  EXPECT_EQ(CountOf("variant", Someone(lt, 1, 50).Has("hemoglobin_gdl", "11.0")), kNo);
  EXPECT_EQ(CountOf("variant", Someone(le, 1, 50).Has("hemoglobin_gdl", "11.0")), kYes);
  EXPECT_EQ(CountOf("variant", Someone(lt, 0, 50).Has("hemoglobin_gdl", "11.9")), kYes);
}

TEST(FurtherFindings, Row22And23OtherReadingsOfHdlAndGlucose) {
  // hdl_rule = le39. The item has no decimals, so that 39.5 does not occur in a file.
  const CataloguePtr le39 =
      WithMeasureOf("compare { item: \"hdl_mgdl\" le { all: \"39\" } unit: \"mg/dL\" }");
  EXPECT_EQ(CountOf("variant", Someone(le39, 0, 50).Has("hdl_mgdl", "39")), kYes);
  EXPECT_EQ(CountOf("variant", Someone(le39, 0, 50).Has("hdl_mgdl", "40")), kNo);
  // glucose_precedence = any against fpg_first.
  const CataloguePtr any = WithMeasureOf("ref: \"glucose_any_guidance\"");
  const CataloguePtr first = WithMeasureOf("ref: \"glucose_first_guidance\"");
  EXPECT_EQ(
      CountOf("variant", Someone(any, 0, 50).Has("fpg_mgdl", "99").Has("hba1c_ngsp_pct", "5.6")),
      kYes);
  EXPECT_EQ(
      CountOf("variant", Someone(first, 0, 50).Has("fpg_mgdl", "99").Has("hba1c_ngsp_pct", "5.6")),
      kNo);
}

TEST(TreatedFindings, ADrugIsAFindingAndNoNeedsEveryPart) {
  EXPECT_EQ(CountOf("finding_bp_shiseido", Man().Answers("q01_med_bp", 1)), kYes);
  EXPECT_EQ(CountOf("finding_bp_shiseido", Man().Has("sbp_mmhg", "140")), kYes);
  const Someone normal = Man().Has("sbp_mmhg", "139").Has("dbp_mmhg", "89");
  EXPECT_EQ(CountOf("finding_bp_shiseido", normal), kNotInN);
  EXPECT_EQ(CountOf("finding_bp_shiseido", normal.Answers("q01_med_bp", 2)), kNo);

  EXPECT_EQ(CountOf("finding_glu_shiseido", Man().Answers("q02_med_glucose", 1)), kYes);
  EXPECT_EQ(CountOf("finding_glu_shiseido", Man().Has("hba1c_ngsp_pct", "6.5")), kYes);
  EXPECT_EQ(CountOf("finding_glu_shiseido", Man().Has("hba1c_ngsp_pct", "6.4")), kNotInN);
  EXPECT_EQ(CountOf("finding_glu_shiseido",
                    Man().Has("hba1c_ngsp_pct", "6.4").Answers("q02_med_glucose", 2)),
            kNo);

  const Someone lipids = Man()
                             .Has("ldl_mgdl", "139")
                             .Has("tg_fasting_mgdl", "149")
                             .Has("hdl_mgdl", "40")
                             .Answers("q03_med_lipid", 2);
  EXPECT_EQ(CountOf("finding_lipid_shiseido", lipids), kNo);
  EXPECT_EQ(CountOf("finding_lipid_shiseido", lipids.Without("hdl_mgdl")), kNotInN);
  EXPECT_EQ(CountOf("finding_lipid_shiseido", lipids.Has("ldl_mgdl", "140")), kYes);
  EXPECT_EQ(CountOf("finding_lipid_shiseido", lipids.Has("tg_fasting_mgdl", "150")), kYes);
  EXPECT_EQ(CountOf("finding_lipid_shiseido", lipids.Has("hdl_mgdl", "39")), kYes);
  EXPECT_EQ(CountOf("finding_lipid_shiseido", lipids.Answers("q03_med_lipid", 1)), kYes);
}

TEST(Relations, ExerciseOrNotDividesWhoeverAnswered) {
  for (const int answer : {1, 2}) {
    const Someone someone = Man().Answers("q10_exercise", answer);
    EXPECT_NE(CountOf("q_exercise", someone), CountOf("q_noexercise", someone));
    EXPECT_NE(CountOf("q_exercise", someone), kNotInN);
  }
  EXPECT_EQ(CountOf("q_exercise", Man()), kNotInN);
}

}  // namespace
}  // namespace renkei::agents::evaluate
