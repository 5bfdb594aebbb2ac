#include "policy/noise/rational.h"

#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"

namespace renkei::policy::noise {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr Wide kLargest = static_cast<Wide>(std::numeric_limits<int64_t>::max());

Wide GreatestCommonDivisor(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// Terms below 2^63 multiply to less than 2^126, and the sum of two such products stays below 2^127.
Wide Product(int64_t a, int64_t b) { return static_cast<Wide>(a) * static_cast<Wide>(b); }

absl::StatusOr<Rational> Reduced(Wide numerator, Wide denominator) {
  const Wide common = GreatestCommonDivisor(numerator, denominator);
  numerator /= common;
  denominator /= common;
  if (numerator > kLargest || denominator > kLargest) {
    return absl::ResourceExhaustedError(
        "the exact fraction has a term of more than 63 bits; use denominators with common factors");
  }
  return Rational::Make(static_cast<int64_t>(numerator), static_cast<int64_t>(denominator));
}

}  // namespace

absl::StatusOr<Rational> Rational::Make(int64_t numerator, int64_t denominator) {
  if (numerator < 0 || denominator < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("a fraction needs a numerator of at least 0 and a denominator of at least 1, "
                     "not ",
                     numerator, "/", denominator));
  }
  const int64_t common = std::gcd(numerator, denominator);
  return Rational(numerator / common, denominator / common);
}

double Rational::AsDouble() const {
  return static_cast<double>(numerator_) / static_cast<double>(denominator_);
}

std::string Rational::ToString() const { return absl::StrCat(numerator_, "/", denominator_); }

std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
  const Wide left = Product(a.numerator_, b.denominator_);
  const Wide right = Product(b.numerator_, a.denominator_);
  if (left == right) return std::strong_ordering::equal;
  return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
}

absl::StatusOr<Rational> Rational::Add(const Rational& a, const Rational& b) {
  return Reduced(Product(a.numerator_, b.denominator_) + Product(b.numerator_, a.denominator_),
                 Product(a.denominator_, b.denominator_));
}

absl::StatusOr<Rational> Rational::Multiply(const Rational& a, const Rational& b) {
  return Reduced(Product(a.numerator_, b.numerator_), Product(a.denominator_, b.denominator_));
}

absl::StatusOr<Rational> Rational::Divide(const Rational& a, const Rational& b) {
  if (b.is_zero()) return absl::InvalidArgumentError("division by zero");
  return Reduced(Product(a.numerator_, b.denominator_), Product(a.denominator_, b.numerator_));
}

}  // namespace renkei::policy::noise
