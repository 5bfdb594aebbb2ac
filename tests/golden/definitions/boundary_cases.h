// The persons of the boundary cases of definitions 14, and what is asked of them.
//
// Where a case is asserted; the number stands in the name of the test.
//   findings_test            7-12, 15-27, 50, 51, 64-66; 13, 14: that the pairing is stated
//   further_findings_test    22 (le39), 23 (any), 56-58
//   questionnaire_test       50, 52-55
//   tiering_test             1-6 (plain rule), 23-26, 28-47, 59-61, 72-74
//   years_test               48, 49; 19: marked values are in no sum
//   golden/hub/indicators    62, 63, 71
// Elsewhere, because the value never comes here or is decided before:
//   unit/agents/intake       13, 14 (which reading counts), 18-21 and 51 (ranges, marks, codes)
//   unit/agents/cohort       64-68 (roster, exclusions, which of two examinations, unknown area)
//   unit/policy/catalogue    69, 70 (areas by year)
// Not in this version: the legal age rule of 2 and 4, and 75 (no NDB file is read).
#pragma once

#include "tests/unit/agents/evaluate/rows_for_tests.h"

namespace renkei::agents::evaluate {

inline const CataloguePtr& BuiltIn() {
  static const auto* const kCatalogue =
      new CataloguePtr(policy::catalogue::Catalogue::LoadBuiltIn().value());
  return *kCatalogue;
}

inline Someone Man(int age = 50) { return Someone(BuiltIn(), 0, age); }
inline Someone Woman(int age = 50) { return Someone(BuiltIn(), 1, age); }

inline Someone OnNoDrug(const Someone& someone) {
  return someone.Answers("q01_med_bp", 2).Answers("q02_med_glucose", 2).Answers("q03_med_lipid", 2);
}
inline Someone Smoker(const Someone& someone) {
  return someone.Answers("q08_smoking", 1, ".6.24060");
}
inline Someone NonSmoker(const Someone& someone) {
  return someone.Answers("q08_smoking", 3, ".6.24060");
}

// Everything measured and inside the reference range, no drug, no smoking.
inline Someone Normal(const Someone& someone) {
  return NonSmoker(OnNoDrug(someone.Has("waist_cm", "80.0")
                                .Has("bmi", "22.0")
                                .Has("sbp_mmhg", "120")
                                .Has("dbp_mmhg", "75")
                                .Has("tg_fasting_mgdl", "100")
                                .Has("hdl_mgdl", "60")
                                .Has("fpg_mgdl", "90")));
}

// Row 28: M 50, waist 86, SBP 135, smoker, others normal, no drugs.
inline Someone Row28(int age = 50) {
  return Smoker(Normal(Man(age)).Has("waist_cm", "86.0").Has("sbp_mmhg", "135"));
}
// Row 33: F 50, waist 80, BMI 26, TG 160, FPG 105, SBP 120.
inline Someone Row33() {
  return Normal(Woman()).Has("bmi", "26.0").Has("tg_fasting_mgdl", "160").Has("fpg_mgdl", "105");
}
// Row 36: waist absent, BMI 27, SBP 140, TG 160, HDL 50, FPG 90, non-smoker, no drugs.
inline Someone Row36(int age = 50) {
  return Normal(Man(age))
      .Without("waist_cm")
      .Has("bmi", "27.0")
      .Has("sbp_mmhg", "140")
      .Has("tg_fasting_mgdl", "160")
      .Has("hdl_mgdl", "50");
}

enum class Level { kActive = 1, kMotivational = 2, kInformation = 3, kUndecidable = 4 };

inline void PrintTo(Level level, std::ostream* out) { *out << "level " << static_cast<int>(level); }

inline Level LevelOf(const Someone& someone) {
  switch (CountOf("guidance_target_rate", someone)) {
    case Counted::kNotInN:
      return Level::kUndecidable;
    case Counted::kNo:
      return Level::kInformation;
    case Counted::kYes:
      break;
  }
  return CountOf("guidance_active_rate", someone) == Counted::kYes ? Level::kActive
                                                                   : Level::kMotivational;
}

// "metabolic", "pre", "none" or "undecidable".
inline std::string JudgementOf(const Someone& someone) {
  switch (CountOf("mets_total_rate", someone)) {
    case Counted::kNotInN:
      return "undecidable";
    case Counted::kNo:
      return "none";
    case Counted::kYes:
      break;
  }
  return CountOf("mets_rate", someone) == Counted::kYes ? "metabolic" : "pre";
}

// "A1" to "B4", or "undecided".
inline std::string MapCellOf(const Someone& someone) {
  for (const char* cell : {"A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"}) {
    if (CountOf(std::string("map_") + cell, someone) == Counted::kYes) return cell;
  }
  return CountOf("map_A1", someone) == Counted::kNotInN ? "undecided" : "no cell";
}

}  // namespace renkei::agents::evaluate
