// The boundary table of definitions 14, rows 7-49, on the reference implementation.
#include "tests/synth/reference.h"

#include <gtest/gtest.h>

#include "tests/synth/joint.h"
#include "tests/synth/values.h"

namespace renkei::tests::synth {
namespace {

using enum Item;

Reading Whole(int value) { return Reading::Of(value * 100); }
Reading Tenths(int value) { return Reading::Of(value * 10); }

// Everything measured and normal, no smoking, no drugs: waist 80, BMI 22, 118/74.
Exam Normal() {
  Exam exam;
  exam[kWaist] = Whole(80);
  exam[kBmi] = Whole(22);
  exam[kSbpFirst] = Whole(118);
  exam[kDbpFirst] = Whole(74);
  exam[kTgFasting] = Whole(90);
  exam[kHdl] = Whole(60);
  exam[kFpg] = Whole(90);
  exam[kSmoking] = Reading::Of(2);
  for (Item drug : {kDrugPressure, kDrugGlucose, kDrugLipid}) exam[drug] = Reading::Of(2);
  return exam;
}

// Row 28.
Exam Case28() {
  Exam exam = Normal();
  exam[kWaist] = Whole(86);
  exam[kSbpFirst] = Whole(135);
  exam[kSmoking] = Reading::Of(1);
  return exam;
}

// Row 33.
Exam Case33() {
  Exam exam = Normal();
  exam[kBmi] = Whole(26);
  exam[kTgFasting] = Whole(160);
  exam[kFpg] = Whole(105);
  exam[kSbpFirst] = Whole(120);
  return exam;
}

// Row 36.
Exam Case36() {
  Exam exam = Normal();
  exam[kWaist] = {};
  exam[kBmi] = Whole(27);
  exam[kSbpFirst] = Whole(140);
  exam[kTgFasting] = Whole(160);
  exam[kHdl] = Whole(50);
  return exam;
}

TEST(Row7, WaistCountsItsLimit) {
  Exam exam;
  for (auto [sex, tenths, finding] : {std::tuple{Sex::kMale, 849, Truth::kNo},
                                      {Sex::kMale, 850, Truth::kYes},
                                      {Sex::kFemale, 899, Truth::kNo},
                                      {Sex::kFemale, 900, Truth::kYes}}) {
    exam[kWaist] = Tenths(tenths);
    EXPECT_EQ(FindingWaist(sex, exam), finding) << tenths;
  }
}

TEST(Row8And9, StoredBmiWinsAndAnAbsentOneIsComputedHalfUp) {
  Exam exam;
  // 24.96: 170.0 cm and 72.13 kg.
  exam[kHeight] = Whole(170);
  exam[kWeight] = Reading::Of(7213);
  exam[kBmi] = Tenths(249);
  EXPECT_EQ(FindingBmi(exam), Truth::kNo);
  exam[kBmi] = {};
  EXPECT_EQ(ChosenBmi(exam), Tenths(250));
  EXPECT_EQ(FindingBmi(exam), Truth::kYes);
  exam[kHeight] = {};
  EXPECT_EQ(FindingBmi(exam), Truth::kUnknown);
}

TEST(Rows10To14, PressureTakesOnePairAndThreeValuedLogic) {
  Exam exam;
  exam[kSbpFirst] = Whole(129);
  exam[kDbpFirst] = Whole(84);
  EXPECT_EQ(FindingPressure(exam, Level::kGuidance), Truth::kNo);
  exam[kSbpFirst] = Whole(130);
  exam[kDbpFirst] = {};
  EXPECT_EQ(FindingPressure(exam, Level::kGuidance), Truth::kYes);
  exam[kSbpFirst] = Whole(129);
  EXPECT_EQ(FindingPressure(exam, Level::kGuidance), Truth::kUnknown);
  Exam pairs;
  pairs[kSbpOther] = Whole(150);
  pairs[kSbpSecond] = Whole(128);
  pairs[kDbpSecond] = Whole(84);
  pairs[kSbpFirst] = Whole(150);
  pairs[kDbpFirst] = Whole(95);
  EXPECT_TRUE(ChosenPressure(pairs).paired);
  EXPECT_EQ(FindingPressure(pairs, Level::kGuidance), Truth::kNo);
  Exam single;
  single[kSbpOther] = Whole(118);
  single[kDbpFirst] = Whole(90);
  EXPECT_FALSE(ChosenPressure(single).paired);
  EXPECT_EQ(FindingPressure(single, Level::kGuidance), Truth::kYes);
  EXPECT_EQ(FindingPressure(single, Level::kReferral), Truth::kYes);
}

TEST(Rows15To17, FastingTriglyceridesWinOverCasualOnes) {
  Exam exam;
  exam[kTgCasual] = Whole(174);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kNo);
  exam[kTgCasual] = Whole(175);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kYes);
  exam[kTgCasual] = Whole(200);
  exam[kTgFasting] = Whole(140);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kNo);
  exam[kTgFasting] = Whole(149);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kNo);
  exam[kTgFasting] = Whole(150);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kYes);
}

