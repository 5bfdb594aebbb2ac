#include "hub/indicators/wilson.h"

#include <algorithm>
#include <cmath>

namespace renkei::hub::indicators {

int64_t TenthsOfPercent(long double proportion) {
  const long double tenths = std::floor(proportion * 1000.0L + 0.5L);
  return std::clamp<int64_t>(static_cast<int64_t>(tenths), 0, 1000);
}

std::optional<ConfidenceInterval> WilsonInterval(int64_t k, int64_t n) {
  if (n <= 0) return std::nullopt;
  const long double z = kWilsonZ;
  const long double x = static_cast<long double>(k);
  const long double m = static_cast<long double>(n);
  const long double middle = (x + z * z / 2) / (m + z * z);
  const long double half = z * std::sqrt(x * (m - x) / m + z * z / 4) / (m + z * z);
  ConfidenceInterval out{TenthsOfPercent(middle - half), TenthsOfPercent(middle + half)};
  // The formula gives these two exactly; rounding of the arithmetic must not.
  if (k == 0) out.lower_tenths = 0;
  if (k == n) out.upper_tenths = 1000;
  return out;
}

}  // namespace renkei::hub::indicators
