#include "policy/noise/discrete_gaussian.h"

#include <cstdlib>

#include "policy/base/status.h"
#include "policy/noise/bernoulli.h"
#include "policy/noise/discrete_laplace.h"

namespace renkei::policy::noise {
namespace {

using steps::Wide;

// The largest integer whose square is at most `n`, bit by bit; n <= 2^40.
uint64_t FloorOfRoot(uint64_t n) {
  static_assert(kLargestTerm == int64_t{1} << 40);
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 20; bit != 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= n) root += bit;
  }
  return root;
}

}  // namespace

DiscreteGaussian::DiscreteGaussian(const Rational& sigma_squared)
    : sigma_squared_(sigma_squared),
      scale_(FloorOfRoot(
                 static_cast<uint64_t>(sigma_squared.numerator() / sigma_squared.denominator())) +
             1) {}

absl::StatusOr<DiscreteGaussian> DiscreteGaussian::Make(const Rational& sigma_squared) {
  RENKEI_RETURN_IF_ERROR(CheckTerms(sigma_squared, "sigma squared"));
  if (sigma_squared.is_zero()) {
    return absl::InvalidArgumentError("a sigma of 0 is no noise; it must be above 0");
  }
  return DiscreteGaussian(sigma_squared);
}

// With sigma^2 = n / d and scale t, a Laplace value y stays with probability exp of
//   -(|y| - sigma^2 / t)^2 / (2 sigma^2) = -(|y| t d - n)^2 / (2 n t^2 d).
// Bounds: t^2 d <= (sigma + 1)^2 d <= 4 * 2^40 and |y| <= t * (kMostSteps + 1), so |y| t d < 2^55,
// its square < 2^110, and 2 n t^2 d <= 2^83 < kLargestExpDenominator<Wide>.
int64_t DiscreteGaussian::Draw(BitSource& bits) const {
  const uint64_t n = static_cast<uint64_t>(sigma_squared_.numerator());
  const uint64_t d = static_cast<uint64_t>(sigma_squared_.denominator());
  const uint64_t t = scale_;
  const Wide denominator = Wide{2} * n * t * t * d;
  for (uint32_t step = 0; step < steps::kMostSteps; ++step) {
    const int64_t y = steps::DrawLaplace(t, 1, bits);
    const uint64_t reach = static_cast<uint64_t>(y < 0 ? -y : y) * t * d;
    const uint64_t distance = reach > n ? reach - n : n - reach;
    const bool small =
        distance <= UINT32_MAX && denominator <= Wide{steps::kLargestExpDenominator<uint64_t>};
    const bool stays = small ? steps::DrawExp<uint64_t>(distance * distance,
                                                        static_cast<uint64_t>(denominator), bits)
                             : steps::DrawExp<Wide>(Wide{distance} * distance, denominator, bits);
    if (stays) return y;
  }
  std::abort();
}

}  // namespace renkei::policy::noise
