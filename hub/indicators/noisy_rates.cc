#include "hub/indicators/noisy_rates.h"

#include <algorithm>
#include <cmath>

namespace renkei::hub::indicators {

std::optional<ConfidenceInterval> NoisyInterval(int64_t k, int64_t n, double variance) {
  const long double v = variance;
  const long double of = static_cast<long double>(n);
  // The noise of n adds up that of k and of the rest.
  if (n <= 0 || of * of < kDenominatorSigmas * kDenominatorSigmas * 2 * v) return std::nullopt;
  const long double z2 = static_cast<long double>(kWilsonZ) * kWilsonZ;
  const long double x = static_cast<long double>(k);
  // a p^2 - 2 b p + c <= 0; a is above 0 as n is many standard deviations.
  const long double a = of * of + z2 * of - 2 * z2 * v;
  const long double b = x * of + z2 * of / 2 - z2 * v;
  const long double c = x * x - z2 * v;
  const long double root = std::sqrt(std::max(b * b - a * c, 0.0L));
  ConfidenceInterval out{TenthsOfPercent((b - root) / a), TenthsOfPercent((b + root) / a)};
  if (v == 0 && k == 0) out.lower_tenths = 0;
  if (v == 0 && k == n) out.upper_tenths = 1000;
  return out;
}

void StateNoise(const policy::disclosure::ProtectedTable<policy::disclosure::ForRelease>& table,
                const v1::NoiseTerms& noise,
                google::protobuf::RepeatedPtrField<v1::ReleaseTable>* tables) {
  const double inner_variance = static_cast<double>(noise.variance_numerator()) /
                                static_cast<double>(noise.variance_denominator());
  for (size_t t = 0; t < table.measures().size(); ++t) {
    v1::ReleaseTable& out = (*tables)[static_cast<int>(t)];
    const std::vector<policy::disclosure::ProtectedCell>& cells = table.measures()[t].cells;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (cells[c].noisy_inner_cells == 0 || cells[c].denominator == 0) continue;
      v1::ReleaseCell& cell = *out.mutable_cell(static_cast<int>(c));
      const auto interval = NoisyInterval(cells[c].numerator, cells[c].denominator,
                                          cells[c].noisy_inner_cells * inner_variance);
      if (interval.has_value()) {
        cell.set_ci_lower_tenths(static_cast<uint32_t>(interval->lower_tenths));
        cell.set_ci_upper_tenths(static_cast<uint32_t>(interval->upper_tenths));
      } else {
        cell.set_without_rate(true);
        cell.clear_value_tenths();
        cell.clear_ci_lower_tenths();
        cell.clear_ci_upper_tenths();
      }
    }
  }
}

}  // namespace renkei::hub::indicators
