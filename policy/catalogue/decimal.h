// Decimal text of the catalogue (thresholds, factors) as exact integers; never floating point.
// Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace renkei::policy::catalogue {

// value = digits / 10^decimals
struct Decimal {
  int64_t digits = 0;
  int decimals = 0;
};

// "85.0", "-0.25", "126": an optional minus, digits, at most one point with digits on both sides;
// at most 9 digits in all. Nothing else.
std::optional<Decimal> ParseDecimal(absl::string_view text);

// value x 10^decimals; nullopt for no number, or when the text has more decimals than that.
std::optional<int32_t> ParseScaled(absl::string_view text, int decimals);

constexpr int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace renkei::policy::catalogue