TEST(Rows18To21, TheInputRangeIsOpenAndMarksReachBeyondIt) {
  using State = Reading::State;
  EXPECT_EQ(ReadingOf(kTgFasting, 1000, Mark::kNone).state, State::kInvalid);
  EXPECT_EQ(ReadingOf(kTgFasting, 1100, Mark::kNone).state, State::kValid);
  EXPECT_EQ(ReadingOf(kTgFasting, 1000, Mark::kLow).state, State::kMarkedLow);
  EXPECT_EQ(ReadingOf(kTgFasting, 200000, Mark::kHigh).state, State::kMarkedHigh);
  EXPECT_EQ(ReadingOf(kTgFasting, 210000, Mark::kNone).state, State::kInvalid);
  Exam exam;
  exam[kTgFasting] = ReadingOf(kTgFasting, 1000, Mark::kLow);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kNo);
  exam[kTgFasting] = ReadingOf(kTgFasting, 200000, Mark::kHigh);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kYes);
  exam[kTgFasting] = ReadingOf(kTgFasting, std::nullopt, Mark::kHigh);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kYes);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kReferral), Truth::kYes);
  exam[kTgFasting] = ReadingOf(kTgFasting, 210000, Mark::kNone);
  EXPECT_EQ(FindingTriglycerides(exam, Level::kGuidance), Truth::kUnknown);
}

TEST(Row22, HdlBelow40AndAtMost39DifferBetweenThem) {
  Exam exam;
  exam[kHdl] = Whole(39);
  EXPECT_EQ(FindingHdl(exam, Level::kGuidance), Truth::kYes);
  EXPECT_EQ(HdlAtMost39(exam), Truth::kYes);
  exam[kHdl] = Whole(40);
  EXPECT_EQ(FindingHdl(exam, Level::kGuidance), Truth::kNo);
  exam[kHdl] = Tenths(395);
  EXPECT_EQ(FindingHdl(exam, Level::kGuidance), Truth::kYes);
  EXPECT_EQ(HdlAtMost39(exam), Truth::kNo);
}

TEST(Rows23To25, TieringLooksAtFpgFirstAndFindingsAtAny) {
  Exam exam;
  exam[kFpg] = Whole(99);
  exam[kHba1cNgsp] = Tenths(56);
  EXPECT_EQ(TieringGlucose(exam), Truth::kNo);
  EXPECT_EQ(FindingGlucose(exam, Level::kGuidance), Truth::kYes);
  exam[kFpg] = {};
  EXPECT_EQ(TieringGlucose(exam), Truth::kYes);
  exam[kHba1cNgsp] = Tenths(55);
  EXPECT_EQ(TieringGlucose(exam), Truth::kNo);
  Exam casual;
  casual[kCasualGlucose] = Whole(150);
  EXPECT_EQ(FindingGlucose(casual, Level::kGuidance), Truth::kYes);
  casual[kMealTime] = Reading::Of(4);
  EXPECT_EQ(FindingGlucose(casual, Level::kGuidance), Truth::kUnknown);
  EXPECT_EQ(TieringGlucose(casual), Truth::kUnknown);
}

