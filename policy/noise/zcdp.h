// Zero-concentrated differential privacy (Bun and Steinke 2016): what noise costs, and what a cost
// means as (epsilon, delta). Costs are exact fractions and add up over releases; epsilon and delta
// are doubles for reports and decide nothing. The simple conversion is theirs
// (proposition 1.3), the tight one of Canonne, Kamath, Steinke 2020 (section 2.3). Thread-safe;
// pure.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "policy/noise/rational.h"

namespace renkei::policy::noise {

// rho = Delta_2^2 / (2 sigma^2) of discrete Gaussian noise, exact. INVALID_ARGUMENT for a
// sensitivity below 1 or a sigma of 0; RESOURCE_EXHAUSTED when the fraction has no place in 63
// bits.
absl::StatusOr<Rational> RhoOfGaussian(int64_t squared_sensitivity, const Rational& sigma_squared);

// sigma^2 = Delta_2^2 / (2 rho): the noise that costs rho. Errors as above.
absl::StatusOr<Rational> SigmaSquaredFor(int64_t squared_sensitivity, const Rational& rho);

// epsilon = rho + 2 sqrt(rho ln(1 / delta)): an upper bound that fits on a slide. rho above 0,
// 0 < delta < 1, else INVALID_ARGUMENT; NaN is refused.
absl::StatusOr<double> SimpleEpsilon(const Rational& rho, double delta);

// The least delta at this epsilon,
//   min over alpha > 1 of exp((alpha - 1)(alpha rho - epsilon)) / (alpha - 1) (1 - 1/alpha)^alpha,
// at most 1. epsilon finite and at least 0, rho above 0, else INVALID_ARGUMENT.
absl::StatusOr<double> TightDelta(const Rational& rho, double epsilon);

// The least epsilon at this delta by bisection of TightDelta, rounded up; at most SimpleEpsilon.
absl::StatusOr<double> TightEpsilon(const Rational& rho, double delta);

}  // namespace renkei::policy::noise
