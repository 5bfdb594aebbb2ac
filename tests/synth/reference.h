// The slow and obvious reading of the definitions (definitions 3-8) on one person's measured
// values: the reference that faster code is compared with, and the generator's own proof.
// It is written from the text alone, shares nothing with the catalogue and is never fast.
// Parameters are the defaults: glucose any for findings, FPG first for tiering, HDL < 40,
// missing inputs by completions, the judgement without casual triglycerides.
#pragma once

#include <optional>

#include "tests/synth/exam.h"

namespace renkei::tests::synth {

enum class Truth { kNo, kYes, kUnknown };
enum class Level { kGuidance, kReferral };  // 保健指導判定値, 受診勧奨判定値

Truth Not(Truth a);
Truth Or(Truth a, Truth b);

// Section 3. SBP and DBP of the first complete pair; without one the best single values.
struct PressurePair {
  Reading sbp;
  Reading dbp;
  bool paired = false;
};
PressurePair ChosenPressure(const Exam& exam);
Reading ChosenWaist(const Exam& exam);
// Stored, else computed from weight and height, half up to one decimal.
Reading ChosenBmi(const Exam& exam);
// NGSP, converted from JDS where only that was measured.
Reading ChosenHba1c(const Exam& exam);
int NgspFromJds(int jds_hundredths);

// Section 4.
Truth FindingWaist(Sex sex, const Exam& exam);
Truth FindingBmi(const Exam& exam);
Truth FindingPressure(const Exam& exam, Level level);
Truth FindingGlucose(const Exam& exam, Level level);  // rule any
Truth TieringGlucose(const Exam& exam);               // rule fpg_first
Truth FindingTriglycerides(const Exam& exam, Level level);
Truth FindingHdl(const Exam& exam, Level level);
Truth HdlAtMost39(const Exam& exam);  // rule le39 of the map
Truth FindingLipid(const Exam& exam, Level level);
Truth FindingLiver(const Exam& exam, Level level);
Truth Smokes(const Exam& exam);
Truth OnDrug(const Exam& exam, Item drug);
Truth OnAnyDrug(const Exam& exam);

// Section 5.
enum class Tier { kActive = 1, kMotivational = 2, kInformation = 3, kUndecidable = 4 };
struct Tiering {
  Tier level = Tier::kUndecidable;
  // Would be level 1 or 2, taken out by a drug: in every completion of what is missing.
  bool medicated = false;
};
// Nothing below 40 and above 74; age at the end of the fiscal year.
std::optional<Tiering> TieringOf(Sex sex, int age, const Exam& exam);

// Section 6: 1 該当, 2 予備群, 3 非該当, 4 undecidable.
int MetabolicJudgement(Sex sex, const Exam& exam);

// Section 7: A1..A4, B1..B4.
struct MapCell {
  bool obese = false;
  int level = 0;
  bool operator==(const MapCell&) const = default;
};
std::optional<MapCell> HealthMapCell(Sex sex, const Exam& exam);

// Section 8, from the cells of two years.
enum class Change { kNotInDenominator, kNo, kYes };
Change Improved(MapCell before, MapCell after);
Change Worsened(MapCell before, MapCell after);

}  // namespace renkei::tests::synth
