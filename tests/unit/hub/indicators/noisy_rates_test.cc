#include "hub/indicators/noisy_rates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>

namespace renkei::hub::indicators {
namespace {

TEST(NoisyInterval, IsWilsonsWithoutNoise) {
  for (int64_t n = 1; n <= 150; ++n) {
    for (int64_t k = 0; k <= n; ++k) {
      EXPECT_EQ(NoisyInterval(k, n, 0), WilsonInterval(k, n)) << k << " of " << n;
    }
  }
}

TEST(NoisyInterval, IsGivenFromTenStandardDeviationsOfTheDenominatorsNoise) {
  // v = 50: the noise of n has variance 100, so that 100 persons are ten standard deviations.
  EXPECT_FALSE(NoisyInterval(10, 99, 50).has_value());
  EXPECT_TRUE(NoisyInterval(10, 100, 50).has_value());
  EXPECT_FALSE(NoisyInterval(0, 0, 50).has_value());
}

TEST(NoisyInterval, IsWiderThanWilsonsAndGrowsWithTheNoise) {
  int64_t width = WilsonInterval(300, 1500)->upper_tenths - WilsonInterval(300, 1500)->lower_tenths;
  for (const double v : {60.0, 840.0, 5000.0}) {
    const auto interval = NoisyInterval(300, 1500, v);
    ASSERT_TRUE(interval.has_value());
    EXPECT_GT(interval->upper_tenths - interval->lower_tenths, width) << v;
    width = interval->upper_tenths - interval->lower_tenths;
    EXPECT_LE(interval->lower_tenths, 200);
    EXPECT_GE(interval->upper_tenths, 200);
  }
}

// By another way: p for which the score is below z, tried one by one.
TEST(NoisyInterval, HoldsExactlyTheRatesThatTheScoreDoesNotReject) {
  for (const auto& [k, n, v] : {std::tuple<int64_t, int64_t, double>{5, 2000, 840},
                                {700, 1000, 60},
                                {1000, 1000, 300},
                                {0, 900, 2000}}) {
    const auto interval = NoisyInterval(k, n, v);
    ASSERT_TRUE(interval.has_value());
    for (int tenths = 1; tenths < 1000; ++tenths) {
      const double p = tenths / 1000.0;
      const double gap = static_cast<double>(k) - p * static_cast<double>(n);
      const double variance =
          static_cast<double>(n) * p * (1 - p) + v * ((1 - p) * (1 - p) + p * p);
      const bool accepted = gap * gap <= kWilsonZ * kWilsonZ * variance;
      if (tenths == interval->lower_tenths || tenths == interval->upper_tenths) continue;
      EXPECT_EQ(accepted, tenths > interval->lower_tenths && tenths < interval->upper_tenths)
          << k << "/" << n << " v " << v << " p " << p;
    }
  }
}

TEST(NoisyInterval, CoversTheRateNineteenTimesOfTwenty) {
  constexpr uint64_t kSeed = 20;
  std::mt19937_64 random(kSeed);
  for (const double p : {0.02, 0.2, 0.5}) {
    constexpr int kTries = 4000;
    constexpr int64_t kPersons = 1500;
    constexpr double kVariance = 840;  // fourteen inner cells of 60
    std::binomial_distribution<int64_t> with(kPersons, p);
    std::normal_distribution<double> noise(0, std::sqrt(kVariance));
    int covered = 0;
    for (int i = 0; i < kTries; ++i) {
      const int64_t x = with(random);
      const int64_t k = x + std::llround(noise(random));
      const int64_t n = k + (kPersons - x) + std::llround(noise(random));
      const auto interval = NoisyInterval(std::clamp<int64_t>(k, 0, n), n, kVariance);
      ASSERT_TRUE(interval.has_value());
      const double tenths = p * 1000;
      covered += static_cast<double>(interval->lower_tenths) <= tenths &&
                 tenths <= static_cast<double>(interval->upper_tenths);
    }
    EXPECT_GT(covered, kTries * 0.94) << "p = " << p << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace renkei::hub::indicators
