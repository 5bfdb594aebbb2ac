#include "hub/releases/borders.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "hub/rounds/open.h"
#include "hub/store/paging.h"
#include "policy/base/status.h"

namespace renkei::hub::releases {
namespace rules = renkei::policy::rules;

absl::StatusOr<bool> CrossesBorders(store::Snapshot& snapshot,
                                    const v1::RoundDescriptor& descriptor) {
  const std::set<std::string> own(descriptor.municipality().begin(),
                                  descriptor.municipality().end());
  bool crosses = false;
  RENKEI_RETURN_IF_ERROR(
      store::ForEachRelease(snapshot, [&](const store::ReleaseRow& row) -> absl::StatusOr<bool> {
        if (row.grouping_of != 0 || row.area_code == descriptor.area_code() ||
            row.fiscal_year != static_cast<int>(descriptor.fiscal_year())) {
          return true;
        }
        RENKEI_ASSIGN_OR_RETURN(const std::optional<store::RoundRow> round,
                                snapshot.FindRound(row.round_id));
        if (!round.has_value()) return absl::DataLossError("a release has no round in the store");
        RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor other, rounds::DescriptorOf(*round));
        crosses = std::any_of(other.municipality().begin(), other.municipality().end(),
                              [&](const std::string& code) { return own.contains(code); });
        return !crosses;
      }));
  return crosses;
}

rules::Decision BordersRefusal() {
  return rules::Decision::Refuse(
      {rules::Gate::kDisclosure, absl::StatusCode::kFailedPrecondition,
       v1::ERROR_REASON_ALREADY_RELEASED, "release.borders",
       "the fiscal year was released of another area that has some of these municipalities; the "
       "difference of the two would be the municipalities that moved",
       "a fiscal year that was not released within the earlier borders"});
}

}  // namespace renkei::hub::releases