TEST(Row26, TieringAndJudgementHaveDifferentGlucoseEdges) {
  for (auto [fpg, judgement] : {std::pair{100, 3}, {109, 3}, {110, 2}}) {
    Exam exam = Normal();
    exam[kWaist] = Whole(86);
    exam[kFpg] = Whole(fpg);
    EXPECT_EQ(TieringGlucose(exam), Truth::kYes) << fpg;
    EXPECT_EQ(MetabolicJudgement(Sex::kMale, exam), judgement) << fpg;
  }
}

TEST(Row27, JdsIsConvertedHalfUp) {
  EXPECT_EQ(NgspFromJds(480), 510);
  EXPECT_EQ(NgspFromJds(510), 550);
  EXPECT_EQ(NgspFromJds(520), 560);
  EXPECT_EQ(NgspFromJds(560), 600);
  EXPECT_EQ(NgspFromJds(610), 650);
  Exam exam;
  exam[kHba1cJds] = Tenths(51);
  EXPECT_EQ(FindingGlucose(exam, Level::kGuidance), Truth::kNo);
  exam[kHba1cJds] = Tenths(52);
  EXPECT_EQ(FindingGlucose(exam, Level::kGuidance), Truth::kYes);
}

TEST(Rows28To32, SmokingAndAgeDecideTheLevel) {
  EXPECT_EQ(TieringOf(Sex::kMale, 50, Case28())->level, Tier::kActive);
  Exam smoker = Normal();
  smoker[kWaist] = Whole(86);
  smoker[kSmoking] = Reading::Of(1);
  EXPECT_EQ(TieringOf(Sex::kMale, 50, smoker)->level, Tier::kInformation);
  EXPECT_EQ(TieringOf(Sex::kMale, 66, Case28())->level, Tier::kMotivational);
  EXPECT_EQ(TieringOf(Sex::kMale, 64, Case28())->level, Tier::kActive);
  EXPECT_EQ(TieringOf(Sex::kMale, 65, Case28())->level, Tier::kMotivational);
  EXPECT_FALSE(TieringOf(Sex::kMale, 39, Case28()).has_value());
  EXPECT_FALSE(TieringOf(Sex::kMale, 75, Case28()).has_value());
}

TEST(Rows33And34, TheSecondGroupNeedsThreeRisks) {
  EXPECT_EQ(TieringOf(Sex::kFemale, 50, Case33())->level, Tier::kMotivational);
  Exam smoker = Case33();
  smoker[kSmoking] = Reading::Of(1);
  EXPECT_EQ(TieringOf(Sex::kFemale, 50, smoker)->level, Tier::kActive);
}

TEST(Row35, ADrugTakesThePersonOut) {
  Exam exam = Case28();
  exam[kDrugLipid] = Reading::Of(1);
  const Tiering tiering = *TieringOf(Sex::kMale, 50, exam);
  EXPECT_EQ(tiering.level, Tier::kInformation);
  EXPECT_TRUE(tiering.medicated);
  Exam healthy = Normal();
  healthy[kDrugLipid] = Reading::Of(1);
  EXPECT_FALSE(TieringOf(Sex::kMale, 50, healthy)->medicated);
}

TEST(Rows36To39, MissingInputsAreUndecidableOnlyWhereTheyMatter) {
  EXPECT_EQ(TieringOf(Sex::kMale, 50, Case36())->level, Tier::kUndecidable);
  EXPECT_EQ(TieringOf(Sex::kMale, 66, Case36())->level, Tier::kMotivational);
  Exam no_blood = Normal();
  for (Item item : {kTgFasting, kHdl, kFpg}) no_blood[item] = Reading::NotDone();
  EXPECT_EQ(TieringOf(Sex::kMale, 50, no_blood)->level, Tier::kInformation);
  Exam no_answers = Case28();
  for (Item drug : {kDrugPressure, kDrugGlucose, kDrugLipid}) no_answers[drug] = {};
  EXPECT_EQ(TieringOf(Sex::kMale, 50, no_answers)->level, Tier::kUndecidable);
}

