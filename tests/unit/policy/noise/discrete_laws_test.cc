// Discrete Laplace and discrete Gaussian: exact for short bit strings, chi-square for long runs.
#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "policy/noise/discrete_gaussian.h"
#include "policy/noise/discrete_laplace.h"
#include "tests/unit/policy/noise/every_bit_string.h"
#include "tests/unit/policy/noise/statistics.h"

namespace renkei::policy::noise {
namespace {

constexpr uint64_t kSeed = 604;
constexpr uint64_t kDraws = 400'000;
// One of 100,000 runs is further out by chance, in either direction.
constexpr double kFarthest = 4.4;

// Lower and upper limits of every probability, and both signs alike to the last string.
void ExpectBrackets(const Outcomes& out, const Mass& mass) {
  for (int64_t k = -6; k <= 6; ++k) {
    EXPECT_LE(out.Share(k), mass(k) * (1 + 1e-9)) << k;
    EXPECT_GE(out.Share(k) + out.UndecidedShare(), mass(k) * (1 - 1e-9)) << k;
    EXPECT_EQ(out.Share(k), out.Share(-k)) << k;
  }
}

template <typename Law>
Histogram Drawn(const Law& law, uint64_t seed, uint64_t draws) {
  SeededRandom random(seed);
  BitSource bits(random);
  Histogram seen;
  for (uint64_t i = 0; i < draws; ++i) ++seen[law.Draw(bits)];
  return seen;
}

TEST(DiscreteLaplace, EveryBitStringBracketsTheLaw) {
  for (const auto& [t, s] : {std::pair{1, 1}, {2, 1}, {3, 2}, {1, 2}}) {
    SCOPED_TRACE(absl::StrCat("scale ", t, "/", s));
    const DiscreteLaplace law = DiscreteLaplace::Make(Fraction(t, s)).value();
    const Outcomes out = OfEveryBitString(21, [&](BitSource& bits) { return law.Draw(bits); });
    EXPECT_LT(out.UndecidedShare(), 0.75);
    ExpectBrackets(out, LaplaceMass(static_cast<double>(t) / s));
  }
}

TEST(DiscreteGaussian, EveryBitStringBracketsTheLaw) {
  for (const auto& [n, d] : {std::pair{1, 1}, {1, 2}, {2, 1}}) {
    SCOPED_TRACE(absl::StrCat("sigma^2 ", n, "/", d));
    const DiscreteGaussian law = DiscreteGaussian::Make(Fraction(n, d)).value();
    const Outcomes out = OfEveryBitString(22, [&](BitSource& bits) { return law.Draw(bits); });
    EXPECT_LT(out.UndecidedShare(), 0.85);
    for (int64_t k = -4; k <= 4; ++k) {
      const Mass mass = GaussianMass(static_cast<double>(n) / d);
      EXPECT_LE(out.Share(k), mass(k) * (1 + 1e-9)) << k;
      EXPECT_GE(out.Share(k) + out.UndecidedShare(), mass(k)) << k;
    }
  }
}

TEST(DiscreteLaplace, LongRunsPassChiSquare) {
  for (const auto& [t, s] :
       {std::pair{1, 3}, {1, 2}, {1, 1}, {3, 2}, {7, 3}, {8, 1}, {50, 1}, {1000, 7}}) {
    SCOPED_TRACE(absl::StrCat("seed ", kSeed, ", scale ", t, "/", s));
    const DiscreteLaplace law = DiscreteLaplace::Make(Fraction(t, s)).value();
    const double z =
        ChiSquareZ(Drawn(law, kSeed, kDraws), kDraws, LaplaceMass(static_cast<double>(t) / s));
    EXPECT_LT(std::fabs(z), kFarthest);
  }
}

TEST(DiscreteGaussian, LongRunsPassChiSquare) {
  for (const auto& [n, d] : {std::pair{1, 10},
                             {1, 4},
                             {1, 1},
                             {3, 2},
                             {10, 1},
                             {16, 1},
                             {60, 1},
                             {120, 1},
                             {1000, 7},
                             {10000, 1},
                             {1000003, 1009}}) {
    SCOPED_TRACE(absl::StrCat("seed ", kSeed, ", sigma^2 ", n, "/", d));
    const DiscreteGaussian law = DiscreteGaussian::Make(Fraction(n, d)).value();
    const double z =
        ChiSquareZ(Drawn(law, kSeed, kDraws), kDraws, GaussianMass(static_cast<double>(n) / d));
    EXPECT_LT(std::fabs(z), kFarthest);
  }
}

// The same sigma written with terms near the limit goes through 128-bit arithmetic.
TEST(DiscreteGaussian, LongTermsGiveTheSameLaw) {
  constexpr int64_t kDenominator = (int64_t{1} << 34) - 41;
  const Rational sigma_squared = Fraction(60 * kDenominator + 1, kDenominator);
  ASSERT_GT(sigma_squared.denominator(), int64_t{1} << 33);
  const DiscreteGaussian law = DiscreteGaussian::Make(sigma_squared).value();
  EXPECT_LT(std::fabs(ChiSquareZ(Drawn(law, kSeed, kDraws), kDraws, GaussianMass(60))), kFarthest);
}

// At the limits of the parameters nothing wraps around: the spread is as large as it should be.
TEST(DiscreteGaussian, TheLargestAndTheSmallestSigmaAreDrawn) {
  const DiscreteGaussian large = DiscreteGaussian::Make(Fraction(kLargestTerm, 1)).value();
  double squares = 0;
  constexpr uint64_t kFew = 20000;
  for (const auto& [k, count] : Drawn(large, kSeed, kFew)) {
    squares += static_cast<double>(k) * static_cast<double>(k) * static_cast<double>(count);
  }
  EXPECT_NEAR(squares / kFew / static_cast<double>(kLargestTerm), 1, 0.05);
  const DiscreteGaussian small = DiscreteGaussian::Make(Fraction(1, kLargestTerm)).value();
  EXPECT_EQ(Drawn(small, kSeed, 1000), (Histogram{{0, 1000}}));
}

// Attack A21, low bits: floating-point samplers leak through digits that a law cannot reach. Here
// odd and even values, and each remainder modulo 8, come as often as the law says.
TEST(DiscreteGaussian, TheLowBitsOfNoiseFollowTheLaw) {
  constexpr uint64_t kMany = 1'000'000;
  const Mass mass = GaussianMass(60);
  std::array<double, 8> expected{};
  std::array<uint64_t, 8> seen{};
  for (int64_t k = -400; k <= 400; ++k) expected[static_cast<size_t>(k & 7)] += mass(k);
  const DiscreteGaussian law = DiscreteGaussian::Make(Fraction(60, 1)).value();
  for (const auto& [k, count] : Drawn(law, kSeed, kMany)) seen[static_cast<size_t>(k & 7)] += count;
  for (size_t i = 0; i < 8; ++i) {
    const Interval limits = ClopperPearson(seen[i], kMany, 1e-6);
    EXPECT_TRUE(limits.lower < expected[i] && expected[i] < limits.upper) << i;
  }
}

TEST(DiscreteLaws, NoNoiseAndLongTermsAreRefused) {
  for (const Rational& bad :
       {Fraction(0, 1), Fraction(kLargestTerm + 1, 1), Fraction(1, kLargestTerm + 1)}) {
    EXPECT_EQ(DiscreteLaplace::Make(bad).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(DiscreteGaussian::Make(bad).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

// Sigmas with and without a scale that is a power of two; 0x55 is the expansion of 1/3.
TEST(DiscreteLawsDeathTest, AStuckSourceGivesNoEndlessDraw) {
  for (const int64_t sigma_squared : {1, 16, 60, 100}) {
    const DiscreteGaussian law = DiscreteGaussian::Make(Fraction(sigma_squared, 1)).value();
    for (const uint8_t byte : {0x00, 0xff}) {
      SCOPED_TRACE(absl::StrCat("sigma^2 ", sigma_squared, ", byte ", byte));
      EXPECT_DEATH(
          {
            StuckRandom random(byte);
            BitSource bits(random);
            for (int i = 0; i < 100000; ++i) (void)law.Draw(bits);
          },
          "");
    }
  }
  EXPECT_DEATH(
      {
        StuckRandom random(0x55);
        BitSource bits(random);
        (void)Bernoulli::Make(Fraction(1, 3)).value().Draw(bits);
      },
      "");
}

}  // namespace
}  // namespace renkei::policy::noise
