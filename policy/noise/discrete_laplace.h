// The discrete Laplace law of scale s: P[k] = (e^(1/s) - 1) / (e^(1/s) + 1) e^(-|k|/s) on the
// integers. Added to a count of which a person changes Delta_1 in sum, epsilon = Delta_1 / s.
// Exact (Canonne, Kamath, Steinke 2020, algorithm 2). Thread-safe; the bits are the caller's.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "policy/noise/bernoulli.h"
#include "policy/noise/bit_source.h"
#include "policy/noise/rational.h"

namespace renkei::policy::noise {

class DiscreteLaplace {
 public:
  // Scale above 0, in persons; else INVALID_ARGUMENT.
  static absl::StatusOr<DiscreteLaplace> Make(const Rational& scale);
  int64_t Draw(BitSource& bits) const;

 private:
  explicit DiscreteLaplace(const Rational& scale) : scale_(scale) {}
  Rational scale_;
};

namespace steps {

// Scale t / s; |result| < t * (kMostSteps + 1) / s + 1.
inline int64_t DrawLaplace(uint64_t t, uint64_t s, BitSource& bits) {
  for (uint32_t step = 0; step < kMostSteps; ++step) {
    const uint64_t u = DrawBelow(t, bits);
    if (!DrawExp<uint64_t>(u, t, bits)) continue;
    uint32_t v = 0;
    while (DrawExpOfOne(bits)) {
      if (++v > kMostSteps) std::abort();
    }
    const uint64_t x = u + t * v;
    const uint64_t size = s == 1 ? x : x / s;
    const bool negative = bits.Take(1) != 0;
    if (negative && size == 0) continue;  // zero would come twice as often
    return negative ? -static_cast<int64_t>(size) : static_cast<int64_t>(size);
  }
  std::abort();
}

}  // namespace steps
}  // namespace renkei::policy::noise
