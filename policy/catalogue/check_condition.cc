#include "policy/catalogue/check_condition.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/catalogue/amount_rule.h"
#include "policy/catalogue/decimal.h"

namespace renkei::policy::catalogue {
namespace {

class ConditionCheck {
 public:
  ConditionCheck(const Names& names, Uses* uses) : names_(names), uses_(*uses) {}

  absl::Status Check(const v1::Condition& condition, const Place& place) {
    switch (condition.node_case()) {
      case v1::Condition::kCompare:
        return CheckComparison(condition.compare(), place.In("compare"));
      case v1::Condition::kCode:
        return CheckCode(condition.code(), place.In("code"));
      case v1::Condition::kAll:
        return CheckList(condition.all(), place.In("all"));
      case v1::Condition::kAny:
        return CheckList(condition.any(), place.In("any"));
      case v1::Condition::kAnyMeasured:
        return CheckList(condition.any_measured(), place.In("any_measured"));
      case v1::Condition::kFirstMeasured:
        return CheckList(condition.first_measured(), place.In("first_measured"));
      case v1::Condition::kNot:
        return Check(condition.not_(), place.In("not"));
      case v1::Condition::kRef:
        (in_previous_ ? uses_.previous_conditions : uses_.conditions).push_back(condition.ref());
        if (names_.conditions.contains(condition.ref())) return absl::OkStatus();
        return place.In("ref").Error(absl::StrCat("no condition is named '", condition.ref(), "'"));
      case v1::Condition::kClass:
        return CheckClass(condition.class_(), place.In("class"));
      case v1::Condition::kAtLeast:
        return CheckAtLeast(condition.at_least(), place.In("at_least"));
      case v1::Condition::kAge:
        return CheckAgeRange(condition.age(), place.In("age"));
      case v1::Condition::kFact:
        return CheckFact(condition.fact(), place.In("fact"));
      case v1::Condition::kMeasured:
        uses_.items.push_back(condition.measured());
        if (names_.items->ColumnOf(condition.measured()).has_value()) return absl::OkStatus();
        return place.In("measured").Error(UnknownItem(condition.measured()));
      case v1::Condition::kCertain:
        return Check(condition.certain(), place.In("certain"));
      case v1::Condition::kGuarded: {
        const Place guarded = place.In("guarded");
        RENKEI_RETURN_IF_ERROR(Check(condition.guarded().value(), guarded.In("value")));
        return Check(condition.guarded().invalid_when(), guarded.In("invalid_when"));
      }
      case v1::Condition::kSex:
        if (condition.sex() == v1::SEX_MALE || condition.sex() == v1::SEX_FEMALE) {
          return absl::OkStatus();
        }
        return place.In("sex").Error("a sex is SEX_MALE or SEX_FEMALE");
      case v1::Condition::kPrevious:
        return CheckPrevious(condition.previous(), place.In("previous"));
      case v1::Condition::kAttendance:
        RENKEI_RETURN_IF_ERROR(NoteOtherYears("attendance", place));
        return CheckAttendance(condition.attendance(), place.In("attendance"));
      case v1::Condition::kAmount:
        RENKEI_RETURN_IF_ERROR(NoteOtherYears("amount", place));
        if (condition.amount().at_least() < 1) {
          return place.In("amount").Error("at_least must be 1 or more");
        }
        return CheckAmount(condition.amount().amount(), place.In("amount").In("amount"), &uses_);
      case v1::Condition::NODE_NOT_SET:
        return place.Error("a condition is empty; give it one of compare, code, all, any, ...");
    }
    return place.Error("a condition of unknown kind");
  }

  static std::string UnknownItem(absl::string_view item) {
    return absl::StrCat("item '", item, "' is not in items.csv");
  }

 private:
  absl::Status CheckComparison(const v1::Comparison& compare, const Place& place) {
    uses_.items.push_back(compare.item());
    RENKEI_RETURN_IF_ERROR(CheckItem(compare.item(), false, place.In("item"), *names_.items));
    const ItemColumn& item =
        names_.items->columns()[static_cast<size_t>(*names_.items->ColumnOf(compare.item()))];
    if (compare.unit() != item.unit) {
      return place.In("unit").Error(absl::StrCat("unit '", compare.unit(), "' of item '", item.name,
                                                 "' must be '", item.unit, "'"));
    }
    switch (compare.threshold_case()) {
      case v1::Comparison::kGe:
        return CheckThreshold(compare.ge(), item, place.In("ge"));
      case v1::Comparison::kGt:
        return CheckThreshold(compare.gt(), item, place.In("gt"));
      case v1::Comparison::kLe:
        return CheckThreshold(compare.le(), item, place.In("le"));
      case v1::Comparison::kLt:
        return CheckThreshold(compare.lt(), item, place.In("lt"));
      case v1::Comparison::THRESHOLD_NOT_SET:
        break;
    }
    return place.Error("a comparison needs a threshold: one of ge, gt, le, lt");
  }

