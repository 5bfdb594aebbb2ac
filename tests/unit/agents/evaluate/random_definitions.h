// Random definitions of the measure language, for comparison with the slow evaluator.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::agents::evaluate {

class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  int Roll(int from, int to) { return std::uniform_int_distribution<int>(from, to)(engine_); }
  template <typename T>
  T Pick(const std::vector<T>& of) {
    return of[static_cast<size_t>(Roll(0, static_cast<int>(of.size()) - 1))];
  }

 private:
  std::mt19937 engine_;
};

inline v1::Condition RandomComparison(Dice* dice) {
  v1::Condition c;
  struct Item {
    std::string name, unit, threshold;
  };
  const Item item = dice->Pick(std::vector<Item>{{"waist_cm", "cm", "85.0"},
                                                 {"bmi", "kg/m2", "25.0"},
                                                 {"fpg_mgdl", "mg/dL", "100"},
                                                 {"hba1c_ngsp_pct", "%", "5.6"}});
  v1::Comparison* compare = c.mutable_compare();
  compare->set_item(item.name);
  compare->set_unit(item.unit);
  v1::Threshold threshold;
  threshold.set_all(item.threshold);
  if (item.name == "waist_cm") {
    threshold.clear_all();
    threshold.set_male("85.0");
    threshold.set_female("90");
  }
  switch (dice->Roll(0, 3)) {
    case 0:
      *compare->mutable_ge() = threshold;
      break;
    case 1:
      *compare->mutable_gt() = threshold;
      break;
    case 2:
      *compare->mutable_le() = threshold;
      break;
    default:
      *compare->mutable_lt() = threshold;
  }
  return c;
}

