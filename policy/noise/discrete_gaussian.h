// The discrete Gaussian law: P[k] proportional to e^(-k^2 / (2 sigma^2)) on the integers. Its cost
// is stated in zcdp.h. Exact (Canonne, Kamath, Steinke 2020, algorithm 3). Thread-safe; the bits
// are the caller's. Left out: shares of members under secure sum, whose sum is only near this law
// (Kairouz, Liu, Steinke 2021).
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "policy/noise/bit_source.h"
#include "policy/noise/rational.h"

namespace renkei::policy::noise {

class DiscreteGaussian {
 public:
  // sigma^2 above 0, in persons squared; else INVALID_ARGUMENT.
  static absl::StatusOr<DiscreteGaussian> Make(const Rational& sigma_squared);
  const Rational& sigma_squared() const { return sigma_squared_; }
  // |result| < 2^33. Sampling n values costs about n, whatever sigma is.
  int64_t Draw(BitSource& bits) const;

 private:
  explicit DiscreteGaussian(const Rational& sigma_squared);
  Rational sigma_squared_;
  uint64_t scale_;  // floor(sigma) + 1, of the Laplace law that is thinned
};

}  // namespace renkei::policy::noise
