#include "policy/disclosure/noisy_places.h"

#include <algorithm>
#include <string>

#include "policy/rules/policy_document.h"

namespace renkei::policy::disclosure {

int64_t PersonsIn(const ProtectRequest& request, const std::string& municipality) {
  const auto it = request.population_persons.find(municipality);
  return it == request.population_persons.end() ? 0 : it->second;
}

NoisyPlaces::NoisyPlaces(const ProtectRequest& request)
    : hidden_(static_cast<size_t>(request.layout->geographies())),
      min_persons_(hidden_.size(), int64_t{request.policy.min_cell_persons()}) {
  const std::vector<std::string>& codes = request.layout->municipalities();
  const auto population = [&](size_t g) { return PersonsIn(request, codes[g]); };
  int64_t agreed = 0;
  for (const PooledContribution& c : request.contributions) {
    agreed = std::max(agreed, c.min_cell_persons);
  }
  std::vector<size_t> shown;
  int64_t hidden_persons = 0;
  for (size_t g = 0; g < codes.size(); ++g) {
    const rules::CellThreshold band = rules::ThresholdOfMunicipality(request.policy, population(g));
    min_persons_[g] = std::max(min_persons_[g], band.min_cell);
    hidden_[g] = band.hide;
    if (band.hide) {
      hidden_persons += population(g);
    } else {
      shown.push_back(g);
    }
  }
  for (int64_t& least : min_persons_) least = std::max(least, agreed);
  if (shown.size() == codes.size()) return;

  std::stable_sort(shown.begin(), shown.end(),
                   [&](size_t a, size_t b) { return population(a) < population(b); });
  const auto too_few = [&] {
    return rules::ThresholdOfMunicipality(request.policy, hidden_persons).hide;
  };
  for (const size_t g : shown) {
    if (!too_few()) break;
    hidden_[g] = true;
    hidden_persons += population(g);
  }
  is_area_hidden_ = too_few();
}

bool NoisyPlaces::IsHidden(const Slice& slice) const {
  if (slice.scope == Slice::Scope::kWhole) return is_area_hidden_;
  return is_area_hidden_ || hidden_[static_cast<size_t>(slice.geography)];
}

int64_t NoisyPlaces::MinPersonsOf(const Slice& slice) const {
  if (slice.scope == Slice::Scope::kOne) return min_persons_[static_cast<size_t>(slice.geography)];
  return *std::max_element(min_persons_.begin(), min_persons_.end());
}

}  // namespace renkei::policy::disclosure
