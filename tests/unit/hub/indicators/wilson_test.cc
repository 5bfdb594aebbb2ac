#include "hub/indicators/wilson.h"

#include <gtest/gtest.h>

#include <cmath>

namespace renkei::hub::indicators {
namespace {

TEST(WilsonInterval, EqualsTheExamplesOfNewcombe1998) {
  // Newcombe RG, Statistics in Medicine 17:857-872 (1998), table I, method 3, to four decimals:
  // 81/263 0.2553-0.3662; 15/148 0.0624-0.1605; 0/20 0-0.1611; 1/29 0.0061-0.1718.
  EXPECT_EQ(WilsonInterval(81, 263), (ConfidenceInterval{255, 366}));
  EXPECT_EQ(WilsonInterval(15, 148), (ConfidenceInterval{62, 160}));  // 0.16049...
  EXPECT_EQ(WilsonInterval(0, 20), (ConfidenceInterval{0, 161}));
  EXPECT_EQ(WilsonInterval(1, 29), (ConfidenceInterval{6, 172}));
}

TEST(WilsonInterval, EndsAtZeroAndAtOneHundredPercent) {
  EXPECT_EQ(WilsonInterval(0, 10)->lower_tenths, 0);
  EXPECT_EQ(WilsonInterval(10, 10)->upper_tenths, 1000);
  EXPECT_EQ(WilsonInterval(1, 1), (ConfidenceInterval{207, 1000}));
  EXPECT_EQ(WilsonInterval(0, 0), std::nullopt);
}

TEST(WilsonInterval, HoldsTheLimitsThatSolveItsQuadraticEquation) {
  // Limits p satisfy (k - n p)^2 = z^2 n p (1 - p); half a tenth is the rounding.
  for (int64_t n = 1; n <= 300; n += 7) {
    for (int64_t k = 0; k <= n; ++k) {
      const auto interval = WilsonInterval(k, n);
      ASSERT_TRUE(interval.has_value());
      const auto excess = [&](double p) {
        const double d = static_cast<double>(k) - static_cast<double>(n) * p;
        return d * d - kWilsonZ * kWilsonZ * static_cast<double>(n) * p * (1 - p);
      };
      const double lower = static_cast<double>(interval->lower_tenths) / 1000;
      const double upper = static_cast<double>(interval->upper_tenths) / 1000;
      EXPECT_LE(lower, static_cast<double>(k) / static_cast<double>(n) + 0.0005);
      EXPECT_GE(upper, static_cast<double>(k) / static_cast<double>(n) - 0.0005);
      if (k > 0) {
        EXPECT_GE(excess(lower - 0.00051), 0) << k << "/" << n;
      }
      if (k < n) {
        EXPECT_GE(excess(upper + 0.00051), 0) << k << "/" << n;
      }
      EXPECT_LE(excess(lower + 0.00051), 1e-9) << k << "/" << n;
      EXPECT_LE(excess(upper - 0.00051), 1e-9) << k << "/" << n;
    }
  }
}

TEST(WilsonInterval, IsNarrowForALargeArea) {
  EXPECT_EQ(WilsonInterval(int64_t{1} << 46, int64_t{1} << 47), (ConfidenceInterval{500, 500}));
}

}  // namespace
}  // namespace renkei::hub::indicators
