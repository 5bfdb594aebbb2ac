// What claims and absences of a fiscal year sum up to per person (definitions 11). Touches the disk
// through the given connection.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "agents/cohort/year_people.h"
#include "policy/base/fiscal_year.h"
#include "policy/catalogue/amount.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

// Four bytes per person; the few sums that do not fit stand apart.
class AmountByPerson {
 public:
  explicit AmountByPerson(size_t persons) : small_(persons, 0) {}
  void Add(uint32_t person, int64_t amount);
  int64_t Of(uint32_t person) const;

 private:
  static constexpr uint32_t kLarge = UINT32_MAX;
  std::vector<uint32_t> small_;
  absl::flat_hash_map<uint32_t, int64_t> large_;
};

// One element per amount. INVALID_ARGUMENT for an amount that cannot be computed.
absl::StatusOr<std::vector<AmountByPerson>> ReadAmounts(
    policy::sqlcipher::Database& database, policy::base::FiscalYear year,
    const std::vector<policy::catalogue::Amount>& amounts, const CardLinks& links,
    uint32_t persons);

}  // namespace renkei::agents::cohort
