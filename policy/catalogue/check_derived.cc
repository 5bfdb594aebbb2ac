#include "policy/catalogue/check_derived.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/catalogue/check_condition.h"
#include "policy/catalogue/check_measure.h"

namespace renkei::policy::catalogue {
namespace {

constexpr int64_t kMaxWeight = 1'000'000'000;

absl::Status CheckSource(const std::string& source, const Place& place) {
  if (!absl::StripAsciiWhitespace(source).empty()) return absl::OkStatus();
  return place.Error("`source` is missing: say where the definition comes from");
}

absl::Status CheckPopulation(const v1::StandardPopulation& population, const Place& place,
                             std::set<std::string>* ids) {
  if (!IsId(population.id()) || !ids->insert(population.id()).second) {
    return place.In("id").Error("the id is missing or repeated");
  }
  RENKEI_RETURN_IF_ERROR(CheckSource(population.source(), place));
  if (population.weight_size() != kWeights) {
    return place.Error(absl::StrCat("needs ", kWeights, " weights, 40-44 to 70-74"));
  }
  for (int i = 0; i < population.weight_size(); ++i) {
    if (population.weight(i) < 1 || population.weight(i) > kMaxWeight) {
      return place.In("weight", i).Error(absl::StrCat("a weight is 1 to ", kMaxWeight));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRule(const v1::DerivedIndicator& indicator, const Place& place,
                       const std::set<std::string>& populations) {
  const auto known = [&](const std::string& id, const Place& at) -> absl::Status {
    if (populations.contains(id)) return absl::OkStatus();
    return at.Error(absl::StrCat("no standard population is named '", id, "'"));
  };
  switch (indicator.rule_case()) {
    case v1::DerivedIndicator::kDirectRate:
      return known(indicator.direct_rate().standard_population(), place.In("direct_rate"));
    case v1::DerivedIndicator::kStandardisedRatio:
      if (indicator.standardised_ratio().unstable_below_expected() >= 0) return absl::OkStatus();
      return place.In("standardised_ratio").Error("unstable_below_expected must be 0 or more");
    case v1::DerivedIndicator::kDecline: {
      const v1::DerivedIndicator::Decline& decline = indicator.decline();
      const Place at = place.In("decline");
      if (decline.base_fiscal_year() < kFirstFiscalYear ||
          decline.base_fiscal_year() > kLastFiscalYear) {
        return at.Error(
            absl::StrCat("base_fiscal_year is ", kFirstFiscalYear, " to ", kLastFiscalYear));
      }
      if (indicator.input_size() != 1) return at.Error("a decline has exactly one input");
      return known(decline.standard_population(), at);
    }
    case v1::DerivedIndicator::RULE_NOT_SET:
      break;
  }
  return place.Error("needs a rule: direct_rate, standardised_ratio or decline");
}

}  // namespace

absl::Status CheckDerivedIndicators(const MeasureFiles& files,
                                    const std::map<std::string, const v1::Measure*>& measures) {
  std::set<std::string> populations;
  for (int i = 0; i < files.merged.standard_population_size(); ++i) {
    const v1::StandardPopulation& population = files.merged.standard_population(i);
    RENKEI_RETURN_IF_ERROR(
        CheckPopulation(population,
                        files.standard_population[static_cast<size_t>(i)].Named(
                            absl::StrCat("standard population ", population.id())),
                        &populations));
  }
  std::set<std::string> ids;
  for (int i = 0; i < files.merged.derived_size(); ++i) {
    const v1::DerivedIndicator& indicator = files.merged.derived(i);
    const Place place = files.derived[static_cast<size_t>(i)].Named(
        absl::StrCat("derived indicator ", indicator.id()));
    if (!IsId(indicator.id()) || measures.contains(indicator.id()) ||
        !ids.insert(indicator.id()).second) {
      return place.In("id").Error("the id is missing, repeated, or that of a measure");
    }
    RENKEI_RETURN_IF_ERROR(CheckSource(indicator.source(), place));
    if (indicator.version() == 0) return place.Error("`version` is missing; the first is 1");
    if (indicator.name_ja().empty() || indicator.name_en().empty()) {
      return place.Error("`name_ja` and `name_en` are required");
    }
    std::set<std::string> inputs;
    for (int n = 0; n < indicator.input_size(); ++n) {
      const auto it = measures.find(indicator.input(n));
      if (it == measures.end() || it->second->has_magnitude() ||
          !inputs.insert(indicator.input(n)).second) {
        return place.In("input", n)
            .Error(absl::StrCat("'", indicator.input(n),
                                "' is repeated or no measure that counts persons"));
      }
    }
    RENKEI_RETURN_IF_ERROR(CheckRule(indicator, place, populations));
  }
  return absl::OkStatus();
}

}  // namespace renkei::policy::catalogue
