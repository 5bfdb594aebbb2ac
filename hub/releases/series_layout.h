// The layout of a release (R13): one of the round's policy, the same for every release of a series.
// A series is the releases of an indicator and area over the years; its first one fixes the layout,
// and how counts are rounded.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/store/store.h"
#include "policy/rules/withheld_levels.h"
#include "renkei/v1/policy.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::releases {

struct SeriesLayout {
  policy::rules::OfferedLayout chosen;
  // Of the indicators that were released before, each once; empty: the choice is free.
  std::vector<policy::rules::WithheldLevels> of_series;
  std::vector<v1::Rounding> roundings_of_series;  // likewise
};

// The layout of that name. Without one: of the series, where its indicators have one and the policy
// offers it, else the full one. INVALID_ARGUMENT names what the policy offers.
absl::StatusOr<SeriesLayout> ChooseLayout(store::Snapshot& snapshot,
                                          const v1::RoundDescriptor& descriptor,
                                          const v1::PolicyDocument& policy,
                                          const std::string& name);

}  // namespace renkei::hub::releases
