#include "policy/catalogue/check_measure.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/catalogue/amount_rule.h"

namespace renkei::policy::catalogue {
namespace {

// A cap bounds what one person can add (R46); its square must stay far below 2^63.
constexpr int64_t kMaxCap = 1'000'000'000;

// Everything that a definition reads, through its references.
class Gathering {
 public:
  explicit Gathering(const UsesByName& by_name) : by_name_(by_name) {}

  void Add(const Uses& uses) {
    total_.guidance |= uses.guidance;
    total_.previous_guidance |= uses.previous_guidance;
    total_.claims |= uses.claims;
    total_.absence |= uses.absence;
    total_.other_years |= uses.other_years;
    total_.items.insert(total_.items.end(), uses.items.begin(), uses.items.end());
    for (const std::string& name : uses.conditions) Follow(absl::StrCat("condition ", name));
    for (const std::string& name : uses.classifications) FollowClass(name);
    if (uses.previous_conditions.empty() && uses.previous_classifications.empty()) return;
    Gathering before(by_name_);
    for (const std::string& name : uses.previous_conditions) {
      before.Follow(absl::StrCat("condition ", name));
    }
    for (const std::string& name : uses.previous_classifications) before.FollowClass(name);
    total_.previous_guidance |= before.total_.guidance;
    total_.items.insert(total_.items.end(), before.total_.items.begin(), before.total_.items.end());
    too_far_back_ |= before.total_.other_years;
  }

  const Uses& total() const { return total_; }
  bool too_far_back() const { return too_far_back_; }

 private:
  void Follow(const std::string& key) {
    if (!seen_.insert(key).second) return;
    if (const auto it = by_name_.find(key); it != by_name_.end()) Add(it->second);
  }
  void FollowClass(const std::string& name) {
    Follow(absl::StrCat("classification ", name));
    total_.items.push_back(name);  // a class is computed from values
  }

