// Indicators that are functions of released counts (definitions 12.3, 12.4): directly standardised
// rates, standardised ratios with Byar's interval, declines. Pure; floating point only here, behind
// the integers that travel. Left out: a both-sexes weighting other than equal halves, and empirical
// Bayes shrinkage.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace renkei::hub::indicators {

struct Stratum {
  int64_t k = 0;
  int64_t n = 0;
};

// Proportions, 0 to 1.
struct DirectRate {
  double rate = 0;
  double standard_error = 0;
};

// sum w_i k_i / n_i / sum w_i; the standard error is that of independent binomials. nullopt when
// some n_i is 0 (undefined, definitions 12.3), or when there are not as many weights as strata.
// Both sexes: 14 strata with the seven weights twice.
std::optional<DirectRate> StandardiseDirectly(std::span<const Stratum> strata,
                                              std::span<const int64_t> weights);

struct ReferredStratum {
  Stratum own;
  std::optional<double> reference;  // proportion; absent: hidden or empty in the reference
};

struct StandardisedRatio {
  int64_t observed = 0;
  double expected = 0;
  double ratio = 0;  // 100 = reference
  double lower = 0;  // Byar, 95 %
  double upper = 0;
  double z = 0;             // (O - E) / sqrt(sum n p (1 - p)); 0 where the root is 0
  int strata_left_out = 0;  // without reference: in neither O nor E
  bool unstable = false;
};

// 100 O / E. nullopt when nothing is expected. `unstable_below` is the smallest E that is not
// flagged.
std::optional<StandardisedRatio> StandardiseIndirectly(std::span<const ReferredStratum> strata,
                                                       double unstable_below);

// Limits of 100 O / E; observed >= 0, expected > 0.
struct ByarLimits {
  double lower = 0;
  double upper = 0;
};
ByarLimits Byar(int64_t observed, double expected);

// (base - now) / base in percent, positive = decline. nullopt when base is 0.
std::optional<double> Decline(double base, double now);

// value x 10^decimals, half away from zero (definitions 12.2, from unrounded values).
int64_t RoundHalfAway(double value, int decimals);

}  // namespace renkei::hub::indicators
