// Privacy by attack: the noise is added to two tables that differ in one person, and an observer
// compares how often each number comes. All limits are Clopper-Pearson at one in a million, so a
// broken sampler shows and a good one does not fail by chance.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "policy/noise/discrete_gaussian.h"
#include "policy/noise/discrete_laplace.h"
#include "policy/noise/zcdp.h"
#include "tests/unit/policy/noise/sources.h"
#include "tests/unit/policy/noise/statistics.h"

namespace renkei::policy::noise {
namespace {

constexpr uint64_t kSeed = 1964;
constexpr uint64_t kDraws = 1'000'000;
constexpr double kRisk = 1e-6;

template <typename Law>
std::array<Histogram, 2> WithAndWithoutOnePerson(const Law& law) {
  SeededRandom random(kSeed);
  BitSource bits(random);
  std::array<Histogram, 2> seen;
  for (uint64_t i = 0; i < kDraws; ++i) {
    ++seen[0][41 + law.Draw(bits)];
    ++seen[1][42 + law.Draw(bits)];
  }
  return seen;
}

uint64_t Count(const Histogram& seen, int64_t k) {
  const auto found = seen.find(k);
  return found == seen.end() ? 0 : found->second;
}

// Numbers at which the ratio of the two probabilities is surely above exp(epsilon).
int RatiosAbove(double epsilon, const std::array<Histogram, 2>& seen) {
  int above = 0;
  for (const auto& [a, b] : {std::pair{0, 1}, {1, 0}}) {
    for (const auto& [k, count] : seen[static_cast<size_t>(a)]) {
      const double lower = ClopperPearson(count, kDraws, kRisk).lower;
      const double upper =
          ClopperPearson(Count(seen[static_cast<size_t>(b)], k), kDraws, kRisk).upper;
      if (lower > std::exp(epsilon) * upper) ++above;
    }
  }
  return above;
}

// Thresholds j at which P[without <= j] - exp(epsilon) P[with <= j] is surely above delta.
int TailsAbove(double epsilon, double delta, const std::array<Histogram, 2>& seen) {
  int above = 0;
  uint64_t without = 0, with = 0;
  for (int64_t j = 0; j <= 83; ++j) {
    without += Count(seen[0], j);
    with += Count(seen[1], j);
    const double lower = ClopperPearson(without, kDraws, kRisk).lower;
    const double upper = ClopperPearson(with, kDraws, kRisk).upper;
    if (lower - std::exp(epsilon) * upper > delta) ++above;
  }
  return above;
}

TEST(Neighbours, DiscreteLaplaceKeepsItsEpsilon) {
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  for (const int scale : {1, 2, 5}) {
    const auto seen = WithAndWithoutOnePerson(DiscreteLaplace::Make(Fraction(scale, 1)).value());
    EXPECT_EQ(RatiosAbove(1.0 / scale, seen), 0) << scale;
    EXPECT_GT(RatiosAbove(0.8 / scale, seen), 0) << scale << ": the attack must be able to see it";
  }
}

TEST(Neighbours, DiscreteGaussianKeepsTheEpsilonAndDeltaOfItsRho) {
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  const Rational sigma_squared = Fraction(4, 1);
  const auto seen = WithAndWithoutOnePerson(DiscreteGaussian::Make(sigma_squared).value());
  const Rational rho = RhoOfGaussian(1, sigma_squared).value();
  const Rational quarter_of_rho = RhoOfGaussian(1, Fraction(16, 1)).value();
  for (const double epsilon : {0.0, 0.25, 0.5, 1.0}) {
    EXPECT_EQ(TailsAbove(epsilon, TightDelta(rho, epsilon).value(), seen), 0) << epsilon;
    EXPECT_GT(TailsAbove(epsilon, TightDelta(quarter_of_rho, epsilon).value(), seen), 0)
        << epsilon << ": the attack must be able to see it";
  }
}

// With distances a = k - 41 and b = k - 42 from the two counts it is exp((b^2 - a^2) / (2
// sigma^2)).
TEST(Neighbours, TheRatioOfGaussianProbabilitiesIsTheExactOne) {
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  const auto seen = WithAndWithoutOnePerson(DiscreteGaussian::Make(Fraction(4, 1)).value());
  for (int64_t k = 35; k <= 48; ++k) {
    const Interval without = ClopperPearson(Count(seen[0], k), kDraws, kRisk);
    const Interval with = ClopperPearson(Count(seen[1], k), kDraws, kRisk);
    const double a = static_cast<double>(k - 41), b = static_cast<double>(k - 42);
    const double ratio = std::exp((b * b - a * a) / 8);
    EXPECT_LT(without.lower, ratio * with.upper) << k;
    EXPECT_GT(without.upper, ratio * with.lower) << k;
  }
}

TEST(ClopperPearson, MatchesPublishedLimits) {
  // 0 and 10 of 10 have closed forms 1 - risk^(1/10) and risk^(1/10); 4 of 10 at 95 %: Clopper and
  // Pearson's own example of the method, 0.1216 to 0.7376.
  EXPECT_NEAR(ClopperPearson(0, 10, 0.025).upper, 1 - std::pow(0.025, 0.1), 1e-12);
  EXPECT_NEAR(ClopperPearson(10, 10, 0.025).lower, std::pow(0.025, 0.1), 1e-12);
  EXPECT_NEAR(ClopperPearson(4, 10, 0.025).lower, 0.12155, 1e-5);
  EXPECT_NEAR(ClopperPearson(4, 10, 0.025).upper, 0.73762, 1e-5);
}

}  // namespace
}  // namespace renkei::policy::noise