TEST(Tiering, VisceralFatStandsInForAnAbsentWaistOnly) {
  Exam exam = Case28();
  exam[kVfa] = Whole(60);
  EXPECT_EQ(TieringOf(Sex::kMale, 50, exam)->level, Tier::kActive);
  exam[kWaist] = {};
  EXPECT_EQ(TieringOf(Sex::kMale, 50, exam)->level, Tier::kInformation);
  exam[kVfa] = Whole(100);
  EXPECT_EQ(TieringOf(Sex::kMale, 50, exam)->level, Tier::kActive);
}

TEST(Rows40To42, TheJudgementCountsDrugsAndNeverBmi) {
  Exam exam = Normal();
  exam[kWaist] = Whole(86);
  exam[kTgFasting] = Whole(160);
  exam[kFpg] = Whole(105);
  EXPECT_EQ(MetabolicJudgement(Sex::kMale, exam), 2);
  Exam drugs = Normal();
  drugs[kWaist] = Whole(86);
  drugs[kDrugLipid] = Reading::Of(1);
  drugs[kDrugPressure] = Reading::Of(1);
  EXPECT_EQ(MetabolicJudgement(Sex::kMale, drugs), 1);
  Exam slim = Case28();
  slim[kWaist] = Whole(84);
  slim[kBmi] = Whole(30);
  slim[kTgFasting] = Whole(200);
  slim[kFpg] = Whole(120);
  EXPECT_EQ(MetabolicJudgement(Sex::kMale, slim), 3);
}

TEST(Judgement, IsUndecidableOnlyWhenACompletionChangesIt) {
  Exam exam = Normal();
  exam[kWaist] = Whole(86);
  exam[kHdl] = {};
  EXPECT_EQ(MetabolicJudgement(Sex::kMale, exam), 4);
  exam[kDrugPressure] = Reading::Of(1);
  exam[kDrugGlucose] = Reading::Of(1);
  EXPECT_EQ(MetabolicJudgement(Sex::kMale, exam), 1);
  exam[kWaist] = Whole(80);
  EXPECT_EQ(MetabolicJudgement(Sex::kMale, exam), 3);
}

TEST(Rows43To47, TheMapUsesNeitherLdlNorHba1cBesideFpg) {
  Exam exam = Normal();
  exam[kWaist] = Whole(84);
  exam[kBmi] = Whole(25);
  EXPECT_EQ(HealthMapCell(Sex::kMale, exam), (MapCell{true, 1}));
  exam[kBmi] = Whole(24);
  exam[kLdl] = Whole(200);
  EXPECT_EQ(HealthMapCell(Sex::kMale, exam), (MapCell{false, 1}));
  Exam pressure = Normal();
  pressure[kSbpFirst] = Whole(145);
  pressure[kDrugPressure] = Reading::Of(1);
  EXPECT_EQ(HealthMapCell(Sex::kMale, pressure)->level, 4);
  for (Item drug : {kDrugPressure, kDrugGlucose, kDrugLipid}) pressure[drug] = {};
  EXPECT_EQ(HealthMapCell(Sex::kMale, pressure), std::nullopt);
  Exam hba1c = Normal();
  hba1c[kFpg] = Whole(95);
  hba1c[kHba1cNgsp] = Tenths(66);
  EXPECT_EQ(HealthMapCell(Sex::kMale, hba1c)->level, 1);
  hba1c[kFpg] = {};
  EXPECT_EQ(HealthMapCell(Sex::kMale, hba1c)->level, 3);
}

TEST(Rows48And49, TransitionsCountAsPrinted) {
  const MapCell a1{false, 1}, a2{false, 2}, a3{false, 3}, a4{false, 4};
  const MapCell b1{true, 1}, b2{true, 2}, b3{true, 3}, b4{true, 4};
  EXPECT_EQ(Improved(b2, b4), Change::kNo);
  EXPECT_EQ(Worsened(a3, b1), Change::kNo);
  EXPECT_EQ(Improved(a3, b1), Change::kNotInDenominator);
  EXPECT_EQ(Improved(b3, b2), Change::kNo);
  EXPECT_EQ(Improved(b3, a3), Change::kYes);
  EXPECT_EQ(Worsened(a4, b2), Change::kNotInDenominator);
  EXPECT_EQ(Improved(a4, b2), Change::kNotInDenominator);
  EXPECT_EQ(Worsened(a1, a3), Change::kNo);
  EXPECT_EQ(Worsened(a2, b3), Change::kYes);
}

