#include "hub/indicators/shown_counts.h"

#include "hub/indicators/wilson.h"
#include "policy/tables/rates.h"

namespace renkei::hub::indicators {

void ShowCounts(int64_t k, int64_t n, v1::ReleaseCell* cell) {
  if (n == 0) return;
  cell->set_numerator(static_cast<uint64_t>(k));
  cell->set_denominator(static_cast<uint64_t>(n));
  if (const auto tenths = policy::tables::PercentTenths(k, n)) {
    cell->set_value_tenths(static_cast<uint32_t>(*tenths));
  }
  if (const auto interval = WilsonInterval(k, n)) {
    cell->set_ci_lower_tenths(static_cast<uint32_t>(interval->lower_tenths));
    cell->set_ci_upper_tenths(static_cast<uint32_t>(interval->upper_tenths));
  }
}

}  // namespace renkei::hub::indicators
