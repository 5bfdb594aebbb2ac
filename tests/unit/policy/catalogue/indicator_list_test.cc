// Every indicator of the project's list exists in the catalogue, as a measure, as a table of
// measures, or as a function of released counts.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_split.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::policy::catalogue {
namespace {

constexpr char kIndicators[] =
    "checkup_rate guidance_target_rate guidance_active_rate guidance_motiv_rate "
    "tier_medicated guidance_complete_rate guidance_use_rate mets_rate premets_rate "
    "mets_total_rate mets_decline finding_waist finding_bmi finding_vfa finding_bp "
    "finding_bp_ref finding_bp_urgent finding_glu finding_glu_ref finding_hba1c65 "
    "finding_hba1c80 finding_tg finding_tg_ref finding_hdl finding_hdl_ref finding_ldl "
    "finding_ldl_ref finding_nonhdl finding_nonhdl_ref finding_lipid finding_lipid_ref "
    "finding_ast finding_ast_ref finding_alt finding_alt_ref finding_ggt finding_ggt_ref "
    "finding_liver finding_liver_ref finding_egfr finding_egfr_ref finding_uprot finding_uglu "
    "finding_hb finding_hb8 finding_ua finding_bp_shiseido finding_glu_shiseido "
    "finding_lipid_shiseido map_A1 map_A2 map_A3 map_A4 map_B1 map_B2 map_B3 map_B4 "
    "improve_rate worsen_rate continue_rate consecutive4 new_exam new_next_year "
    "transition_level q_smoke q_exsmoke q_w20 q_noexercise q_exercise q_inactive q_slowwalk "
    "q_chew q_fast q_latedinner q_snack q_nobreakfast q_drinkdaily q_sleep_bad q_nostage "
    "q_guid_hist q_riskdrink4 q_drink_shiseido drug_rate drug_bp drug_glucose drug_lipid "
    "cost_per_capita cost_per_patient visit_rate_100 absence_rate cancer_stomach cancer_lung "
    "cancer_colon cancer_breast cancer_cervix std_ratio adj_rate ";

TEST(Indicators, AllOfTheListAreInTheCatalogue) {
  const auto catalogue = Catalogue::LoadBuiltIn().value();
  std::set<std::string> known;
  for (const v1::Measure& measure : catalogue->definitions().measure()) known.insert(measure.id());
  for (const v1::Cross& cross : catalogue->definitions().cross()) {
    known.insert(cross.measure().id());
  }
  for (const v1::DerivedIndicator& derived : catalogue->definitions().derived()) {
    known.insert(derived.id());
  }
  int listed = 0;
  for (const absl::string_view id : absl::StrSplit(kIndicators, ' ', absl::SkipEmpty())) {
    EXPECT_TRUE(known.contains(std::string(id))) << id;
    ++listed;
  }
  EXPECT_EQ(listed, 97);
}

TEST(Indicators, NoTwoMeasuresHaveOneName) {
  std::set<std::string> ja;
  std::set<std::string> en;
  const auto catalogue = Catalogue::LoadBuiltIn().value();
  for (const v1::Measure& measure : catalogue->definitions().measure()) {
    EXPECT_TRUE(ja.insert(measure.name_ja()).second) << measure.name_ja();
    EXPECT_TRUE(en.insert(measure.name_en()).second) << measure.name_en();
  }
}

}  // namespace
}  // namespace renkei::policy::catalogue
