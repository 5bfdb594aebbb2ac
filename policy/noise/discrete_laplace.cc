#include "policy/noise/discrete_laplace.h"

#include "policy/base/status.h"

namespace renkei::policy::noise {

absl::StatusOr<DiscreteLaplace> DiscreteLaplace::Make(const Rational& scale) {
  RENKEI_RETURN_IF_ERROR(CheckTerms(scale, "scale"));
  if (scale.is_zero()) {
    return absl::InvalidArgumentError("a scale of 0 is no noise; it must be above 0");
  }
  return DiscreteLaplace(scale);
}

int64_t DiscreteLaplace::Draw(BitSource& bits) const {
  return steps::DrawLaplace(static_cast<uint64_t>(scale_.numerator()),
                            static_cast<uint64_t>(scale_.denominator()), bits);
}

}  // namespace renkei::policy::noise
