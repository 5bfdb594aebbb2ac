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

template <typename T>
void AddNew(const T& one, std::vector<T>* all) {
  if (std::find(all->begin(), all->end(), one) == all->end()) all->push_back(one);
}

absl::Status FindSeries(store::Snapshot& snapshot, const v1::RoundDescriptor& descriptor,
                        SeriesLayout* layout) {
  std::set<uint64_t> first_releases;
  for (const v1::MeasureRef& measure : descriptor.measure()) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<uint64_t> number,
                            snapshot.FindFirstReleaseOf(descriptor.area_code(), measure.id()));
    if (number.has_value()) first_releases.insert(*number);
  }
  for (const uint64_t number : first_releases) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ReleaseRow> row,
                            snapshot.FindRelease(number));
    if (!row.has_value()) return absl::DataLossError("a release of a series is not in the store");
    RENKEI_ASSIGN_OR_RETURN(const v1::Release release, ReleaseOf(*row));
    AddNew(rules::LayoutOf(release.withheld_level()).levels(), &layout->of_series);
    // Noise is in place of rounding, and a family in the noise lane stays there.
    if (!release.has_noise()) AddNew(release.rounding(), &layout->roundings_of_series);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SeriesLayout> ChooseLayout(store::Snapshot& snapshot,
                                          const v1::RoundDescriptor& descriptor,
                                          const v1::PolicyDocument& policy,
                                          const std::string& name) {
  SeriesLayout layout;
  RENKEI_RETURN_IF_ERROR(FindSeries(snapshot, descriptor, &layout));
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

}  // namespace renkei::hub::releases
