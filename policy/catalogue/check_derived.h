// Checks of indicators that the hub computes from released counts, and of their weights.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "policy/catalogue/measure_files.h"
#include "renkei/v1/catalogue.pb.h"

namespace renkei::policy::catalogue {

inline constexpr int kWeights = 7;  // bands 40-44 to 70-74

// No derived indicator has the id of a measure; inputs are measures that count persons.
absl::Status CheckDerivedIndicators(const MeasureFiles& files,
                                    const std::map<std::string, const v1::Measure*>& measures);

}  // namespace renkei::policy::catalogue
