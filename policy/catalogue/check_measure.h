// Checks of one measure: what is counted or summed, for whom, with whose consent.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "policy/catalogue/check_condition.h"
#include "policy/catalogue/place.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::catalogue {

inline constexpr uint32_t kFirstFiscalYear = 2008;
inline constexpr uint32_t kLastFiscalYear = 2199;

using UsesByName = std::map<std::string, Uses>;  // by "condition x" or "classification x"
using FamiliesById = std::map<std::string, const v1::FamilyRule*>;

// Head (id, source) apart. Conditions and classifications have been checked and are free of cycles.
absl::Status CheckMeasure(const v1::Measure& measure, const Place& place, const Names& names,
                          const FamiliesById& families, const UsesByName& uses_by_name);

}  // namespace renkei::policy::catalogue