// A random condition over a few items; `depth` bounds the nesting. Inside `previous` nothing looks
// at other years.
inline v1::Condition RandomCondition(Dice* dice, int depth, bool other_years = false) {
  v1::Condition c;
  const auto fill = [&](google::protobuf::RepeatedPtrField<v1::Condition>* parts, int count) {
    for (int i = 0; i < count; ++i) *parts->Add() = RandomCondition(dice, depth - 1, other_years);
  };
  const int parts = dice->Roll(1, 4);
  switch (dice->Roll(depth > 0 ? 0 : 9, 19)) {
    case 0:
      fill(c.mutable_all()->mutable_of(), parts);
      return c;
    case 1:
      fill(c.mutable_any()->mutable_of(), parts);
      return c;
    case 2:
      fill(c.mutable_any_measured()->mutable_of(), parts);
      return c;
    case 3:
      fill(c.mutable_first_measured()->mutable_of(), parts);
      return c;
    case 4:
      *c.mutable_not_() = RandomCondition(dice, depth - 1, other_years);
      return c;
    case 5:
      fill(c.mutable_at_least()->mutable_of(), parts);
      c.mutable_at_least()->set_count(dice->Roll(1, parts));
      return c;
    case 6:
      *c.mutable_certain() = RandomCondition(dice, depth - 1, other_years);
      return c;
    case 7:
    case 8:
      *c.mutable_guarded()->mutable_value() = RandomCondition(dice, depth - 1, other_years);
      *c.mutable_guarded()->mutable_invalid_when() = RandomCondition(dice, depth - 1, other_years);
      return c;
    case 9: {
      v1::CodeIn* code = c.mutable_code();
      code->set_item("q08_smoking");
      v1::CodeIn::List* now = code->add_list();
      now->set_oid("1.2.392.200119.6.24060");
      now->add_code(dice->Roll(1, 3));
      v1::CodeIn::List* before = code->add_list();
      before->set_oid("1.2.392.200119.6.2003");
      if (dice->Roll(0, 1) == 0) {
        before->set_not_applicable(true);
      } else {
        before->add_code(dice->Roll(1, 2));
      }
      return c;
    }
    case 10:
      c.set_measured(dice->Pick(std::vector<std::string>{"bmi", "q08_smoking", "fpg_mgdl"}));
      return c;
    case 11: {
      const int from = dice->Roll(35, 70);
      c.mutable_age()->set_from(from);
      c.mutable_age()->set_to(from + dice->Roll(0, 20));
      return c;
    }
    case 12:
      c.set_fact(dice->Pick(std::vector<v1::Fact>{v1::FACT_ELIGIBLE, v1::FACT_EXAMINED,
                                                  v1::FACT_INSURED_APRIL_1, v1::FACT_ON_ROSTER}));
      return c;
    case 13:
      c.set_sex(dice->Roll(0, 1) == 0 ? v1::SEX_MALE : v1::SEX_FEMALE);
      return c;
    case 14: {
      if (!other_years) break;
      *c.mutable_previous() = RandomCondition(dice, depth - 1, false);
      return c;
    }
    case 15: {
      if (!other_years) break;
      v1::AttendanceIn* attendance = c.mutable_attendance();
      attendance->set_fact(dice->Roll(0, 1) == 0 ? v1::FACT_ELIGIBLE : v1::FACT_EXAMINED);
      const int from = dice->Roll(0, 3);
      const int to = from + dice->Roll(0, 3);
      attendance->set_from_years_ago(from);
      attendance->set_to_years_ago(to);
      const int at_least = dice->Roll(0, to - from + 1);
      attendance->set_at_least(at_least);
      attendance->set_at_most(dice->Roll(at_least, to - from + 1));
      attendance->set_since_record(dice->Roll(0, 1) == 0);
      return c;
    }
    case 16: {
      if (!other_years) break;
      c.mutable_amount()->set_at_least(dice->Roll(1, 3));
      v1::Amount* amount = c.mutable_amount()->mutable_amount();
      amount->set_of(v1::AMOUNT_OF_CLAIMS);
      amount->set_month(dice->Roll(0, 3));
      return c;
    }
    default:
      break;
  }
  return RandomComparison(dice);
}
inline v1::Catalogue RandomDefinitions(Dice* dice) {
  v1::Catalogue all;
  v1::FamilyRule* family = all.add_family();
  family->set_id("random");
  family->set_source("random");
  family->add_reads(v1::DATA_CATEGORY_EXAM_RESULT);
  family->add_reads(v1::DATA_CATEGORY_CLAIMS);
  for (int i = 0; i < 8; ++i) {
    v1::NamedCondition* condition = all.add_condition();
    condition->set_id(absl::StrCat("r_condition_", i));
    *condition->mutable_when() = RandomCondition(dice, 2);
    condition->set_source("random");
  }
  for (int i = 0; i < 2; ++i) {
    v1::Classification* c = all.add_classification();
    c->set_id(absl::StrCat("r_class_", i));
    c->set_source("random");
    for (int n = 0; n < 8; ++n) c->add_input(absl::StrCat("r_condition_", n));
    const int rows = dice->Roll(1, 6);
    for (int r = 0; r < rows; ++r) {
      v1::Classification::Row* row = c->add_row();
      for (int n = 0; n < 8; ++n) {
        switch (dice->Roll(0, 7)) {
          case 0:
            row->add_true_input(c->input(n));
            break;
          case 1:
            row->add_false_input(c->input(n));
            break;
          case 2:
          case 3:
            row->mutable_count()->add_of(c->input(n));
            break;
          default:
            break;
        }
      }
      if (row->has_count())
        row->mutable_count()->set_at_least(dice->Roll(1, row->count().of_size()));
      if (row->true_input().empty() && row->false_input().empty() && !row->has_count()) {
        row->add_true_input(c->input(0));
      }
      row->set_class_(dice->Roll(1, 3));
    }
    c->set_otherwise(dice->Roll(1, 3));
  }
  for (int i = 0; i < 30; ++i) {
    v1::Measure* m = all.add_measure();
    m->set_id(absl::StrCat("r_measure_", i));
    m->set_version(1);
    m->set_name_ja("r");
    m->set_name_en("r");
    m->set_family("random");
    m->set_source("random");
    *m->mutable_population()->mutable_certain() = RandomCondition(dice, 1, true);
    if (i < 6) {
      const v1::Classification& c = all.classification(i % 2);
      m->mutable_numerator()->mutable_class_()->set_classification(c.id());
      m->mutable_numerator()->mutable_class_()->add_is(c.otherwise());
    } else {
      *m->mutable_numerator() = RandomCondition(dice, 4, true);
    }
  }
  for (v1::Measure& m : *all.mutable_measure()) {
    m.set_needs_claims_file(m.ShortDebugString().find("AMOUNT_OF_CLAIMS") != std::string::npos);
  }
  return all;
}

}  // namespace renkei::agents::evaluate
