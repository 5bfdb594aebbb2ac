#include "hub/releases/series_layout.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/releases/stored_release.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::releases {
namespace rules = renkei::policy::rules;
namespace {

absl::StatusOr<std::vector<rules::WithheldLevels>> LayoutsOfSeries(
    store::Snapshot& snapshot, const v1::RoundDescriptor& descriptor) {
  std::set<uint64_t> first_releases;
  for (const v1::MeasureRef& measure : descriptor.measure()) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<uint64_t> number,
                            snapshot.FindFirstReleaseOf(descriptor.area_code(), measure.id()));
    if (number.has_value()) first_releases.insert(*number);
  }
  std::vector<rules::WithheldLevels> layouts;
  for (const uint64_t number : first_releases) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ReleaseRow> row,
                            snapshot.FindRelease(number));
    if (!row.has_value()) return absl::DataLossError("a release of a series is not in the store");
    RENKEI_ASSIGN_OR_RETURN(const v1::Release release, ReleaseOf(*row));
    const rules::WithheldLevels levels = LayoutOf(release).levels();
    if (std::find(layouts.begin(), layouts.end(), levels) == layouts.end()) {
      layouts.push_back(levels);
    }
  }
  return layouts;
}

}  // namespace

absl::StatusOr<SeriesLayout> ChooseLayout(store::Snapshot& snapshot,
                                          const v1::RoundDescriptor& descriptor,
                                          const v1::PolicyDocument& policy,
                                          const std::string& name) {
  SeriesLayout layout;
  RENKEI_ASSIGN_OR_RETURN(layout.of_series, LayoutsOfSeries(snapshot, descriptor));
  std::vector<rules::OfferedLayout> offered = rules::LayoutsOf(policy);
  const auto is_wanted = [&](const rules::OfferedLayout& one) {
    if (!name.empty()) return one.name == name;
    return layout.of_series.size() == 1 && one.levels() == layout.of_series.front();
  };
  auto chosen = std::find_if(offered.begin(), offered.end(), is_wanted);
  if (chosen == offered.end()) {
    if (!name.empty()) {
      const std::string names =
          absl::StrJoin(offered, ", ", [](std::string* out, const rules::OfferedLayout& one) {
            absl::StrAppend(out, one.name);
          });
      return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                             "the round's policy offers no layout of this name", "layout",
                             "policy.ladder", absl::StrCat("one of ", names));
    }
    chosen = offered.begin();
  }
  layout.chosen = std::move(*chosen);
  return layout;
}

rules::OfferedLayout LayoutOf(const v1::Release& release) {
  std::vector<v1::WithheldLevel> steps;
  for (const int level : release.withheld_level()) {
    steps.push_back(static_cast<v1::WithheldLevel>(level));
  }
  return rules::MakeOfferedLayout(std::move(steps));
}

}  // namespace renkei::hub::releases
