// Costs, sensitivities and conversions against published and independently computed values.
#include "policy/noise/zcdp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "policy/noise/sensitivity.h"
#include "tests/unit/policy/noise/sources.h"

namespace renkei::policy::noise {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(RhoOfGaussian, IsAnExactFraction) {
  EXPECT_EQ(RhoOfGaussian(1, Fraction(16, 1)).value(), Fraction(1, 32));
  EXPECT_EQ(RhoOfGaussian(60, Fraction(60, 1)).value(), Fraction(1, 2));
  EXPECT_EQ(RhoOfGaussian(3, Fraction(7, 5)).value(), Fraction(15, 14));
  EXPECT_EQ(SigmaSquaredFor(60, Fraction(1, 2)).value(), Fraction(60, 1));
  for (int64_t n = 1; n <= 12; ++n) {
    const Rational sigma_squared = Fraction(n, 5);
    EXPECT_EQ(SigmaSquaredFor(7, RhoOfGaussian(7, sigma_squared).value()).value(), sigma_squared);
  }
}

TEST(RhoOfGaussian, NothingNegativeZeroOrTooLongPasses) {
  EXPECT_EQ(RhoOfGaussian(0, Fraction(16, 1)).status().code(), kInvalid);
  EXPECT_EQ(RhoOfGaussian(-1, Fraction(16, 1)).status().code(), kInvalid);
  EXPECT_EQ(RhoOfGaussian(1, Rational()).status().code(), kInvalid);
  EXPECT_EQ(SigmaSquaredFor(1, Rational()).status().code(), kInvalid);
  EXPECT_EQ(RhoOfGaussian(std::numeric_limits<int64_t>::max(), Fraction(1, 3)).status().code(),
            absl::StatusCode::kResourceExhausted);
}

// OpenDP's test of its conversion from zCDP: sigma = 4, sensitivity 1.
TEST(Epsilon, AgreesWithOpenDp) {
  const Rational rho = RhoOfGaussian(1, Fraction(16, 1)).value();
  EXPECT_NEAR(TightEpsilon(rho, 1e-3).value(), 0.68800245548788, 1e-13);
  EXPECT_NEAR(TightDelta(rho, 0).value(), 0.15084578456226, 1e-13);
}

// Computed with another program in 30 digits.
TEST(Epsilon, AgreesWithLongArithmetic) {
  EXPECT_NEAR(SimpleEpsilon(Fraction(1, 2), 1e-6).value(), 5.75652176975693, 1e-12);
  EXPECT_NEAR(TightEpsilon(Fraction(1, 2), 1e-6).value(), 5.22153444453017, 1e-12);
  EXPECT_NEAR(TightEpsilon(Fraction(1, 1000), 1e-9).value(), 0.245119253871951, 1e-12);
  EXPECT_NEAR(TightEpsilon(Fraction(4, 1), 1e-6).value(), 17.861121033014, 1e-11);
  EXPECT_NEAR(TightDelta(Fraction(1, 2), 3).value(), 0.00514318406386215, 1e-14);
}

// The bound at the alpha that was found is no larger than at any alpha of a fine grid.
TEST(TightDelta, IsTheMinimumOverAGridOfAlphas) {
  for (const auto& [n, d] : {std::pair{1, 1000}, {1, 32}, {1, 2}, {3, 1}}) {
    const Rational rho = Fraction(n, d);
    for (const double epsilon : {0.0, 0.1, 1.0, 4.0, 20.0}) {
      double least = 1;
      for (double log_a = -12; log_a < 12; log_a += 0.001) {
        const double a = std::exp(log_a), alpha = 1 + a;
        least = std::min(least, std::exp(a * (alpha * rho.AsDouble() - epsilon)) / a *
                                    std::pow(a / alpha, alpha));
      }
      const double delta = TightDelta(rho, epsilon).value();
      EXPECT_LE(delta, least * (1 + 1e-9)) << rho.ToString() << " at " << epsilon;
      EXPECT_GE(delta, least * (1 - 1e-3)) << rho.ToString() << " at " << epsilon;
    }
  }
}

TEST(Epsilon, TightIsNeverAboveSimpleAndBothGrowWithRho) {
  for (const double delta : {1e-12, 1e-6, 1e-3, 0.1, 0.9}) {
    double tight_before = 0, simple_before = 0;
    for (int64_t n = 1; n <= 40; ++n) {
      const Rational rho = Fraction(n, 10);
      const double tight = TightEpsilon(rho, delta).value();
      const double simple = SimpleEpsilon(rho, delta).value();
      EXPECT_LE(tight, simple);
      EXPECT_GE(tight, tight_before);
      EXPECT_GT(simple, simple_before);
      EXPECT_LE(TightDelta(rho, tight).value(), delta) << "an epsilon is rounded up";
      tight_before = tight;
      simple_before = simple;
    }
  }
}

TEST(Epsilon, NaNAndWhatIsOutsideIsRefused) {
  const Rational rho = Fraction(1, 2);
  for (const double delta : {kNaN, 0.0, -1e-6, 1.0, 2.0, kInfinity}) {
    EXPECT_EQ(SimpleEpsilon(rho, delta).status().code(), kInvalid) << delta;
    EXPECT_EQ(TightEpsilon(rho, delta).status().code(), kInvalid) << delta;
  }
  for (const double epsilon : {kNaN, -1e-300, -kInfinity, kInfinity}) {
    EXPECT_EQ(TightDelta(rho, epsilon).status().code(), kInvalid) << epsilon;
  }
  EXPECT_EQ(SimpleEpsilon(Rational(), 1e-6).status().code(), kInvalid);
  EXPECT_EQ(TightEpsilon(Rational(), 1e-6).status().code(), kInvalid);
  EXPECT_EQ(TightDelta(Rational(), 1).status().code(), kInvalid);
}

TEST(SquaredSensitivity, IsTwiceTheMeasuresForEveryCouncilAndKindAndTwiceAgainForWhoMoves) {
  EXPECT_EQ(SquaredSensitivity({60, false, 1, 1}).value(), 120);
  EXPECT_EQ(SquaredSensitivity({60, true, 1, 1}).value(), 240);
  EXPECT_EQ(SquaredSensitivity({60, true, 3, 1}).value(), 720);
  EXPECT_EQ(SquaredSensitivity({60, true, 3, 3}).value(), 2160);
  EXPECT_EQ(SquaredSensitivity({1'000'000, true, 1'000'000, 3}).value(), 12'000'000'000'000);
}

// Two tables that differ in one person, counted cell by cell.
TEST(SquaredSensitivity, IsTheLargestSquaredDistanceOfNeighbouringTables) {
  constexpr int kPlaces = 2, kMeasures = 3, kCouncils = 2, kKinds = 2;
  int64_t farthest_staying = 0, farthest = 0;
  // A person: a place, and a finding or none in each measure; each council and a member of each
  // kind counts it alike.
  for (int place = 0; place < kPlaces; ++place) {
    for (int other_place = 0; other_place < kPlaces; ++other_place) {
      for (int findings = 0; findings < 1 << kMeasures; ++findings) {
        for (int other = 0; other < 1 << kMeasures; ++other) {
          int cells[kKinds][kPlaces][kMeasures][2] = {};
          for (auto& of_kind : cells) {
            for (int m = 0; m < kMeasures; ++m) {
              ++of_kind[place][m][(findings >> m) & 1];
              --of_kind[other_place][m][(other >> m) & 1];
            }
          }
          int64_t squared = 0;
          for (const auto& of_kind : cells) {
            for (const auto& of_place : of_kind) {
              for (const auto& of_measure : of_place) {
                for (const int cell : of_measure) squared += cell * cell * kCouncils;
              }
            }
          }
          farthest = std::max(farthest, squared);
          if (place == other_place) farthest_staying = std::max(farthest_staying, squared);
        }
      }
    }
  }
  EXPECT_EQ(SquaredSensitivity({kMeasures, false, kCouncils, kKinds}).value(), farthest_staying);
  // A move alone changes no more cells than a finding does; the rule charges it on top.
  EXPECT_GE(SquaredSensitivity({kMeasures, true, kCouncils, kKinds}).value(), farthest);
}

TEST(SquaredSensitivity, CountsBelowOneOrBeyondReasonAreRefused) {
  for (const Exposure& bad :
       {Exposure{0, false, 1, 1}, Exposure{-1, false, 1, 1}, Exposure{1, false, 0, 1},
        Exposure{1, true, -7, 1}, Exposure{1'000'001, false, 1, 1},
        Exposure{1, false, std::numeric_limits<int64_t>::max(), 1}, Exposure{1, false, 1, 0},
        Exposure{1, false, 1, 4}}) {
    EXPECT_EQ(SquaredSensitivity(bad).status().code(), kInvalid);
  }
}

}  // namespace
}  // namespace renkei::policy::noise
