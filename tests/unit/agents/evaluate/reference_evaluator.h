// The slow and obvious evaluator: one person at a time, straight from the definitions as they stand
// in the catalogue, every completion of the unknown inputs written out. It shares no code with the
// room.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/catalogue/amount_rule.h"
#include "policy/catalogue/catalogue.h"
#include "tests/unit/agents/evaluate/rows_for_tests.h"

namespace renkei::agents::evaluate {

class ReferenceEvaluator {
 public:
  using Truth = std::optional<bool>;
  using State = policy::catalogue::ValueState;

  ReferenceEvaluator(const policy::catalogue::Catalogue& catalogue, const TestPerson& person)
      : catalogue_(catalogue), person_(person) {}

  Truth Of(const v1::Condition& c) const {
    switch (c.node_case()) {
      case v1::Condition::kCompare:
        return Compare(c.compare());
      case v1::Condition::kCode:
        return Code(c.code());
      case v1::Condition::kAll: {
        bool unknown = false;
        for (const auto& part : c.all().of()) {
          const Truth t = Of(part);
          if (t == false) return false;
          if (!t.has_value()) unknown = true;
        }
        return unknown ? Truth() : Truth(true);
      }
      case v1::Condition::kAny: {
        bool unknown = false;
        for (const auto& part : c.any().of()) {
          const Truth t = Of(part);
          if (t == true) return true;
          if (!t.has_value()) unknown = true;
        }
        return unknown ? Truth() : Truth(false);
      }
      case v1::Condition::kAnyMeasured: {
        bool known = false;
        for (const auto& part : c.any_measured().of()) {
          const Truth t = Of(part);
          if (t == true) return true;
          if (t.has_value()) known = true;
        }
        return known ? Truth(false) : Truth();
      }
      case v1::Condition::kFirstMeasured:
        for (const auto& part : c.first_measured().of()) {
          if (const Truth t = Of(part); t.has_value()) return t;
        }
        return Truth();
      case v1::Condition::kNot: {
        const Truth t = Of(c.not_());
        return t.has_value() ? Truth(!*t) : Truth();
      }
      case v1::Condition::kCertain:
        return Of(c.certain()) == true;
      case v1::Condition::kGuarded:
        if (Of(c.guarded().invalid_when()) == true) return Truth();
        return Of(c.guarded().value());
      case v1::Condition::kRef:
        return Named(c.ref());
      case v1::Condition::kClass: {
        const int value = ClassOf(Classification(c.class_().classification()));
        if (value == 0) return Truth();
        for (const int wanted : c.class_().is()) {
          if (wanted == value) return true;
        }
        return false;
      }
      case v1::Condition::kAtLeast: {
        int yes = 0;
        int maybe = 0;
        for (const auto& part : c.at_least().of()) {
          const Truth t = Of(part);
          if (t == true) ++yes;
          if (!t.has_value()) ++maybe;
        }
        if (yes >= c.at_least().count()) return true;
        if (yes + maybe < c.at_least().count()) return false;
        return Truth();
      }
      case v1::Condition::kAge:
        return person_.age >= c.age().from() && person_.age <= c.age().to();
      case v1::Condition::kFact:
        switch (c.fact()) {
          case v1::FACT_ELIGIBLE:
            return (person_.facts & policy::consent::kEligibleBit) != 0;
          case v1::FACT_EXAMINED:
            return (person_.facts & policy::consent::kExaminedBit) != 0;
          case v1::FACT_GUIDANCE_STARTED:
            return (person_.facts & policy::consent::kGuidanceStartedBit) != 0;
          case v1::FACT_GUIDANCE_COMPLETED:
            return (person_.facts & policy::consent::kGuidanceCompletedBit) != 0;
          case v1::FACT_INSURED_APRIL_1:
            return (person_.facts & policy::consent::kInsuredApril1Bit) != 0;
          case v1::FACT_ON_ROSTER:
            return (person_.facts & policy::consent::kOnRosterBit) != 0;
          default:
            std::abort();
        }
      case v1::Condition::kMeasured:
        return policy::catalogue::IsMeasured(ValueOf(c.measured()).state);
      case v1::Condition::kSex:
        return person_.sex == (c.sex() == v1::SEX_MALE ? 0 : 1);
      case v1::Condition::kPrevious: {
        const TestPerson before = person_.Before();
        return ReferenceEvaluator(catalogue_, before).Of(c.previous());
      }
      case v1::Condition::kAttendance: {
        int years = 0;
        int looked_at = 0;
        for (int ago = c.attendance().from_years_ago(); ago <= c.attendance().to_years_ago();
             ++ago) {
          if (ago >= person_.years_on_record) {
            if (!c.attendance().since_record()) return Truth();
            continue;
          }
          ++looked_at;
          const uint32_t word = c.attendance().fact() == v1::FACT_EXAMINED ? person_.examined_years
                                                                           : person_.eligible_years;
          if ((word >> ago & 1u) != 0) ++years;
        }
        if (looked_at == 0) return Truth();
        return years >= c.attendance().at_least() && years <= c.attendance().at_most();
      }
      case v1::Condition::kAmount:
        return person_.amount(policy::catalogue::AmountFrom(c.amount().amount())) >=
               c.amount().at_least();
      case v1::Condition::NODE_NOT_SET:
        break;
    }
    std::abort();
  }

