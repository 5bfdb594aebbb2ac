#include "policy/disclosure/noisy_difference.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "policy/disclosure/axes.h"
#include "policy/disclosure/noisy_places.h"
#include "policy/disclosure/noisy_table.h"
#include "policy/rules/policy_document.h"

namespace renkei::policy::disclosure {
namespace {

std::set<base::MemberId> DeliverersOf(const ProtectRequest& request, size_t measure) {
  std::set<base::MemberId> members;
  for (const PooledContribution& c : request.contributions) {
    if (c.cube->collected()[measure]) members.insert(c.member);
  }
  return members;
}

}  // namespace

bool DifferenceTellsOfFewMembers(const ProtectRequest& request, size_t measure,
                                 const ProtectRequest& earlier, size_t earlier_measure) {
  const std::set<base::MemberId> now = DeliverersOf(request, measure);
  const std::set<base::MemberId> then = DeliverersOf(earlier, earlier_measure);
  ProtectRequest difference;
  difference.layout = request.layout;
  const auto nobody = std::make_shared<const tables::Cube>(request.layout);
  const auto add = [&](const ProtectRequest& from, const std::set<base::MemberId>& in,
                       const std::set<base::MemberId>& not_in) {
    for (const PooledContribution& c : from.contributions) {
      if (!in.contains(c.member) || not_in.contains(c.member)) continue;
      difference.contributions.push_back(c);
      difference.contributions.back().cube = nobody;  // delivered, whatever it counts
    }
  };
  add(request, now, then);
  add(earlier, then, now);
  if (difference.contributions.empty()) return false;
  // A table that shows nothing leaves no difference.
  if (IsOfFewMembers(request, measure) || IsOfFewMembers(earlier, earlier_measure)) return false;

  difference.policy.set_min_contributors(
      static_cast<uint32_t>(std::max(MinContributorsOf(request), MinContributorsOf(earlier))));
  if (IsOfFewMembers(difference, measure)) return true;
  rules::WithheldLevels withheld = WithheldLevelsOf(request, measure);
  withheld.Add(WithheldLevelsOf(earlier, earlier_measure));
  rules::WithheldLevels needed = withheld;
  needed.Add(LevelsOfFewMembers(difference, measure));
  return needed != withheld;
}

bool DifferenceTellsOfHiddenPlaces(const ProtectRequest& request, size_t measure,
                                   const ProtectRequest& earlier, size_t earlier_measure) {
  const auto shows_no_place = [](const ProtectRequest& table, size_t m) {
    return WithheldLevelsOf(table, m).Has(v1::WITHHELD_LEVEL_MUNICIPALITY);
  };
  if (shows_no_place(request, measure) || shows_no_place(earlier, earlier_measure)) return false;
  const NoisyPlaces now(request);
  const NoisyPlaces then(earlier);
  if (now.is_area_hidden() || then.is_area_hidden()) return false;
  const auto hides = [](const NoisyPlaces& places, const ProtectRequest& table,
                        const std::string& code) {
    const std::optional<int> g = table.layout->GeographyOf(code);
    return !g.has_value() || places.IsHidden({.scope = Slice::Scope::kOne, .geography = *g});
  };
  bool any = false;
  int64_t persons_now = 0;
  int64_t persons_then = 0;
  for (const std::string& code : request.layout->municipalities()) {
    if (!hides(now, request, code) || !hides(then, earlier, code)) continue;
    any = true;
    persons_now += PersonsIn(request, code);
    persons_then += PersonsIn(earlier, code);
  }
  return any && (rules::ThresholdOfMunicipality(request.policy, persons_now).hide ||
                 rules::ThresholdOfMunicipality(earlier.policy, persons_then).hide);
}

}  // namespace renkei::policy::disclosure