  static absl::Status CheckThreshold(const v1::Threshold& threshold, const ItemColumn& item,
                                     const Place& place) {
    const bool by_sex = !threshold.male().empty() && !threshold.female().empty();
    const bool any_sex = !threshold.male().empty() || !threshold.female().empty();
    if (threshold.all().empty() ? !by_sex : any_sex) {
      return place.Error("a threshold is either `all`, or both `male` and `female`");
    }
    for (const std::string* text : {&threshold.all(), &threshold.male(), &threshold.female()}) {
      if (text->empty()) continue;
      const std::optional<int32_t> value = ParseScaled(*text, item.decimals);
      if (!value.has_value()) {
        return place.Error(absl::StrCat("threshold '", *text, "' is no number with at most ",
                                        item.decimals, " decimals, as item '", item.name, "' has"));
      }
      if ((item.min.has_value() && *value < *item.min) ||
          (item.max.has_value() && *value > *item.max)) {
        return place.Error(absl::StrCat("threshold '", *text, "' lies outside the input range of '",
                                        item.name, "'"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckCode(const v1::CodeIn& code, const Place& place) {
    uses_.items.push_back(code.item());
    RENKEI_RETURN_IF_ERROR(CheckItem(code.item(), true, place.In("item"), *names_.items));
    const ItemColumn& item =
        names_.items->columns()[static_cast<size_t>(*names_.items->ColumnOf(code.item()))];
    std::set<std::string> named;
    bool applicable = false;
    for (int i = 0; i < code.list_size(); ++i) {
      const v1::CodeIn::List& list = code.list(i);
      const Place at = place.In("list", i);
      const auto known = std::find_if(item.lists.begin(), item.lists.end(),
                                      [&](const CodeList& l) { return l.oid == list.oid(); });
      if (known == item.lists.end()) {
        return at.Error(absl::StrCat("item '", item.name, "' has no code list '", list.oid(), "'"));
      }
      if (!named.insert(list.oid()).second) {
        return at.Error(absl::StrCat("code list '", list.oid(), "' is repeated"));
      }
      if (list.not_applicable() != (list.code_size() == 0)) {
        return at.Error("a list has codes, or is not_applicable and has none");
      }
      applicable = applicable || !list.not_applicable();
      std::set<int> seen;
      for (const int value : list.code()) {
        const bool listed = known->codes.empty() ? value >= 0 && value <= 999
                                                 : std::binary_search(known->codes.begin(),
                                                                      known->codes.end(), value);
        if (!listed || !seen.insert(value).second) {
          return at.Error(
              absl::StrCat("code ", value, " is repeated or not in list '", list.oid(), "'"));
        }
      }
    }
    for (const CodeList& list : item.lists) {
      if (!named.contains(list.oid)) {
        return place.Error(absl::StrCat("item '", item.name, "' also has code list '", list.oid,
                                        "': name its codes, or mark it not_applicable"));
      }
    }
    if (!applicable) return place.Error("every list is not_applicable: nobody would be counted");
    return absl::OkStatus();
  }

  absl::Status CheckParts(const google::protobuf::RepeatedPtrField<v1::Condition>& parts,
                          const Place& place) {
    if (parts.empty() || parts.size() > kMaxParts) {
      return place.Error(absl::StrCat("needs 1 to ", kMaxParts, " parts (of)"));
    }
    for (int i = 0; i < parts.size(); ++i) {
      RENKEI_RETURN_IF_ERROR(Check(parts[i], place.In("of", i)));
    }
    return absl::OkStatus();
  }

  absl::Status CheckList(const v1::ConditionList& list, const Place& place) {
    return CheckParts(list.of(), place);
  }

  absl::Status CheckAtLeast(const v1::AtLeast& at_least, const Place& place) {
    if (at_least.count() < 1 || at_least.count() > at_least.of_size()) {
      return place.Error("at_least: count must be 1 to the number of parts");
    }
    return CheckParts(at_least.of(), place);
  }

  absl::Status NoteOtherYears(const char* node, const Place& place) {
    uses_.other_years = true;
    if (!in_previous_) return absl::OkStatus();
    return place.Error(absl::StrCat("`", node, "` cannot stand inside `previous`"));
  }

  absl::Status CheckPrevious(const v1::Condition& inner, const Place& place) {
    RENKEI_RETURN_IF_ERROR(NoteOtherYears("previous", place));
    in_previous_ = true;
    absl::Status status = Check(inner, place);
    in_previous_ = false;
    return status;
  }

  static absl::Status CheckAttendance(const v1::AttendanceIn& attendance, const Place& place) {
    if (attendance.fact() != v1::FACT_EXAMINED && attendance.fact() != v1::FACT_ELIGIBLE) {
      return place.Error("attendance counts FACT_EXAMINED or FACT_ELIGIBLE");
    }
    if (attendance.from_years_ago() < 0 ||
        attendance.from_years_ago() > attendance.to_years_ago() ||
        attendance.to_years_ago() > kMaxYearsAgo) {
      return place.Error(
          absl::StrCat("needs 0 <= from_years_ago <= to_years_ago <= ", kMaxYearsAgo));
    }
    const int years = attendance.to_years_ago() - attendance.from_years_ago() + 1;
    if (attendance.at_least() < 0 || attendance.at_least() > attendance.at_most() ||
        attendance.at_most() > years) {
      return place.Error(
          absl::StrCat("needs 0 <= at_least <= at_most <= ", years, ", the years it looks at"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckClass(const v1::ClassIn& in, const Place& place) {
    (in_previous_ ? uses_.previous_classifications : uses_.classifications)
        .push_back(in.classification());
    const auto it = names_.classifications.find(in.classification());
    if (it == names_.classifications.end()) {
      return place.Error(absl::StrCat("no classification is named '", in.classification(), "'"));
    }
    if (in.is().empty()) return place.Error("`is` names no class");
    for (const int value : in.is()) {
      if (!IsPossibleClass(*it->second, value)) {
        return place.Error(
            absl::StrCat("classification '", in.classification(), "' never gives class ", value));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckFact(v1::Fact fact, const Place& place) {
    switch (fact) {
      case v1::FACT_GUIDANCE_STARTED:
      case v1::FACT_GUIDANCE_COMPLETED:
        (in_previous_ ? uses_.previous_guidance : uses_.guidance) = true;
        return absl::OkStatus();
      case v1::FACT_ELIGIBLE:
      case v1::FACT_EXAMINED:
      case v1::FACT_INSURED_APRIL_1:
      case v1::FACT_ON_ROSTER:
        return absl::OkStatus();
      default:  // an open enum: numbers without a name are refused as well
        return place.Error("unknown fact");
    }
  }

  const Names& names_;
  Uses& uses_;
  bool in_previous_ = false;
};

bool AllKnown(const google::protobuf::RepeatedPtrField<v1::Condition>& parts, const Names& names) {
  return std::all_of(parts.begin(), parts.end(),
                     [&](const v1::Condition& part) { return IsAlwaysKnown(part, names); });
}

}  // namespace

absl::Status CheckCondition(const v1::Condition& condition, const Place& place, const Names& names,
                            Uses* uses) {
  return ConditionCheck(names, uses).Check(condition, place);
}

bool IsAlwaysKnown(const v1::Condition& condition, const Names& names) {
  switch (condition.node_case()) {
    case v1::Condition::kAge:
    case v1::Condition::kFact:
    case v1::Condition::kMeasured:
    case v1::Condition::kCertain:
    case v1::Condition::kSex:
      return true;
    case v1::Condition::kPrevious:
      return IsAlwaysKnown(condition.previous(), names);
    case v1::Condition::kNot:
      return IsAlwaysKnown(condition.not_(), names);
    case v1::Condition::kAll:
      return AllKnown(condition.all().of(), names);
    case v1::Condition::kAny:
      return AllKnown(condition.any().of(), names);
    case v1::Condition::kAnyMeasured:
      return AllKnown(condition.any_measured().of(), names);
    case v1::Condition::kFirstMeasured:
      return AllKnown(condition.first_measured().of(), names);
    case v1::Condition::kAtLeast:
      return AllKnown(condition.at_least().of(), names);
    case v1::Condition::kRef: {
      const auto it = names.conditions.find(condition.ref());
      return it != names.conditions.end() && IsAlwaysKnown(it->second->when(), names);
    }
    case v1::Condition::kCompare:
    case v1::Condition::kCode:
    case v1::Condition::kClass:
    case v1::Condition::kGuarded:
    case v1::Condition::kAttendance:
    case v1::Condition::kAmount:
    case v1::Condition::NODE_NOT_SET:
      return false;
  }
  return false;
}

bool IsPossibleClass(const v1::Classification& classification, int value) {
  if (classification.otherwise() == value) return true;
  for (const v1::Classification::Row& row : classification.row()) {
    if (row.class_() == value) return true;
  }
  const auto& coded = classification.coded_known();
  return std::find(coded.begin(), coded.end(), value) != coded.end();
}

absl::Status CheckAgeRange(const v1::AgeRange& range, const Place& place) {
  if (range.from() < 0 || range.from() > range.to() || range.to() > 120) {
    return place.Error("an age range needs 0 <= from <= to <= 120");
  }
  return absl::OkStatus();
}

absl::Status CheckItem(absl::string_view item, bool coded, const Place& place,
                       const ItemTable& items) {
  const std::optional<int> column = items.ColumnOf(item);
  if (!column.has_value()) return place.Error(ConditionCheck::UnknownItem(item));
  if (items.columns()[static_cast<size_t>(*column)].is_coded != coded) {
    return place.Error(absl::StrCat("item '", item, "' is ",
                                    coded ? "a number, not a code" : "a code, not a number"));
  }
  return absl::OkStatus();
}

bool IsId(absl::string_view id) {
  if (id.empty() || id.size() > 64 ||
      !absl::ascii_islower(static_cast<unsigned char>(id.front()))) {
    return false;
  }
  return std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

}  // namespace renkei::policy::catalogue