  const UsesByName& by_name_;
  std::set<std::string> seen_;
  Uses total_;
  bool too_far_back_ = false;
};

absl::Status CheckYears(const v1::Measure& measure, const Place& place) {
  for (const uint32_t year : {measure.from_fiscal_year(), measure.to_fiscal_year()}) {
    if (year != 0 && (year < kFirstFiscalYear || year > kLastFiscalYear)) {
      return place.Error(absl::StrCat("a fiscal year is ", kFirstFiscalYear, " to ",
                                      kLastFiscalYear, ", or 0 for no limit"));
    }
  }
  if (measure.to_fiscal_year() != 0 && measure.from_fiscal_year() > measure.to_fiscal_year()) {
    return place.Error("from_fiscal_year is after to_fiscal_year");
  }
  return absl::OkStatus();
}

absl::Status CheckBands(const v1::Measure& measure, const Place& place) {
  for (int i = 0; i < measure.structurally_empty_size(); ++i) {
    const v1::AgeRange& range = measure.structurally_empty(i);
    if (range.from() < 40 || range.to() > 74 || range.from() > range.to() ||
        range.from() % 5 != 0 || range.to() % 5 != 4) {
      return place.In("structurally_empty", i)
          .Error("must consist of whole 5-year bands within 40 to 74");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKnown(const v1::Condition& condition, const Place& place, const Names& names) {
  if (IsAlwaysKnown(condition, names)) return absl::OkStatus();
  return place.Error(
      "the population must be known for everybody: use facts, age, `measured`, or wrap the "
      "condition in `certain`");
}

absl::Status CheckMagnitude(const v1::Measure& measure, const Place& place, const Names& names,
                            Uses* uses) {
  const v1::Magnitude& magnitude = measure.magnitude();
  if (measure.has_numerator()) {
    return place.Error("has either a numerator or a magnitude");
  }
  if (measure.structurally_empty_size() != 0 || measure.default_selected()) {
    return place.Error("a magnitude has no structurally_empty bands and is never default_selected");
  }
  switch (magnitude.of_case()) {
    case v1::Magnitude::kAmount: {
      RENKEI_RETURN_IF_ERROR(CheckAmount(magnitude.amount(), place.In("amount"), uses));
      if (magnitude.unit() != UnitOf(magnitude.amount().of())) {
        return place.In("unit").Error(absl::StrCat("unit '", magnitude.unit(), "' must be '",
                                                   UnitOf(magnitude.amount().of()), "'"));
      }
      if (magnitude.cap() < 1 || magnitude.cap() > kMaxCap) {
        return place.Error(
            absl::StrCat("`cap` is missing: the most that one person may add, 1 to ", kMaxCap));
      }
      if (!magnitude.has_persons()) return absl::OkStatus();
      RENKEI_RETURN_IF_ERROR(CheckCondition(magnitude.persons(), place.In("persons"), names, uses));
      return CheckKnown(magnitude.persons(), place.In("persons"), names);
    }
    case v1::Magnitude::kItem: {
      uses->items.push_back(magnitude.item());
      RENKEI_RETURN_IF_ERROR(CheckItem(magnitude.item(), false, place.In("item"), *names.items));
      const ItemColumn& item =
          names.items->columns()[static_cast<size_t>(*names.items->ColumnOf(magnitude.item()))];
      if (magnitude.unit() != item.unit) {
        return place.In("unit").Error(absl::StrCat("unit '", magnitude.unit(), "' of item '",
                                                   item.name, "' must be '", item.unit, "'"));
      }
      if (magnitude.cap() != 0 || magnitude.has_persons()) {
        return place.Error("`cap` and `persons` are for amounts; a mean is of measured persons");
      }
      return absl::OkStatus();
    }
    case v1::Magnitude::OF_NOT_SET:
      break;
  }
  return place.Error("a magnitude is of an `amount` or an `item`");
}

// A family's consent must cover what its measures read (definitions 15.4).
absl::Status CheckCategories(const v1::Measure& measure, const v1::FamilyRule& family,
                             const Uses& uses, const Place& place) {
  const auto reads = [&family](v1::DataCategory category) {
    return std::find(family.reads().begin(), family.reads().end(), category) !=
           family.reads().end();
  };
  if (uses.guidance != measure.needs_guidance_file()) {
    return place.Error("needs_guidance_file must be true exactly where a guidance fact is read");
  }
  if (uses.previous_guidance != measure.needs_previous_guidance_file()) {
    return place.Error(
        "needs_previous_guidance_file must be true exactly where a guidance fact is read inside "
        "`previous`");
  }
  if (uses.claims != measure.needs_claims_file()) {
    return place.Error("needs_claims_file must be true exactly where claims are read");
  }
  if (uses.absence != measure.needs_absence_file()) {
    return place.Error("needs_absence_file must be true exactly where absences are read");
  }
  if ((uses.guidance || uses.previous_guidance) && !reads(v1::DATA_CATEGORY_GUIDANCE)) {
    return place.In("family").Error("the family does not read DATA_CATEGORY_GUIDANCE");
  }
  if (uses.claims && !reads(v1::DATA_CATEGORY_CLAIMS)) {
    return place.In("family").Error("the family does not read DATA_CATEGORY_CLAIMS");
  }
  if (uses.absence && !reads(v1::DATA_CATEGORY_ABSENCE)) {
    return place.In("family").Error("the family does not read DATA_CATEGORY_ABSENCE");
  }
  if (!uses.items.empty() && !reads(v1::DATA_CATEGORY_EXAM_RESULT) &&
      !reads(v1::DATA_CATEGORY_WORKPLACE_EXAM)) {
    return place.In("family").Error("the family reads no examination, the measure does");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckMeasure(const v1::Measure& measure, const Place& place, const Names& names,
                          const FamiliesById& families, const UsesByName& uses_by_name) {
  if (measure.version() == 0) return place.Error("`version` is missing; the first is 1");
  if (measure.name_ja().empty() || measure.name_en().empty()) {
    return place.Error("`name_ja` and `name_en` are required");
  }
  const auto family = families.find(measure.family());
  if (family == families.end()) {
    return place.In("family").Error(absl::StrCat("no family is named '", measure.family(), "'"));
  }
  RENKEI_RETURN_IF_ERROR(CheckYears(measure, place));
  RENKEI_RETURN_IF_ERROR(CheckBands(measure, place));
  if (!measure.has_population()) return place.Error("`population` is missing");
  Uses uses;
  RENKEI_RETURN_IF_ERROR(
      CheckCondition(measure.population(), place.In("population"), names, &uses));
  if (measure.has_magnitude()) {
    RENKEI_RETURN_IF_ERROR(CheckMagnitude(measure, place.In("magnitude"), names, &uses));
  } else {
    if (!measure.has_numerator()) return place.Error("`numerator` is missing");
    RENKEI_RETURN_IF_ERROR(
        CheckCondition(measure.numerator(), place.In("numerator"), names, &uses));
  }
  RENKEI_RETURN_IF_ERROR(CheckKnown(measure.population(), place.In("population"), names));
  Gathering gathering(uses_by_name);
  gathering.Add(uses);
  if (gathering.too_far_back()) {
    return place.Error(
        "`previous` refers to a condition that itself looks at other years or amounts");
  }
  return CheckCategories(measure, *family->second, gathering.total(), place);
}

}  // namespace renkei::policy::catalogue
