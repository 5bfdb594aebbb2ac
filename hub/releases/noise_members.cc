#include "hub/releases/noise_members.h"

#include <algorithm>
#include <vector>

#include "hub/releases/ledger.h"
#include "policy/base/status.h"
#include "policy/disclosure/noisy_difference.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace rules = renkei::policy::rules;
namespace tables = renkei::policy::tables;

absl::StatusOr<rules::Decision> DecideMembers(store::Snapshot& snapshot,
                                              const Candidate& candidate) {
  const SealedInputs& inputs = candidate.inputs;
  RENKEI_ASSIGN_OR_RETURN(
      const std::vector<SealedRelease> ledger,
      LoadLedger(snapshot, inputs.round.area_code, inputs.round.fiscal_year, rounds::Lane::kNoise));
  disclosure::ProtectRequest request;
  request.layout = inputs.layout;
  request.contributions = inputs.contributions;
  request.policy = inputs.policy;
  request.withheld = candidate.layout.chosen.levels();
  const std::vector<tables::MeasureVersion>& asked = inputs.layout->measures();
  for (const SealedRelease& release : ledger) {
    disclosure::ProtectRequest earlier;
    earlier.layout = release.layout;
    earlier.contributions = release.contributions;
    earlier.policy = release.policy;
    earlier.withheld = release.withheld;
    const std::vector<tables::MeasureVersion>& released = release.layout->measures();
    for (size_t m = 0; m < asked.size(); ++m) {
      const auto same = std::find_if(released.begin(), released.end(),
                                     [&](const auto& r) { return r.id == asked[m].id; });
      if (same == released.end()) continue;
      const auto earlier_m = static_cast<size_t>(same - released.begin());
      if (!disclosure::DifferenceTellsOfFewMembers(request, m, earlier, earlier_m)) continue;
      return rules::Decision::Refuse(
          {rules::Gate::kContributors, absl::StatusCode::kFailedPrecondition,
           v1::ERROR_REASON_TOO_FEW_MEMBERS, "policy.min_contributors",
           "few members joined or left since an earlier release of the area and year; what it and "
           "this one differ by would be their figures",
           "the members that delivered then, or at least min_contributors others of each kind"});
    }
  }
  return rules::Decision::Permit();
}

}  // namespace renkei::hub::releases
