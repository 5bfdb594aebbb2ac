// Exact fractions that are not negative: parameters of the noise and charges of the budget. No
// doubles: 1/3 three times is 1, and a sum compares with its cap without rounding. Thread-safe; a
// value.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace renkei::policy::noise {

class Rational {
 public:
  constexpr Rational() = default;  // 0/1
  // INVALID_ARGUMENT for a negative numerator or a denominator below 1.
  static absl::StatusOr<Rational> Make(int64_t numerator, int64_t denominator);

  // In lowest terms.
  int64_t numerator() const { return numerator_; }
  int64_t denominator() const { return denominator_; }
  bool is_zero() const { return numerator_ == 0; }
  // For reports only; nothing is summed or compared as a double.
  double AsDouble() const;
  std::string ToString() const;  // "3/4"

  friend bool operator==(const Rational&, const Rational&) = default;
  friend std::strong_ordering operator<=>(const Rational& a, const Rational& b);

  // Exact, or RESOURCE_EXHAUSTED when a term of the result in lowest terms has more than 63
  // bits.
  static absl::StatusOr<Rational> Add(const Rational& a, const Rational& b);
  static absl::StatusOr<Rational> Multiply(const Rational& a, const Rational& b);
  // INVALID_ARGUMENT when b is zero.
  static absl::StatusOr<Rational> Divide(const Rational& a, const Rational& b);

 private:
  constexpr Rational(int64_t numerator, int64_t denominator)
      : numerator_(numerator), denominator_(denominator) {}
  int64_t numerator_ = 0;
  int64_t denominator_ = 1;
};

}  // namespace renkei::policy::noise
