#include "hub/rounds/tightening.h"

#include <set>

#include "policy/rules/policy_document.h"

namespace renkei::hub::rounds {
namespace rules = renkei::policy::rules;

bool Tightens(const v1::PolicyDocument& in_force, const v1::PolicyDocument& of_round) {
  if (in_force.min_cell_persons() > of_round.min_cell_persons() ||
      in_force.min_contributors() > of_round.min_contributors() ||
      in_force.release_within_days() < of_round.release_within_days() ||
      in_force.population_edition() != of_round.population_edition()) {
    return true;
  }
  // Thresholds change at the bands' ends only.
  std::set<int64_t> populations = {0};
  for (const v1::PolicyDocument* policy : {&in_force, &of_round}) {
    for (const auto& band : policy->population_band()) populations.insert(band.below_persons());
  }
  for (const int64_t persons : populations) {
    const rules::CellThreshold now = rules::ThresholdOfMunicipality(in_force, persons);
    const rules::CellThreshold then = rules::ThresholdOfMunicipality(of_round, persons);
    if (then.hide) continue;
    if (now.hide || now.min_cell > then.min_cell) return true;
  }
  return false;
}

}  // namespace renkei::hub::rounds