TEST(Liver, NeedsAllThreeToSayNo) {
  Exam exam;
  exam[kAst] = Whole(30);
  exam[kAlt] = Whole(30);
  EXPECT_EQ(FindingLiver(exam, Level::kGuidance), Truth::kUnknown);
  exam[kGgt] = Whole(50);
  EXPECT_EQ(FindingLiver(exam, Level::kGuidance), Truth::kNo);
  exam[kGgt] = Whole(51);
  EXPECT_EQ(FindingLiver(exam, Level::kGuidance), Truth::kYes);
  EXPECT_EQ(FindingLiver(exam, Level::kReferral), Truth::kNo);
  exam[kGgt] = Whole(101);
  EXPECT_EQ(FindingLiver(exam, Level::kReferral), Truth::kYes);
}

// The values of an invented person mean exactly the conditions that they were made for.
TEST(DrawExam, ReachesEveryConditionAndTouchesNoOther) {
  for (int i = 0; i < 40'000; ++i) {
    Draw draw(11, static_cast<uint64_t>(i));
    Conditions person;
    person.waist = draw.Permille(500);
    person.bmi = draw.Permille(500);
    person.pressure = draw.Permille(500);
    person.lipid = draw.Permille(500);
    person.smoking = draw.Permille(500);
    person.drug_pressure = draw.Permille(300);
    person.drug_glucose = draw.Permille(300);
    person.drug_lipid = draw.Permille(300);
    person.glucose = static_cast<Glucose>(draw.Below(4));
    const Sex sex = draw.Permille(500) ? Sex::kMale : Sex::kFemale;
    const int age = draw.Between(40, 74);
    const int period = draw.Between(1, 4);
    const Exam exam = DrawExam(person, sex, age, period, Completeness::kEveryIndicatorItem, draw);
    const auto truth = [](bool b) { return b ? Truth::kYes : Truth::kNo; };
    ASSERT_EQ(FindingWaist(sex, exam), truth(person.waist));
    ASSERT_EQ(FindingBmi(exam), truth(person.bmi));
    ASSERT_EQ(FindingPressure(exam, Level::kGuidance), truth(person.pressure));
    ASSERT_EQ(FindingLipid(exam, Level::kGuidance), truth(person.lipid));
    ASSERT_EQ(FindingGlucose(exam, Level::kGuidance), truth(person.glucose != Glucose::kNormal));
    ASSERT_EQ(TieringGlucose(exam), truth(person.glucose >= Glucose::kGuidance));
    ASSERT_EQ(Smokes(exam), truth(person.smoking));
    ASSERT_EQ(OnAnyDrug(exam), truth(person.on_drug()));
    const Counts counts = CountsOf(person, age >= 65);
    const auto count = [&counts](Count c) { return counts[static_cast<size_t>(c)] == 1; };
    const int judgement = MetabolicJudgement(sex, exam);
    ASSERT_EQ(judgement, count(Count::kMets) ? 1 : count(Count::kPremets) ? 2 : 3);
    const Tiering tiering = *TieringOf(sex, age, exam);
    ASSERT_EQ(tiering.level, count(Count::kActive)         ? Tier::kActive
                             : count(Count::kMotivational) ? Tier::kMotivational
                                                           : Tier::kInformation);
    ASSERT_EQ(tiering.medicated, count(Count::kMedicated));
    // Every number lies inside the open input range.
    for (const ItemRow& row : Items()) {
      const Reading& reading = exam[row.item];
      if (reading.state == Reading::State::kAbsent || row.max_hundredths == 0) continue;
      ASSERT_EQ(ReadingOf(row.item, reading.number, Mark::kNone), reading) << row.column;
    }
  }
}

}  // namespace
}  // namespace renkei::tests::synth
