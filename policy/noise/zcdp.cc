#include "policy/noise/zcdp.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::policy::noise {
namespace {

// Halving a double's range this often leaves neighbours.
constexpr int kHalvings = 200;

absl::Status CheckRho(const Rational& rho) {
  if (!rho.is_zero()) return absl::OkStatus();
  return absl::InvalidArgumentError("rho must be above 0");
}

// False for NaN.
bool IsProperDelta(double delta) { return delta > 0 && delta < 1; }

absl::Status CheckDelta(double delta) {
  if (IsProperDelta(delta)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("delta must be above 0 and below 1, not ", delta));
}

// Delta_2^2 / (2 x), which gives rho from sigma^2 and sigma^2 from rho.
absl::StatusOr<Rational> HalfOfQuotient(int64_t squared_sensitivity, const Rational& x,
                                        absl::string_view what) {
  if (squared_sensitivity < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("the squared sensitivity must be at least 1, not ", squared_sensitivity));
  }
  if (x.is_zero()) return absl::InvalidArgumentError(absl::StrCat(what, " must be above 0"));
  RENKEI_ASSIGN_OR_RETURN(const Rational half, Rational::Make(squared_sensitivity, 2));
  return Rational::Divide(half, x);
}

double MinimalDelta(double rho, double epsilon) {
  // With a = alpha - 1 the logarithm of the bound has the derivative below, which grows with a:
  // it is negative near 0 and at least 1 - ln 2 at `high`.
  double low = 0;
  double high = (epsilon + 1) / (2 * rho) + 1;
  for (int i = 0; i < kHalvings; ++i) {
    const double a = (low + high) / 2;
    const double slope = (2 * a + 1) * rho - epsilon + std::log(a / (a + 1));
    (slope < 0 ? low : high) = a;
  }
  const double a = high;
  const double log_delta =
      a * ((a + 1) * rho - epsilon) + a * std::log(a / (a + 1)) - std::log1p(a);
  return std::min(1.0, std::exp(log_delta));
}

}  // namespace

absl::StatusOr<Rational> RhoOfGaussian(int64_t squared_sensitivity, const Rational& sigma_squared) {
  return HalfOfQuotient(squared_sensitivity, sigma_squared, "sigma squared");
}

absl::StatusOr<Rational> SigmaSquaredFor(int64_t squared_sensitivity, const Rational& rho) {
  return HalfOfQuotient(squared_sensitivity, rho, "rho");
}

absl::StatusOr<double> SimpleEpsilon(const Rational& rho, double delta) {
  RENKEI_RETURN_IF_ERROR(CheckRho(rho));
  RENKEI_RETURN_IF_ERROR(CheckDelta(delta));
  const double r = rho.AsDouble();
  return r + 2 * std::sqrt(r * -std::log(delta));
}

absl::StatusOr<double> TightDelta(const Rational& rho, double epsilon) {
  RENKEI_RETURN_IF_ERROR(CheckRho(rho));
  if (!(epsilon >= 0) || !std::isfinite(epsilon)) {
    return absl::InvalidArgumentError(
        absl::StrCat("epsilon must be a finite number of at least 0, not ", epsilon));
  }
  return MinimalDelta(rho.AsDouble(), epsilon);
}

absl::StatusOr<double> TightEpsilon(const Rational& rho, double delta) {
  RENKEI_ASSIGN_OR_RETURN(double high, SimpleEpsilon(rho, delta));
  const double r = rho.AsDouble();
  if (MinimalDelta(r, 0) <= delta) return 0.0;
  double low = 0;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (MinimalDelta(r, middle) <= delta ? high : low) = middle;
  }
  return high;
}

}  // namespace renkei::policy::noise
