// Wilson score interval for a proportion (Wilson 1927, without continuity correction), 95 %. Pure.
#pragma once

#include <cstdint>
#include <optional>

namespace renkei::hub::indicators {

inline constexpr double kWilsonZ = 1.959963984540054;  // R34

// Limits in tenths of a percent, half up, within 0 to 1000.
struct ConfidenceInterval {
  int64_t lower_tenths = 0;
  int64_t upper_tenths = 0;
  bool operator==(const ConfidenceInterval&) const = default;
};

// Half up, within 0 to 1000.
int64_t TenthsOfPercent(long double proportion);

// nullopt for n = 0. Needs 0 <= k <= n < 2^48.
std::optional<ConfidenceInterval> WilsonInterval(int64_t k, int64_t n);

}  // namespace renkei::hub::indicators
