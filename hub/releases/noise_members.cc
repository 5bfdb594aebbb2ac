#include "hub/releases/noise_members.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "hub/releases/ledger.h"
#include "policy/base/status.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace rules = renkei::policy::rules;
namespace tables = renkei::policy::tables;
namespace {

// Who delivered a measure, and whether they agreed to be shown alone.
using Deliverers = std::map<base::MemberId, bool>;

Deliverers DeliverersOf(const std::vector<disclosure::PooledContribution>& contributions,
                        size_t measure) {
  Deliverers out;
  for (const disclosure::PooledContribution& c : contributions) {
    if (c.cube->collected()[measure]) out[c.member] = c.allow_member_level_display;
  }
  return out;
}

int64_t MinContributors(const v1::PolicyDocument& policy,
                        const std::vector<disclosure::PooledContribution>& contributions) {
  auto least = int64_t{policy.min_contributors()};
  for (const disclosure::PooledContribution& c : contributions) {
    least = std::max(least, c.min_contributors);
  }
  return least;
}

// Those of `a` that are not in `b`: their number, and whether all of them agreed.
struct Others {
  int64_t members = 0;
  bool all_agree = true;
  void Add(const Deliverers& a, const Deliverers& b) {
    for (const auto& [member, agrees] : a) {
      if (b.contains(member)) continue;
      ++members;
      all_agree = all_agree && agrees;
    }
  }
};

}  // namespace

absl::StatusOr<rules::Decision> DecideMembers(store::Snapshot& snapshot,
                                              const SealedInputs& inputs) {
  RENKEI_ASSIGN_OR_RETURN(
      const std::vector<SealedRelease> earlier,
      LoadLedger(snapshot, inputs.round.area_code, inputs.round.fiscal_year, rounds::Lane::kNoise));
  const std::vector<tables::MeasureVersion>& asked = inputs.layout->measures();
  for (const SealedRelease& release : earlier) {
    const int64_t enough = std::max(MinContributors(inputs.policy, inputs.contributions),
                                    MinContributors(release.policy, release.contributions));
    const std::vector<tables::MeasureVersion>& released = release.layout->measures();
    for (size_t m = 0; m < asked.size(); ++m) {
      const auto same = std::find_if(released.begin(), released.end(),
                                     [&](const auto& r) { return r.id == asked[m].id; });
      if (same == released.end()) continue;
      const Deliverers now = DeliverersOf(inputs.contributions, m);
      const Deliverers then =
          DeliverersOf(release.contributions, static_cast<size_t>(same - released.begin()));
      Others others;
      others.Add(now, then);
      others.Add(then, now);
      if (others.members >= enough || others.all_agree) continue;
      return rules::Decision::Refuse(
          {rules::Gate::kContributors, absl::StatusCode::kFailedPrecondition,
           v1::ERROR_REASON_TOO_FEW_MEMBERS, "policy.min_contributors",
           "few members joined or left since an earlier release of the area and year; what it and "
           "this one differ by would be their figures",
           "the members that delivered then, or at least min_contributors others"});
    }
  }
  return rules::Decision::Permit();
}

}  // namespace renkei::hub::releases
