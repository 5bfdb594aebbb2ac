#include "tests/synth/reference.h"

#include <array>
#include <vector>

namespace renkei::tests::synth {
namespace {

using enum Item;
using State = Reading::State;

Truth Of(bool b) { return b ? Truth::kYes : Truth::kNo; }

// value >= threshold; the threshold in whole units or tenths, given in hundredths.
Truth AtLeast(const Reading& reading, int threshold_hundredths) {
  if (!reading.usable()) return Truth::kUnknown;
  if (reading.has_number) return Of(reading.number >= threshold_hundredths);
  return Of(reading.state == State::kMarkedHigh);
}

Truth Below(const Reading& reading, int threshold_hundredths) {
  return Not(AtLeast(reading, threshold_hundredths));
}

Truth AtMost(const Reading& reading, int threshold_hundredths) {
  return Not(AtLeast(reading, threshold_hundredths + 1));
}

// Casual glucose counts only when the blood was not drawn within 3.5 hours of a meal.
Reading ValidCasualGlucose(const Exam& exam) {
  const Reading& meal = exam[kMealTime];
  if (meal.usable() && meal.number == 4) return {};
  return exam[kCasualGlucose];
}

// The waist condition of tiering and judgement: visceral fat stands in when there is no waist.
Truth WaistOrVfa(Sex sex, const Exam& exam) {
  if (ChosenWaist(exam).usable()) return FindingWaist(sex, exam);
  return AtLeast(exam[kVfa], 10000);
}

// Every way to fill in what is unknown.
std::vector<std::vector<bool>> Completions(const std::vector<Truth>& inputs) {
  std::vector<std::vector<bool>> out = {{}};
  for (Truth t : inputs) {
    std::vector<std::vector<bool>> next;
    for (const std::vector<bool>& so_far : out) {
      for (bool value : {false, true}) {
        if (t == Of(!value)) continue;
        next.push_back(so_far);
        next.back().push_back(value);
      }
    }
    out = next;
  }
  return out;
}

Tier TierBeforeDrugs(bool waist, bool bmi, int findings, bool smokes, int age) {
  const int group = waist ? 1 : bmi ? 2 : 0;
  const int risks = findings + (smokes && findings >= 1 ? 1 : 0);
  if (group == 0 || risks == 0) return Tier::kInformation;
  const bool intensive = group == 1 ? risks >= 2 : risks >= 3;
  return intensive && age < 65 ? Tier::kActive : Tier::kMotivational;
}

}  // namespace

Truth Not(Truth a) {
  if (a == Truth::kUnknown) return a;
  return a == Truth::kYes ? Truth::kNo : Truth::kYes;
}

Truth Or(Truth a, Truth b) {
  if (a == Truth::kYes || b == Truth::kYes) return Truth::kYes;
  if (a == Truth::kNo && b == Truth::kNo) return Truth::kNo;
  return Truth::kUnknown;
}

PressurePair ChosenPressure(const Exam& exam) {
  constexpr std::array<std::pair<Item, Item>, 3> kOrder = {
      {{kSbpOther, kDbpOther}, {kSbpSecond, kDbpSecond}, {kSbpFirst, kDbpFirst}}};
  for (auto [sbp, dbp] : kOrder) {
    if (exam[sbp].usable() && exam[dbp].usable()) return {exam[sbp], exam[dbp], true};
  }
  PressurePair single;
  for (auto [sbp, dbp] : kOrder) {
    if (!single.sbp.usable()) single.sbp = exam[sbp];
    if (!single.dbp.usable()) single.dbp = exam[dbp];
  }
  return single;
}

Reading ChosenWaist(const Exam& exam) {
  return exam[kWaist].usable() ? exam[kWaist] : exam[kWaistReported];
}

Reading ChosenBmi(const Exam& exam) {
  if (exam[kBmi].usable()) return exam[kBmi];
  const Reading& weight = exam[kWeight];
  const Reading& height = exam[kHeight];
  if (weight.state != State::kValid || height.state != State::kValid) return {};
  // Weight and height in hundredths: tenths of kg/m^2 = weight * 10^7 / height^2, half up.
  const int64_t square = int64_t{height.number} * height.number;
  const int64_t tenths = (2 * int64_t{weight.number} * 10'000'000 + square) / (2 * square);
  return Reading::Of(static_cast<int32_t>(tenths * 10));
}

int NgspFromJds(int jds_hundredths) {
  // 1.02 * JDS + 0.25 in ten-thousandths, then half up to tenths.
  const int ten_thousandths = 102 * jds_hundredths + 2500;
  return (ten_thousandths + 500) / 1000 * 10;
}

Reading ChosenHba1c(const Exam& exam) {
  if (exam[kHba1cNgsp].usable()) return exam[kHba1cNgsp];
  Reading jds = exam[kHba1cJds];
  if (jds.usable() && jds.has_number) jds.number = NgspFromJds(jds.number);
  return jds;
}

Truth FindingWaist(Sex sex, const Exam& exam) {
  return AtLeast(ChosenWaist(exam), sex == Sex::kMale ? 8500 : 9000);
}

Truth FindingBmi(const Exam& exam) { return AtLeast(ChosenBmi(exam), 2500); }

Truth FindingPressure(const Exam& exam, Level level) {
  const PressurePair pair = ChosenPressure(exam);
  return level == Level::kGuidance ? Or(AtLeast(pair.sbp, 13000), AtLeast(pair.dbp, 8500))
                                   : Or(AtLeast(pair.sbp, 14000), AtLeast(pair.dbp, 9000));
}

Truth FindingGlucose(const Exam& exam, Level level) {
  const int glucose = level == Level::kGuidance ? 10000 : 12600;
  const int hba1c = level == Level::kGuidance ? 560 : 650;
  const Truth parts[] = {AtLeast(exam[kFpg], glucose), AtLeast(ChosenHba1c(exam), hba1c),
                         AtLeast(ValidCasualGlucose(exam), glucose)};
  // A part that was not measured does not count: no only needs one measured part.
  Truth out = Truth::kUnknown;
  for (Truth part : parts) {
    if (part == Truth::kYes) return Truth::kYes;
    if (part == Truth::kNo) out = Truth::kNo;
  }
  return out;
}

Truth TieringGlucose(const Exam& exam) {
  if (exam[kFpg].usable()) return AtLeast(exam[kFpg], 10000);
  if (ChosenHba1c(exam).usable()) return AtLeast(ChosenHba1c(exam), 560);
  return AtLeast(ValidCasualGlucose(exam), 10000);
}

Truth FindingTriglycerides(const Exam& exam, Level level) {
  if (exam[kTgFasting].usable()) {
    return AtLeast(exam[kTgFasting], level == Level::kGuidance ? 15000 : 30000);
  }
  return AtLeast(exam[kTgCasual], level == Level::kGuidance ? 17500 : 30000);
}

Truth FindingHdl(const Exam& exam, Level level) {
  return level == Level::kGuidance ? Below(exam[kHdl], 4000) : AtMost(exam[kHdl], 3400);
}

Truth HdlAtMost39(const Exam& exam) { return AtMost(exam[kHdl], 3900); }

Truth FindingLipid(const Exam& exam, Level level) {
  return Or(FindingTriglycerides(exam, level), FindingHdl(exam, level));
}

Truth FindingLiver(const Exam& exam, Level level) {
  const bool guidance = level == Level::kGuidance;
  const int enzyme = guidance ? 3100 : 5100;
  return Or(Or(AtLeast(exam[kAst], enzyme), AtLeast(exam[kAlt], enzyme)),
            AtLeast(exam[kGgt], guidance ? 5100 : 10100));
}

Truth Smokes(const Exam& exam) {
  return exam[kSmoking].usable() ? Of(exam[kSmoking].number == 1) : Truth::kUnknown;
}

Truth OnDrug(const Exam& exam, Item drug) {
  return exam[drug].usable() ? Of(exam[drug].number == 1) : Truth::kUnknown;
}

Truth OnAnyDrug(const Exam& exam) {
  return Or(Or(OnDrug(exam, kDrugPressure), OnDrug(exam, kDrugGlucose)), OnDrug(exam, kDrugLipid));
}

std::optional<Tiering> TieringOf(Sex sex, int age, const Exam& exam) {
  if (age < 40 || age > 74) return std::nullopt;
  std::optional<Tier> level;
  bool one_level = true;
  bool medicated = true;
  for (const std::vector<bool>& is :
       Completions({WaistOrVfa(sex, exam), FindingBmi(exam),
                    FindingPressure(exam, Level::kGuidance), FindingLipid(exam, Level::kGuidance),
                    TieringGlucose(exam), Smokes(exam), OnAnyDrug(exam)})) {
    const int findings = is[2] + is[3] + is[4];
    const Tier before = TierBeforeDrugs(is[0], is[1], findings, is[5], age);
    const Tier after = is[6] ? Tier::kInformation : before;
    if (before == after) medicated = false;
    if (level && *level != after) one_level = false;
    level = after;
  }
  if (!one_level) return Tiering{Tier::kUndecidable, false};
  return Tiering{*level, medicated};
}

int MetabolicJudgement(Sex sex, const Exam& exam) {
  const Truth pressure = Or(FindingPressure(exam, Level::kGuidance), OnDrug(exam, kDrugPressure));
  Truth lipid = Or(AtLeast(exam[kTgFasting], 15000), FindingHdl(exam, Level::kGuidance));
  lipid = Or(lipid, OnDrug(exam, kDrugLipid));
  const Truth measured =
      exam[kFpg].usable() ? AtLeast(exam[kFpg], 11000) : AtLeast(ChosenHba1c(exam), 600);
  const Truth glucose = Or(measured, OnDrug(exam, kDrugGlucose));
  int judgement = 0;
  for (const std::vector<bool>& is :
       Completions({WaistOrVfa(sex, exam), lipid, pressure, glucose})) {
    const int parts = is[1] + is[2] + is[3];
    const int here = !is[0] || parts == 0 ? 3 : parts == 1 ? 2 : 1;
    if (judgement != 0 && judgement != here) return 4;
    judgement = here;
  }
  return judgement;
}

std::optional<MapCell> HealthMapCell(Sex sex, const Exam& exam) {
  const Truth obese = Or(FindingWaist(sex, exam), FindingBmi(exam));
  if (obese == Truth::kUnknown) return std::nullopt;
  const auto abnormal = [&](Level level) {
    const bool guidance = level == Level::kGuidance;
    const Truth glucose = exam[kFpg].usable() ? AtLeast(exam[kFpg], guidance ? 10000 : 12600)
                                              : AtLeast(ChosenHba1c(exam), guidance ? 560 : 650);
    const Truth hdl = guidance ? HdlAtMost39(exam) : FindingHdl(exam, level);
    return Or(Or(FindingPressure(exam, level), FindingTriglycerides(exam, level)),
              Or(hdl, glucose));
  };
  const MapCell column{obese == Truth::kYes, 0};
  const Truth drug = OnAnyDrug(exam);
  if (drug == Truth::kYes) return MapCell{column.obese, 4};
  if (drug == Truth::kUnknown) return std::nullopt;
  const Truth referral = abnormal(Level::kReferral);
  if (referral == Truth::kYes) return MapCell{column.obese, 3};
  if (referral == Truth::kUnknown) return std::nullopt;
  const Truth guidance = abnormal(Level::kGuidance);
  if (guidance == Truth::kUnknown) return std::nullopt;
  return MapCell{column.obese, guidance == Truth::kYes ? 2 : 1};
}

namespace {
bool IsB2OrB3(MapCell cell) { return cell.obese && (cell.level == 2 || cell.level == 3); }
bool IsBetter(MapCell cell) { return cell.obese ? cell.level == 1 : cell.level <= 3; }
}  // namespace

Change Improved(MapCell before, MapCell after) {
  if (!IsB2OrB3(before)) return Change::kNotInDenominator;
  return IsBetter(after) ? Change::kYes : Change::kNo;
}

Change Worsened(MapCell before, MapCell after) {
  if (!IsBetter(before)) return Change::kNotInDenominator;
  return IsB2OrB3(after) ? Change::kYes : Change::kNo;
}

}  // namespace renkei::tests::synth
