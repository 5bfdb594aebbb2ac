#include "hub/releases/noise_differences.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hub/releases/ledger.h"
#include "policy/base/status.h"
#include "policy/disclosure/noisy_difference.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace rules = renkei::policy::rules;
namespace tables = renkei::policy::tables;

namespace {

// As far as a difference looks at it.
disclosure::ProtectRequest TableOf(std::shared_ptr<const tables::Layout> layout,
                                   std::vector<disclosure::PooledContribution> contributions,
                                   const v1::PolicyDocument& policy,
                                   const rules::WithheldLevels& withheld,
                                   const Surroundings& surroundings) {
  disclosure::ProtectRequest table;
  table.layout = std::move(layout);
  table.contributions = std::move(contributions);
  table.policy = policy;
  table.withheld = withheld;
  const auto edition = surroundings.population_persons.find(policy.population_edition());
  if (edition != surroundings.population_persons.end()) table.population_persons = edition->second;
  return table;
}

rules::Decision Refuse(std::string rule, std::string message, std::string would_pass) {
  return rules::Decision::Refuse({rules::Gate::kContributors, absl::StatusCode::kFailedPrecondition,
                                  v1::ERROR_REASON_TOO_FEW_MEMBERS, std::move(rule),
                                  std::move(message), std::move(would_pass)});
}

}  // namespace

absl::StatusOr<rules::Decision> DecideDifferences(store::Snapshot& snapshot,
                                                  const Surroundings& surroundings,
                                                  const Candidate& candidate) {
  const SealedInputs& inputs = candidate.inputs;
  RENKEI_ASSIGN_OR_RETURN(
      const std::vector<SealedRelease> ledger,
      LoadLedger(snapshot, inputs.round.area_code, inputs.round.fiscal_year, rounds::Lane::kNoise));
  const disclosure::ProtectRequest table =
      TableOf(inputs.layout, inputs.contributions, inputs.policy, candidate.layout.chosen.levels(),
              surroundings);
  const std::vector<tables::MeasureVersion>& asked = inputs.layout->measures();
  for (const SealedRelease& release : ledger) {
    const disclosure::ProtectRequest earlier = TableOf(
        release.layout, release.contributions, release.policy, release.withheld, surroundings);
    const std::vector<tables::MeasureVersion>& released = release.layout->measures();
    for (size_t m = 0; m < asked.size(); ++m) {
      const auto same = std::find_if(released.begin(), released.end(),
                                     [&](const auto& r) { return r.id == asked[m].id; });
      if (same == released.end()) continue;
      const auto earlier_m = static_cast<size_t>(same - released.begin());
      if (disclosure::DifferenceTellsOfFewMembers(table, m, earlier, earlier_m)) {
        return Refuse(
            "policy.min_contributors",
            "few members joined or left since an earlier release of the area and year; what it "
            "and this one differ by would be their figures",
            "the members that delivered then, or at least min_contributors others of each kind");
      }
      if (disclosure::DifferenceTellsOfHiddenPlaces(table, m, earlier, earlier_m)) {
        return Refuse("policy.population_band",
                      "an earlier release of the area and year hid other places; the two together "
                      "would leave the figure of one that both hide",
                      "a round under the population_edition and bands of the earlier release");
      }
    }
  }
  return rules::Decision::Permit();
}

}  // namespace renkei::hub::releases