  // 0: cannot be decided.
  int Recomputed(const v1::Classification& c) const {
    std::vector<Truth> inputs;
    for (const std::string& input : c.input()) inputs.push_back(Named(input));
    return Complete(c, inputs);
  }
  // The delivered class, 0 for "cannot be decided"; nullopt when there is none.
  std::optional<int> Delivered(const v1::Classification& c) const {
    if (c.coded_item().empty()) return std::nullopt;
    const policy::catalogue::ItemValue value = ValueOf(c.coded_item());
    if (value.state != State::kValid) return std::nullopt;
    // A code of a list that the item does not have is no answer.
    if (policy::catalogue::ListOrdinalOf(value.value) != 0) return std::nullopt;
    for (const int known : c.coded_known()) {
      if (known == value.value) return known;
    }
    return 0;
  }
  int ClassOf(const v1::Classification& c) const {
    const std::optional<int> delivered = Delivered(c);
    if (!delivered.has_value()) return Recomputed(c);
    for (const auto& impossible : c.coded_impossible()) {
      if (impossible.code() == *delivered && person_.age >= impossible.age().from() &&
          person_.age <= impossible.age().to()) {
        return Recomputed(c);
      }
    }
    return *delivered;
  }
  const v1::Classification& Classification(const std::string& id) const {
    for (const auto& c : catalogue_.definitions().classification()) {
      if (c.id() == id) return c;
    }
    std::abort();
  }

 private:
  Truth Named(const std::string& id) const {
    for (const auto& c : catalogue_.definitions().condition()) {
      if (c.id() == id) return Of(c.when());
    }
    std::abort();
  }

