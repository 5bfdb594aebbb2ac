#include "policy/noise/rational.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/policy/noise/sources.h"

namespace renkei::policy::noise {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(Rational, IsInLowestTermsAndEqualToItsMultiples) {
  EXPECT_EQ(Fraction(6, 8), Fraction(3, 4));
  EXPECT_EQ(Fraction(0, 7), Rational());
  EXPECT_EQ(Fraction(6, 8).ToString(), "3/4");
  EXPECT_EQ(Fraction(kMax, kMax).ToString(), "1/1");
}

TEST(Rational, NegativeTermsAndZeroDenominatorsAreRefused) {
  for (const auto& [numerator, denominator] : {std::pair{int64_t{-1}, int64_t{2}},
                                               {1, 0},
                                               {1, -2},
                                               {-1, -2},
                                               {std::numeric_limits<int64_t>::min(), 1},
                                               {1, std::numeric_limits<int64_t>::min()}}) {
    EXPECT_EQ(Rational::Make(numerator, denominator).status().code(),
              absl::StatusCode::kInvalidArgument)
        << numerator << "/" << denominator;
  }
}

TEST(Rational, ArithmeticAndOrderAreThoseOfCrossMultiplication) {
  for (int64_t a = 0; a <= 7; ++a) {
    for (int64_t b = 1; b <= 7; ++b) {
      for (int64_t c = 0; c <= 7; ++c) {
        for (int64_t d = 1; d <= 7; ++d) {
          const Rational x = Fraction(a, b), y = Fraction(c, d);
          EXPECT_EQ(Rational::Add(x, y).value(), Fraction(a * d + c * b, b * d));
          EXPECT_EQ(Rational::Multiply(x, y).value(), Fraction(a * c, b * d));
          if (c != 0) {
            EXPECT_EQ(Rational::Divide(x, y).value(), Fraction(a * d, b * c));
          }
          EXPECT_EQ(x < y, a * d < c * b);
          EXPECT_EQ(x == y, a * d == c * b);
        }
      }
    }
  }
  EXPECT_FALSE(Rational::Divide(Fraction(1, 2), Rational()).ok());
}

TEST(Rational, TenthsAddUpExactlyWhereDoublesDoNot) {
  Rational sum;
  double rounded = 0;
  for (int i = 0; i < 10; ++i) {
    sum = Rational::Add(sum, Fraction(1, 10)).value();
    rounded += 0.1;
  }
  EXPECT_EQ(sum, Fraction(1, 1));
  EXPECT_NE(rounded, 1.0);
}

TEST(Rational, ComparesNeighboursThatDoublesCannotTellApart) {
  const Rational a = Fraction(kMax - 1, kMax), b = Fraction(kMax - 2, kMax - 1);
  EXPECT_EQ(a.AsDouble(), b.AsDouble());
  EXPECT_GT(a, b);
  EXPECT_LT(b, a);
}

TEST(Rational, WhatHasNoPlaceIn63BitsIsRefusedAndNeverWrapsAround) {
  const auto exhausted = absl::StatusCode::kResourceExhausted;
  EXPECT_EQ(Rational::Add(Fraction(kMax, 1), Fraction(1, 1)).status().code(), exhausted);
  EXPECT_EQ(Rational::Add(Fraction(1, kMax), Fraction(1, kMax - 1)).status().code(), exhausted);
  EXPECT_EQ(Rational::Multiply(Fraction(kMax, 1), Fraction(2, 1)).status().code(), exhausted);
  EXPECT_EQ(Rational::Divide(Fraction(1, kMax), Fraction(2, 1)).status().code(), exhausted);
  // Products of more than 64 bits on the way are no reason to refuse.
  EXPECT_EQ(Rational::Multiply(Fraction(kMax, kMax - 1), Fraction(kMax - 1, kMax)).value(),
            Fraction(1, 1));
  EXPECT_EQ(Rational::Add(Fraction(1, kMax), Fraction(kMax - 1, kMax)).value(), Fraction(1, 1));
}

}  // namespace
}  // namespace renkei::policy::noise
