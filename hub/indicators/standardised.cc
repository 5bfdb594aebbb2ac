#include "hub/indicators/standardised.h"

#include <algorithm>
#include <cmath>

namespace renkei::hub::indicators {
namespace {

// As printed in the source of the interval (definitions 12.4); Wilson's has more digits (R34).
constexpr double kByarZ = 1.96;

}  // namespace

std::optional<DirectRate> StandardiseDirectly(std::span<const Stratum> strata,
                                              std::span<const int64_t> weights) {
  if (strata.empty() || strata.size() != weights.size()) return std::nullopt;
  double sum = 0;
  double variance = 0;
  double total = 0;
  for (size_t i = 0; i < strata.size(); ++i) {
    if (strata[i].n <= 0) return std::nullopt;
    const double w = static_cast<double>(weights[i]);
    const double n = static_cast<double>(strata[i].n);
    const double p = static_cast<double>(strata[i].k) / n;
    sum += w * p;
    variance += w * w * p * (1 - p) / n;
    total += w;
  }
  if (total <= 0) return std::nullopt;
  return DirectRate{.rate = sum / total, .standard_error = std::sqrt(variance) / total};
}

ByarLimits Byar(int64_t observed, double expected) {
  const auto cube = [](double x) { return x * x * x; };
  const double o = static_cast<double>(observed);
  ByarLimits limits;
  if (observed > 0) {
    const double lower = o * cube(1 - 1 / (9 * o) - kByarZ / (3 * std::sqrt(o)));
    limits.lower = 100 * std::max(lower, 0.0) / expected;
  }
  const double above = o + 1;
  limits.upper =
      100 * above * cube(1 - 1 / (9 * above) + kByarZ / (3 * std::sqrt(above))) / expected;
  return limits;
}

std::optional<StandardisedRatio> StandardiseIndirectly(std::span<const ReferredStratum> strata,
                                                       double unstable_below) {
  StandardisedRatio out;
  double variance = 0;
  for (const ReferredStratum& stratum : strata) {
    if (!stratum.reference.has_value()) {
      ++out.strata_left_out;
      continue;
    }
    const double n = static_cast<double>(stratum.own.n);
    const double p = *stratum.reference;
    out.observed += stratum.own.k;
    out.expected += n * p;
    variance += n * p * (1 - p);
  }
  if (out.expected <= 0) return std::nullopt;
  const double o = static_cast<double>(out.observed);
  out.ratio = 100 * o / out.expected;
  const ByarLimits limits = Byar(out.observed, out.expected);
  out.lower = limits.lower;
  out.upper = limits.upper;
  if (variance > 0) out.z = (o - out.expected) / std::sqrt(variance);
  out.unstable = out.expected < unstable_below;
  return out;
}

std::optional<double> Decline(double base, double now) {
  if (!(base > 0)) return std::nullopt;
  return 100 * (base - now) / base;
}

int64_t RoundHalfAway(double value, int decimals) {
  return static_cast<int64_t>(std::llround(value * std::pow(10.0, decimals)));
}

}  // namespace renkei::hub::indicators
