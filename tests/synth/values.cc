#include "tests/synth/values.h"

#include <initializer_list>

namespace renkei::tests::synth {
namespace {

using enum Item;

class ExamMaker {
 public:
  ExamMaker(const Conditions& person, Sex sex, int age, int period, Draw& draw)
      : p_(person), male_(sex == Sex::kMale), age_(age), period_(period), draw_(draw) {}

  Exam Make() {
    Body();
    Pressure();
    Lipids();
    Glucose();
    Liver();
    Urine();
    Kidney();
    Blood();
    History();
    Questions();
    return exam_;
  }

 private:
  void Whole(Item item, int value) { exam_[item] = Reading::Of(value * 100); }
  void Tenths(Item item, int value) { exam_[item] = Reading::Of(value * 10); }
  void Code(Item item, int code) { exam_[item] = Reading::Of(code); }
  void YesNo(Item item, int permille_yes) { Code(item, draw_.Permille(permille_yes) ? 1 : 2); }

  void Body() {
    const int limit = male_ ? 850 : 900;
    Tenths(kWaist, p_.waist ? limit + draw_.Near(190) : limit - 1 - draw_.Near(230));
    int bmi = 0;
    if (p_.bmi) {
      bmi = 250 + draw_.Near(p_.waist ? 90 : 35);
    } else {
      bmi = 249 - draw_.Near(p_.waist ? 30 : 75);
    }
    const int height = draw_.Bell((male_ ? 1675 : 1545) - (age_ - 40) * 2, 70);
    // kg in tenths = bmi/10 * (height/1000 m)^2 * 10, half up; the stored BMI stays as it is.
    const int64_t weight = (int64_t{bmi} * height * height + 500'000) / 1'000'000;
    Tenths(kHeight, height);
    Tenths(kWeight, static_cast<int>(weight));
    Tenths(kBmi, bmi);
    if (draw_.Permille(15)) Tenths(kVfa, (p_.waist ? 1000 : 600) + draw_.Between(0, 390));
  }

  void Pressure() {
    int sbp = 129 - draw_.Near(36);
    int dbp = 84 - draw_.Near(28);
    if (p_.pressure) {
      const int kind = static_cast<int>(draw_.Below(10));
      const int over = draw_.Near(draw_.Permille(120) ? 60 : 30);
      if (kind < 8) sbp = 130 + over;
      if (kind >= 5) dbp = 85 + draw_.Near(draw_.Permille(100) ? 30 : 16);
    }
    if (dbp > sbp - 22) sbp = p_.pressure && sbp >= 130 ? dbp + 30 : std::min(129, dbp + 30);
    // The reading that counts has the highest rank; the earlier ones differ and are often higher.
    const int kind = static_cast<int>(draw_.Below(20));
    const Item sbp_rank[] = {kSbpOther, kSbpSecond, kSbpFirst};
    const Item dbp_rank[] = {kDbpOther, kDbpSecond, kDbpFirst};
    const int counts = kind < 3 ? 0 : kind < 10 ? 1 : 2;
    Whole(sbp_rank[counts], sbp);
    Whole(dbp_rank[counts], dbp);
    if (counts == 2 || (counts == 0 && kind != 0)) return;
    Whole(kSbpFirst, sbp + draw_.Between(-6, 18));
    Whole(kDbpFirst, dbp + draw_.Between(-4, 10));
    if (counts == 0) {
      Whole(kSbpSecond, sbp + draw_.Between(-8, 10));
      Whole(kDbpSecond, dbp + draw_.Between(-5, 6));
    }
  }

  void Lipids() {
    const bool by_tg = p_.lipid && draw_.Permille(820);
    const bool by_hdl = p_.lipid && (!by_tg || draw_.Permille(150));
    int tg = 149 - draw_.Near(110);
    if (by_tg) tg = 150 + draw_.Near(draw_.Permille(150) ? 500 : 140);
    Whole(kTgFasting, tg);
    if (by_hdl) {
      Whole(kHdl, 39 - draw_.Near(13));
    } else {
      const int above = draw_.Near(male_ ? 45 : 60);
      Whole(kHdl, 40 + above + draw_.Between(0, 12));
    }
    Whole(kLdl, draw_.Bell(male_ ? 120 : 126, 36));
    if (period_ >= 3) Whole(kNonHdl, draw_.Bell(148, 38));
    if (period_ >= 3) Code(kMealTime, 2);
  }

  // HbA1c is drawn in JDS (tenths) and written in the scale of the period. 5.2 JDS is 5.6 NGSP,
  // 5.6 JDS is 6.0 NGSP; both edges are exact, so one drawing serves both scales.
  void Hba1c(int jds_tenths) {
    if (period_ == 1) return Tenths(kHba1cJds, jds_tenths);
    Tenths(kHba1cNgsp, ((1020 * jds_tenths + 2500) + 500) / 1000);
  }

  void Glucose() {
    using Height = synth::Glucose;
    const bool both_needed = p_.glucose == Height::kFindingOnly;
    const int measured = both_needed ? 2 : draw_.Pick({450, 250, 300});  // HbA1c, FPG, both
    const bool fpg = measured != 0;
    const bool hba1c = measured != 1;
    int glucose = 99 - draw_.Near(22);
    int jds = draw_.Between(45, 51);
    switch (p_.glucose) {
      case Height::kNormal:
        break;
      case Height::kFindingOnly:
        jds = 52 + draw_.Near(6);
        break;
      case Height::kGuidance:
        glucose = 100 + draw_.Between(0, 9);
        jds = fpg ? draw_.Between(48, 58) : 52 + draw_.Between(0, 3);
        break;
      case Height::kJudgement:
        glucose = 110 + draw_.Near(draw_.Permille(150) ? 140 : 40);
        jds = fpg ? draw_.Between(51, 70) : 56 + draw_.Near(draw_.Permille(150) ? 40 : 14);
        break;
    }
    if (fpg) Whole(kFpg, glucose);
    if (hba1c) Hba1c(jds);
  }

  void Liver() {
    const int obese = p_.waist || p_.bmi ? 2 : 1;
    const int high = 55 * obese, higher = 12 * obese;
    const int ast = draw_.Pick({1000 - high - higher, high, higher});
    Whole(kAst, ast == 0   ? 30 - draw_.Near(16)
                : ast == 1 ? 31 + draw_.Near(20)
                           : 51 + draw_.Near(80));
    const int alt = draw_.Pick({1000 - 2 * high - 2 * higher, 2 * high, 2 * higher});
    Whole(kAlt, alt == 0   ? 30 - draw_.Near(20)
                : alt == 1 ? 31 + draw_.Near(20)
                           : 51 + draw_.Near(90));
    const int ggt_high = male_ ? 150 : 40, ggt_higher = male_ ? 70 : 12;
    const int ggt = draw_.Pick({1000 - ggt_high - ggt_higher, ggt_high, ggt_higher});
    Whole(kGgt, ggt == 0   ? 50 - draw_.Near(38)
                : ggt == 1 ? 51 + draw_.Near(50)
                           : 101 + draw_.Near(300));
  }

  void Urine() {
    const bool diabetic = p_.glucose == synth::Glucose::kJudgement;
    Code(kUrineGlucose, 1 + draw_.Pick({diabetic ? 850 : 975, 10, 8, 5, 2}));
    Code(kUrineProtein, 1 + draw_.Pick({900, 55, 30, 12, 3}));
  }

  void Kidney() {
    if (period_ < 3) return;
    exam_[kCreatinine] = Reading::Of(draw_.Bell(male_ ? 84 : 64, 12));
    Tenths(kEgfr, draw_.Bell(850 - (age_ - 40) * 6, 130));
  }

  void Blood() {
    if (!draw_.Permille(300)) return;
    Tenths(kHemoglobin, draw_.Bell(male_ ? 148 : 131, 12));
    Tenths(kHematocrit, draw_.Bell(male_ ? 440 : 395, 30));
    Whole(kRbc, draw_.Bell(male_ ? 470 : 430, 35));
    Code(kEcg, draw_.Permille(120) ? 1 : 2);
    Tenths(kUricAcid, draw_.Bell(male_ ? 58 : 45, 13));
  }

  void History() {
    YesNo(kMedicalHistory, 400);
    YesNo(kSubjectiveSymptom, 150);
    YesNo(kObjectiveSign, 80);
    Code(kDrugPressure, p_.drug_pressure ? 1 : 2);
    Code(kDrugGlucose, p_.drug_glucose ? 1 : 2);
    Code(kDrugLipid, p_.drug_lipid ? 1 : 2);
    YesNo(kStroke, age_ / 2);
    YesNo(kHeart, age_);
    YesNo(kKidney, 6);
    YesNo(kAnaemia, male_ ? 40 : 170);
  }

  void Questions() {
    // In period 4 who does not smoke is an ex-smoker (2) or never smoked (3).
    Code(kSmoking, p_.smoking ? 1 : period_ == 4 && !draw_.Permille(300) ? 3 : 2);
    YesNo(kWeightGain, p_.waist ? 600 : 200);
    YesNo(kExercise, 250 + 3 * (age_ - 40));
    YesNo(kActivity, 480);
    YesNo(kWalkFast, 450);
    Code(kEatingSpeed, 1 + draw_.Pick({270, 640, 90}));
    YesNo(kLateDinner, male_ ? 250 : 130);
    YesNo(kSkipBreakfast, 110);
    if (period_ <= 2) {
      YesNo(kWeightChangeOld, 180);
      YesNo(kNightSnackOld, 150);
    } else {
      Code(kChewing, 1 + draw_.Pick({820, 170, 10}));
      Code(kSnack, 1 + draw_.Pick({200, 560, 240}));
    }
    if (period_ <= 3) YesNo(kWantsGuidanceOld, 380);
    if (period_ == 4) YesNo(kGuidanceHistory, 120);
    Drinking();
    YesNo(kSleepRest, 700);
    Code(kStage, 1 + draw_.Pick({280, 300, 130, 100, 190}));
  }

  void Drinking() {
    const int daily = male_ ? 430 : 90;
    if (period_ <= 3) {
      const int frequency = 1 + draw_.Pick({daily, 230, 770 - daily});
      Code(kDrinkFrequency, frequency);
      if (frequency < 3) Code(kDrinkAmount, 1 + draw_.Pick({450, 350, 150, 50}));
      return;
    }
    const int frequency = 1 + draw_.Pick({daily, 60, 70, 80, 80, 80, 60, 570 - daily});
    Code(kDrinkFrequency, frequency);
    if (frequency < 6) Code(kDrinkAmount, 1 + draw_.Pick({450, 330, 150, 50, 20}));
  }

  const Conditions& p_;
  const bool male_;
  const int age_;
  const int period_;
  Draw& draw_;
  Exam exam_;
};

void LeaveGaps(bool male, Exam& exam, Draw& draw) {
  using State = Reading::State;
  const auto clear = [&exam](std::initializer_list<Item> items, Reading reading) {
    for (Item item : items) {
      if (exam[item].usable()) exam[item] = reading;
    }
  };
  if (draw.Permille(15)) {
    // The tape was refused; some state their waist instead.
    const Reading waist = exam[kWaist];
    clear({kWaist}, Reading::NotDone());
    if (draw.Permille(400)) exam[kWaistReported] = waist;
  }
  if (draw.Permille(4))
    clear({kSbpOther, kSbpSecond, kSbpFirst, kDbpOther, kDbpSecond, kDbpFirst}, {});
  if (draw.Permille(4)) clear({kDbpOther, kDbpSecond, kDbpFirst}, Reading::Unmeasurable());
  if (draw.Permille(12)) {
    clear({kTgFasting, kHdl, kLdl, kAst, kAlt, kGgt, kFpg, kHba1cJds, kHba1cNgsp},
          Reading::NotDone());
  }
  if (draw.Permille(4)) clear({kTgFasting}, Reading::Unmeasurable());
  if (draw.Permille(3)) clear({kHdl}, Reading::Unmeasurable());
  if (draw.Permille(25))
    clear({kLdl}, draw.Permille(500) ? Reading::NotDone() : Reading::Unmeasurable());
  if (draw.Permille(2)) {
    // Beyond the input range, with the mark; some old documents leave the number out.
    const bool number = draw.Permille(600);
    exam[kTgFasting] = {State::kMarkedHigh, number, number ? draw.Between(2000, 2600) * 100 : 0};
  }
  if (draw.Permille(1)) exam[kHdl] = {State::kMarkedLow, true, draw.Between(7, 10) * 100};
  if (draw.Permille(1)) exam[kGgt] = {State::kMarkedHigh, true, draw.Between(1000, 1500) * 100};
  if (!male && draw.Permille(20)) clear({kUrineGlucose, kUrineProtein}, Reading::NotDone());
  for (Item item : {kDrugPressure, kDrugGlucose, kDrugLipid}) {
    if (draw.Permille(5)) exam[item] = {};
  }
  if (draw.Permille(12)) exam[kSmoking] = {};
  for (int i = static_cast<int>(kWeightGain); i <= static_cast<int>(kWantsGuidanceOld); ++i) {
    if (draw.Permille(15)) exam.readings[i] = {};
  }
}

}  // namespace

Exam DrawExam(const Conditions& person, Sex sex, int age, int period, Completeness completeness,
              Draw& draw) {
  Exam exam = ExamMaker(person, sex, age, period, draw).Make();
  if (completeness == Completeness::kAsDelivered) LeaveGaps(sex == Sex::kMale, exam, draw);
  return exam;
}

}  // namespace renkei::tests::synth
