#include "hub/releases/newest.h"

#include <algorithm>
#include <set>
#include <utility>

#include "policy/base/status.h"

namespace renkei::hub::releases {

absl::StatusOr<std::vector<NewestRelease>> NewestReleases(store::Snapshot& snapshot,
                                                          absl::string_view area_code,
                                                          int fiscal_year,
                                                          const std::vector<std::string>& wanted) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ReleaseRow> rows,
                          snapshot.ListReleasesOf(area_code, fiscal_year));
  std::vector<NewestRelease> newest;
  std::set<std::string> seen;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (row->grouping_of != 0) continue;
    NewestRelease release{.number = row->number, .indicators = {}};
    for (const std::string& indicator : row->indicators) {
      const bool is_wanted =
          wanted.empty() || std::find(wanted.begin(), wanted.end(), indicator) != wanted.end();
      if (is_wanted && seen.insert(indicator).second) release.indicators.push_back(indicator);
    }
    if (!release.indicators.empty()) newest.push_back(std::move(release));
  }
  std::reverse(newest.begin(), newest.end());
  return newest;
}

}  // namespace renkei::hub::releases