  static int Complete(const v1::Classification& c, const std::vector<Truth>& inputs) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].has_value()) continue;
      std::vector<Truth> completed = inputs;
      completed[i] = false;
      const int if_false = Complete(c, completed);
      completed[i] = true;
      const int if_true = Complete(c, completed);
      return if_false == if_true ? if_true : 0;
    }
    const auto holds = [&](const std::string& name) {
      for (int i = 0; i < c.input_size(); ++i) {
        if (c.input(i) == name) return *inputs[static_cast<size_t>(i)];
      }
      std::abort();
    };
    for (const auto& row : c.row()) {
      bool matches = true;
      for (const std::string& name : row.true_input()) matches = matches && holds(name);
      for (const std::string& name : row.false_input()) matches = matches && !holds(name);
      int count = 0;
      for (const std::string& name : row.count().of()) count += holds(name) ? 1 : 0;
      if (matches && count >= row.count().at_least()) return row.class_();
    }
    return c.otherwise();
  }

  const policy::catalogue::ItemColumn& Column(const std::string& item) const {
    return catalogue_.items()
        .columns()[static_cast<size_t>(catalogue_.items().ColumnOf(item).value())];
  }
  policy::catalogue::ItemValue Delivered(const std::string& item) const {
    const auto it = person_.items.find(catalogue_.items().ColumnOf(item).value());
    return it == person_.items.end() ? policy::catalogue::ItemValue{} : it->second;
  }
  static bool HasNumber(State state) {
    return state == State::kValid || state == State::kMarkedHigh || state == State::kMarkedLow;
  }
  // value in units of 10^-4
  static int64_t InTenThousandths(const std::string& text) {
    const auto decimal = policy::catalogue::ParseDecimal(text).value();
    return decimal.digits * policy::catalogue::PowerOfTen(4 - decimal.decimals);
  }

  policy::catalogue::ItemValue ValueOf(const std::string& item) const {
    const policy::catalogue::ItemValue delivered = Delivered(item);
    if (policy::catalogue::IsMeasured(delivered.state)) return delivered;
    for (const v1::Derivation& rule : catalogue_.definitions().derivation()) {
      if (rule.item() != item) continue;
      const policy::catalogue::ItemValue derived = Derive(rule);
      if (policy::catalogue::IsMeasured(derived.state)) return derived;
    }
    return delivered;
  }

  policy::catalogue::ItemValue Derive(const v1::Derivation& rule) const {
    const auto& target = Column(rule.item());
    const int64_t unit = policy::catalogue::PowerOfTen(target.decimals);
    int64_t number = 0;
    State state = State::kValid;
    if (rule.has_linear()) {
      const auto from = Delivered(rule.linear().from());
      if (from.state == State::kAboveRange || from.state == State::kBelowRange) return from;
      if (!HasNumber(from.state)) return {};
      const int64_t from4 =
          from.value * policy::catalogue::PowerOfTen(4 - Column(rule.linear().from()).decimals);
      const int64_t sum8 = InTenThousandths(rule.linear().multiplier()) * from4 +
                           InTenThousandths(rule.linear().offset()) * 10'000;
      // The largest integer not above value + 1/2.
      number = -100'000;
      while ((2 * (number + 1) - 1) * 100'000'000 <= 2 * sum8 * unit) ++number;
      state = from.state;
    } else {
      const auto& ratio = rule.ratio_of_square();
      const auto above = Delivered(ratio.numerator());
      const auto below = Delivered(ratio.denominator());
      if (!HasNumber(above.state) || !HasNumber(below.state) || below.value <= 0) return {};
      const auto factor = policy::catalogue::ParseDecimal(ratio.factor()).value();
      const int64_t d = below.value;
      const int64_t right = 2 * factor.digits * above.value * unit *
                            policy::catalogue::PowerOfTen(2 * Column(ratio.denominator()).decimals);
      const int64_t left =
          d * d *
          policy::catalogue::PowerOfTen(factor.decimals + Column(ratio.numerator()).decimals);
      while ((2 * (number + 1) - 1) * left <= right) ++number;
    }
    if (state == State::kValid && ((target.min.has_value() && number <= *target.min) ||
                                   (target.max.has_value() && number >= *target.max))) {
      return {};
    }
    return {static_cast<int32_t>(number), state};
  }

  Truth Compare(const v1::Comparison& c) const {
    const policy::catalogue::ItemValue value = ValueOf(c.item());
    if (!policy::catalogue::IsMeasured(value.state)) return Truth();
    const v1::Threshold* threshold = nullptr;
    switch (c.threshold_case()) {
      case v1::Comparison::kGe:
        threshold = &c.ge();
        break;
      case v1::Comparison::kGt:
        threshold = &c.gt();
        break;
      case v1::Comparison::kLe:
        threshold = &c.le();
        break;
      case v1::Comparison::kLt:
        threshold = &c.lt();
        break;
      case v1::Comparison::THRESHOLD_NOT_SET:
        std::abort();
    }
    const bool wants_high = c.has_ge() || c.has_gt();
    if (value.state == State::kAboveRange) return wants_high;
    if (value.state == State::kBelowRange) return !wants_high;
    const std::string& text = !threshold->all().empty() ? threshold->all()
                              : person_.sex == 0        ? threshold->male()
                                                        : threshold->female();
    const int64_t x = value.value * policy::catalogue::PowerOfTen(4 - Column(c.item()).decimals);
    const int64_t t = InTenThousandths(text);
    return c.has_ge() ? x >= t : c.has_gt() ? x > t : c.has_le() ? x <= t : x < t;
  }

  Truth Code(const v1::CodeIn& c) const {
    const policy::catalogue::ItemValue value = ValueOf(c.item());
    if (value.state != State::kValid) return Truth();
    const auto& lists = Column(c.item()).lists;
    const size_t ordinal = static_cast<size_t>(policy::catalogue::ListOrdinalOf(value.value));
    if (ordinal >= lists.size()) return Truth();
    for (const auto& list : c.list()) {
      if (list.oid() != lists[ordinal].oid) continue;
      if (list.not_applicable()) return Truth();
      for (const int code : list.code()) {
        if (code == policy::catalogue::CodeOf(value.value)) return true;
      }
    }
    return false;
  }

  const policy::catalogue::Catalogue& catalogue_;
  const TestPerson& person_;
};

}  // namespace renkei::agents::evaluate
