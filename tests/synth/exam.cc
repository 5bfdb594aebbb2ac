#include "tests/synth/exam.h"

namespace renkei::tests::synth {
namespace {

using enum Item;
constexpr const char* kYesNo = "2003";
constexpr const char* kUrine = "2102";

constexpr ItemRow Quantity(Item item, const char* column, const char* code, const char* name,
                           const char* unit, int decimals, int min, int max,
                           const char* method = nullptr, int first = 1, int last = 4,
                           Group group = Group::kNone) {
  return {item,      column,  code,    name,  "PQ", unit,   decimals, min * 100,
          max * 100, nullptr, nullptr, first, last, method, group};
}
constexpr ItemRow Coded(Item item, const char* column, const char* code, const char* name,
                        const char* list = kYesNo, int first = 1, int last = 4,
                        const char* list_before = nullptr, const char* type = "CD",
                        Group group = Group::kNone) {
  return {item, column, code,        name,  type, "",      0,    0,
          0,    list,   list_before, first, last, nullptr, group};
}

constexpr ItemRow kRows[] = {
    Quantity(kHeight, "height_cm", "9N001000000000001", "身長", "cm", 1, 100, 250),
    Quantity(kWeight, "weight_kg", "9N006000000000001", "体重", "kg", 1, 20, 250),
    Quantity(kBmi, "bmi", "9N011000000000001", "BMI", "kg/m2", 1, 10, 100),
    Quantity(kVfa, "vfa_cm2", "9N021000000000001", "内臓脂肪面積", "cm2", 1, 0, 0),
    Quantity(kWaist, "waist_cm", "9N016160100000001", "腹囲(実測)", "cm", 1, 40, 250, "9N01610000"),
    Quantity(kWaistReported, "waist_cm", "9N016160300000001", "腹囲(自己申告)", "cm", 1, 40, 250,
             "9N01630000"),
    Coded(kMedicalHistory, "medical_history_flag", "9N056000000000011", "既往歴", "2001"),
    Coded(kSubjectiveSymptom, "subjective_symptom_flag", "9N061000000000011", "自覚症状", "2001"),
    Coded(kObjectiveSign, "objective_sign_flag", "9N066000000000011", "他覚症状", "2001"),
    Quantity(kSbpOther, "sbp_mmhg", "9A755000000000001", "収縮期血圧(その他)", "mm[Hg]", 0, 60, 300,
             "9A75500009"),
    Quantity(kSbpSecond, "sbp_mmhg", "9A752000000000001", "収縮期血圧(2回目)", "mm[Hg]", 0, 60, 300,
             "9A75200000"),
    Quantity(kSbpFirst, "sbp_mmhg", "9A751000000000001", "収縮期血圧(1回目)", "mm[Hg]", 0, 60, 300,
             "9A75100000"),
    Quantity(kDbpOther, "dbp_mmhg", "9A765000000000001", "拡張期血圧(その他)", "mm[Hg]", 0, 30, 150,
             "9A76500009"),
    Quantity(kDbpSecond, "dbp_mmhg", "9A762000000000001", "拡張期血圧(2回目)", "mm[Hg]", 0, 30, 150,
             "9A76200000"),
    Quantity(kDbpFirst, "dbp_mmhg", "9A761000000000001", "拡張期血圧(1回目)", "mm[Hg]", 0, 30, 150,
             "9A76100000"),
    Coded(kMealTime, "meal_time", "9N141000000000011", "採血時間(食後)", "2202", 3),
    Quantity(kTgFasting, "tg_fasting_mgdl", "3F015000002327101", "空腹時中性脂肪", "mg/dL", 0, 10,
             2000, "3F01510000"),
    Quantity(kTgCasual, "tg_casual_mgdl", "3F015129902327101", "随時中性脂肪", "mg/dL", 0, 10, 2000,
             nullptr, 4),
    Quantity(kHdl, "hdl_mgdl", "3F070000002327101", "HDLコレステロール", "mg/dL", 0, 10, 500,
             "3F07010000"),
    Quantity(kLdl, "ldl_mgdl", "3F077000002327101", "LDLコレステロール", "mg/dL", 0, 20, 1000,
             "3F07710000"),
    Quantity(kNonHdl, "non_hdl_mgdl", "3F069000002391901", "Non-HDLコレステロール", "mg/dL", 0, 0,
             0, "3F06910000", 3),
    Quantity(kAst, "ast_ul", "3B035000002327201", "AST(GOT)", "U/L", 0, 0, 1000, "3B03510000"),
    Quantity(kAlt, "alt_ul", "3B045000002327201", "ALT(GPT)", "U/L", 0, 0, 1000, "3B04510000"),
    Quantity(kGgt, "ggt_ul", "3B090000002327101", "γ-GT(γ-GTP)", "U/L", 0, 0, 1000, "3B09010000"),
    Quantity(kFpg, "fpg_mgdl", "3D010000001926101", "空腹時血糖", "mg/dL", 0, 20, 600,
             "3D01010000"),
    Quantity(kCasualGlucose, "casual_glucose_mgdl", "3D010129901926101", "随時血糖", "mg/dL", 0, 20,
             600, "3D01010000", 3),
    Quantity(kHba1cNgsp, "hba1c_ngsp_pct", "3D046000001906202", "HbA1c(NGSP値)", "%", 1, 3, 20,
             "3D04610000", 2),
    Quantity(kHba1cJds, "hba1c_jds_pct", "3D045000001906202", "HbA1c", "%", 1, 3, 20, nullptr, 1,
             1),
    Coded(kUrineGlucose, "urine_glucose", "1A020000000191111", "尿糖", kUrine, 1, 4, nullptr, "CO"),
    Coded(kUrineProtein, "urine_protein", "1A010000000191111", "尿蛋白", kUrine, 1, 4, nullptr,
          "CO"),
    Quantity(kCreatinine, "creatinine_mgdl", "3C015000002327101", "血清クレアチニン", "mg/dL", 2, 0,
             0, "3C01510000", 3),
    Quantity(kEgfr, "egfr", "8A065000002391901", "eGFR", "mL/min/1.73m2", 1, 0, 0, nullptr, 3),
    Quantity(kHematocrit, "hematocrit_pct", "2A040000001930102", "ヘマトクリット値", "%", 1, 0, 99,
             nullptr, 1, 4, Group::kAnaemia),
    Quantity(kHemoglobin, "hemoglobin_gdl", "2A030000001930101", "血色素量(ヘモグロビン値)", "g/dL",
             1, 0, 30, nullptr, 1, 4, Group::kAnaemia),
    Quantity(kRbc, "rbc", "2A020000001930101", "赤血球数", "10*4/mm3", 0, 0, 1000, nullptr, 1, 4,
             Group::kAnaemia),
    Coded(kEcg, "ecg_finding", "9A110160700000011", "心電図(所見の有無)", "2002", 1, 4, nullptr,
          "CD", Group::kEcg),
    Coded(kDrugPressure, "q01_med_bp", "9N701000000000011", "服薬1(血圧)"),
    Coded(kDrugGlucose, "q02_med_glucose", "9N706000000000011", "服薬2(血糖)"),
    Coded(kDrugLipid, "q03_med_lipid", "9N711000000000011", "服薬3(脂質)"),
    Coded(kStroke, "q04_hist_stroke", "9N716000000000011", "既往歴1(脳血管)"),
    Coded(kHeart, "q05_hist_heart", "9N721000000000011", "既往歴2(心血管)"),
    Coded(kKidney, "q06_hist_kidney", "9N726000000000011", "既往歴3(腎不全・人工透析)"),
    Coded(kAnaemia, "q07_anemia", "9N731000000000011", "貧血"),
    Coded(kSmoking, "q08_smoking", "9N736000000000011", "喫煙", "24060", 1, 4, kYesNo),
    Coded(kWeightGain, "q09_weight_gain10", "9N741000000000011", "20歳からの体重変化"),
    Coded(kExercise, "q10_exercise", "9N746000000000011", "30分以上の運動習慣"),
    Coded(kActivity, "q11_activity", "9N751000000000011", "歩行又は身体活動"),
    Coded(kWalkFast, "q12_walk_fast", "9N756000000000011", "歩行速度"),
    Coded(kChewing, "q13_chewing", "9N872000000000011", "咀嚼", "18030", 3),
    Coded(kWeightChangeOld, "q13_old_weight_change", "9N761000000000011", "1年間の体重変化", kYesNo,
          1, 2),
    Coded(kEatingSpeed, "q14_eating_speed", "9N766000000000011", "食べ方1(早食い等)", "2004"),
    Coded(kLateDinner, "q15_late_dinner", "9N771000000000011", "食べ方2(就寝前)"),
    Coded(kSnack, "q16_snack", "9N782000000000011", "食べ方3(間食)", "18040", 3),
    Coded(kNightSnackOld, "q16_old_night_snack", "9N776000000000011", "食べ方3(夜食/間食)", kYesNo,
          1, 2),
    Coded(kSkipBreakfast, "q17_skip_breakfast", "9N781000000000011", "食習慣"),
    Coded(kDrinkFrequency, "q18_drink_freq", "9N786000000000011", "飲酒", "24040", 1, 4, "2005"),
    Coded(kDrinkAmount, "q19_drink_amount", "9N791000000000011", "飲酒量", "24050", 1, 4, "2006",
          "CO"),
    Coded(kSleepRest, "q20_sleep_rest", "9N796000000000011", "睡眠"),
    Coded(kStage, "q21_stage", "9N801000000000011", "生活習慣の改善", "2007"),
    Coded(kGuidanceHistory, "q22_guidance_history", "9N808000000000011", "特定保健指導の受診歴",
          kYesNo, 4),
    Coded(kWantsGuidanceOld, "q22_old_wants_guidance", "9N806000000000011", "保健指導の希望",
          kYesNo, 1, 3),
    Quantity(kUricAcid, "uric_acid_mgdl", "3C020000002327101", "血清尿酸", "mg/dL", 1, 0, 0),
};
static_assert(std::size(kRows) == kItemCount);

}  // namespace

std::span<const ItemRow> Items() { return kRows; }

const ItemRow& RowOf(Item item) { return kRows[static_cast<int>(item)]; }

Reading ReadingOf(Item item, std::optional<int32_t> hundredths, Mark mark) {
  const ItemRow& row = RowOf(item);
  if (!hundredths) {
    if (mark == Mark::kHigh) return {Reading::State::kMarkedHigh, false, 0};
    if (mark == Mark::kLow) return {Reading::State::kMarkedLow, false, 0};
    return {};
  }
  if (row.max_hundredths == 0) return Reading::Of(*hundredths);
  if (*hundredths > row.min_hundredths && *hundredths < row.max_hundredths) {
    return Reading::Of(*hundredths);
  }
  if (mark == Mark::kHigh && *hundredths >= row.max_hundredths) {
    return {Reading::State::kMarkedHigh, true, *hundredths};
  }
  if (mark == Mark::kLow && *hundredths <= row.min_hundredths) {
    return {Reading::State::kMarkedLow, true, *hundredths};
  }
  return {Reading::State::kInvalid, false, 0};
}

}  // namespace renkei::tests::synth
