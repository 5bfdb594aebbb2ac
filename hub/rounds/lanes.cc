#include "hub/rounds/lanes.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "policy/base/error.h"
#include "policy/base/status.h"

namespace renkei::hub::rounds {
namespace base = renkei::policy::base;
namespace {

bool IsNoiseFamily(const v1::PolicyDocument& policy, const std::string& family) {
  const auto& families = policy.noise().family();
  return std::find(families.begin(), families.end(), family) != families.end();
}

absl::Status Invalid(absl::string_view message, absl::string_view pass) {
  return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                         absl::StrCat("noise.family: ", message), "noise.family", "policy.noise",
                         pass);
}

std::set<std::string> FamiliesOf(const policy::catalogue::Catalogue& catalogue,
                                 const v1::Relation& relation) {
  std::set<std::string> families;
  const auto add = [&](const std::string& id) {
    const v1::Measure* measure = catalogue.FindMeasure(id);
    if (measure != nullptr) families.insert(measure->family());
  };
  add(relation.total());
  for (const std::string& id : relation.part()) add(id);
  for (const std::string& id : relation.same_people()) add(id);
  return families;
}

}  // namespace

Lane LaneOf(const policy::catalogue::Catalogue& catalogue, const v1::PolicyDocument& policy,
            const std::string& measure) {
  const v1::Measure* definition = catalogue.FindMeasure(measure);
  return definition != nullptr && IsNoiseFamily(policy, definition->family()) ? Lane::kNoise
                                                                              : Lane::kExact;
}

absl::StatusOr<Lane> LaneOfRound(const policy::catalogue::Catalogue& catalogue,
                                 const v1::PolicyDocument& policy,
                                 const std::vector<std::string>& measures) {
  const auto noisy = std::count_if(measures.begin(), measures.end(), [&](const std::string& id) {
    return LaneOf(catalogue, policy, id) == Lane::kNoise;
  });
  if (noisy == 0) return Lane::kExact;
  if (noisy == static_cast<std::ptrdiff_t>(measures.size())) return Lane::kNoise;
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_MALFORMED,
                         "some of the round's measures are released with noise and some exactly",
                         "indicator", "policy.noise",
                         "open a round of their own for the measures of the noise lane");
}

absl::Status CheckNoiseFamilies(const policy::catalogue::Catalogue& catalogue,
                                const v1::PolicyDocument& policy) {
  const auto& known = catalogue.definitions().family();
  for (const std::string& family : policy.noise().family()) {
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const v1::FamilyRule& rule) {
      return rule.id() == family;
    });
    if (!is_known) {
      return Invalid(absl::StrCat("the catalogue has no family ", family),
                     "name a family that `renkei indicator list` shows");
    }
  }
  for (const v1::Relation& relation : catalogue.definitions().relation()) {
    const std::set<std::string> families = FamiliesOf(catalogue, relation);
    std::string inside, outside;
    for (const std::string& family : families) {
      (IsNoiseFamily(policy, family) ? inside : outside) = family;
    }
    if (!inside.empty() && !outside.empty()) {
      return Invalid(absl::StrCat(inside, " and ", outside,
                                  " count the same persons; one lane would tell of the other"),
                     "name both families or neither");
    }
  }
  return absl::OkStatus();
}

}  // namespace renkei::hub::rounds
