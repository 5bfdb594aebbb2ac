// Chi-square and Clopper-Pearson for tests at fixed seeds.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace renkei::policy::noise {

using Histogram = std::map<int64_t, uint64_t>;
using Mass = std::function<double(int64_t)>;

// P[k] up to |k| <= reach, normalised by summing; the law beyond is below the doubles' precision.
inline Mass Normalised(const Mass& weight, int64_t reach) {
  double sum = 0;
  for (int64_t k = -reach; k <= reach; ++k) sum += weight(k);
  return [weight, sum](int64_t k) { return weight(k) / sum; };
}

inline Mass GaussianMass(double sigma_squared) {
  return Normalised(
      [=](int64_t k) {
        return std::exp(-static_cast<double>(k) * static_cast<double>(k) / (2 * sigma_squared));
      },
      static_cast<int64_t>(40 * std::sqrt(sigma_squared)) + 40);
}

inline Mass LaplaceMass(double scale) {
  const double q = std::exp(-1 / scale);
  return [=](int64_t k) {
    return (1 - q) / (1 + q) * std::exp(-std::fabs(static_cast<double>(k)) / scale);
  };
}

// The chi-square statistic as a standard normal number (Wilson and Hilferty 1931). Values are
// cells while at least 20 are expected on both sides; each tail is one cell.
inline double ChiSquareZ(const Histogram& seen, uint64_t draws, const Mass& mass) {
  const double n = static_cast<double>(draws);
  int64_t m = 0;
  while (n * mass(m + 1) >= 20) ++m;
  double statistic = 0, expected_inside = 0, seen_low = 0, seen_high = 0;
  const auto add = [&statistic](double observed, double expected) {
    statistic += (observed - expected) * (observed - expected) / expected;
  };
  for (int64_t k = -m; k <= m; ++k) {
    const auto found = seen.find(k);
    add(found == seen.end() ? 0 : static_cast<double>(found->second), n * mass(k));
    expected_inside += n * mass(k);
  }
  for (const auto& [k, count] : seen) {
    if (k < -m) seen_low += static_cast<double>(count);
    if (k > m) seen_high += static_cast<double>(count);
  }
  double freedom = static_cast<double>(2 * m);
  // Tails too thin for a cell of their own may still hold a value that the law all but forbids.
  const double tail = (n - expected_inside) / 2;
  if (tail >= 5) {
    add(seen_low, tail);
    add(seen_high, tail);
    freedom += 2;
  } else if (seen_low + seen_high > 40) {
    return 1e9;
  }
  if (freedom == 0) return 0;
  const double nine = 2 / (9 * freedom);
  return (std::cbrt(statistic / freedom) - (1 - nine)) / std::sqrt(nine);
}

// The regularised incomplete beta function I_x(a, b) by its continued fraction (Abramowitz and
// Stegun 26.5.8, evaluated by Lentz's method).
inline double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - IncompleteBeta(b, a, 1 - x);
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x)) /
                       a;
  constexpr double kTiny = 1e-300;
  double f = 1, c = 1, d = 0;
  for (int i = 0; i < 10000; ++i) {
    const double m = i / 2;
    const double term = i == 0       ? 1
                        : i % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                                     : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + term * d;
    if (std::fabs(d) < kTiny) d = kTiny;
    d = 1 / d;
    c = 1 + term / c;
    if (std::fabs(c) < kTiny) c = kTiny;
    f *= c * d;
    if (i > 2 && std::fabs(1 - c * d) < 1e-13) break;
  }
  return front * (f - 1);
}

struct Interval {
  double lower = 0;
  double upper = 1;
};

// Exact two-sided limits of a probability of which `hits` of `draws` were seen; each side is wrong
// with probability `risk` at most (Clopper and Pearson 1934), by bisection.
inline Interval ClopperPearson(uint64_t hits, uint64_t draws, double risk) {
  const double k = static_cast<double>(hits), n = static_cast<double>(draws);
  const auto bisect = [](const std::function<bool(double)>& is_low) {
    double low = 0, high = 1;
    for (int i = 0; i < 100; ++i) {
      const double middle = (low + high) / 2;
      (is_low(middle) ? low : high) = middle;
    }
    return std::pair(low, high);
  };
  Interval limits;
  // P[X >= hits | p] = I_p(hits, n - hits + 1) and P[X <= hits | p] = 1 - I_p(hits + 1, n - hits).
  if (hits > 0) {
    limits.lower = bisect([&](double p) { return IncompleteBeta(k, n - k + 1, p) < risk; }).first;
  }
  if (hits < draws) {
    limits.upper =
        bisect([&](double p) { return 1 - IncompleteBeta(k + 1, n - k, p) > risk; }).second;
  }
  return limits;
}

}  // namespace renkei::policy::noise
