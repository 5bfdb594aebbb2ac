#include "agents/cohort/amounts.h"

#include <algorithm>

#include "policy/base/status.h"

namespace renkei::agents::cohort {

void AmountByPerson::Add(uint32_t person, int64_t amount) {
  if (amount == 0) return;
  uint32_t& small = small_[person];
  if (small != kLarge && amount > 0 && amount < static_cast<int64_t>(kLarge - small)) {
    small += static_cast<uint32_t>(amount);
    return;
  }
  int64_t& large = large_[person];
  if (small != kLarge) large = small;
  small = kLarge;
  large += amount;
}

int64_t AmountByPerson::Of(uint32_t person) const {
  return small_[person] != kLarge ? small_[person] : large_.find(person)->second;
}

absl::StatusOr<std::vector<AmountByPerson>> ReadAmounts(
    policy::sqlcipher::Database&, policy::base::FiscalYear,
    const std::vector<policy::catalogue::Amount>& amounts, const CardLinks&, uint32_t) {
  if (!amounts.empty()) return absl::UnimplementedError("amounts of claims and absences");
  return std::vector<AmountByPerson>();
}

}  // namespace renkei::agents::cohort
