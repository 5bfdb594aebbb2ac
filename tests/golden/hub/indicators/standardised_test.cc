// Standardisation against published tables: Tsuruoka plan 2013, table 5 (integers in
// tests/golden/data), and rows 62, 63 and 71 of definitions 14.
#include "hub/indicators/standardised.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "policy/catalogue/catalogue.h"

namespace renkei::hub::indicators {
namespace {

constexpr std::array<const char*, 7> kBands = {"40-44", "45-49", "50-54", "55-59",
                                               "60-64", "65-69", "70-74"};

const v1::Catalogue& Definitions() {
  static const auto* const kCatalogue = new std::shared_ptr<const policy::catalogue::Catalogue>(
      policy::catalogue::Catalogue::LoadBuiltIn().value());
  return (*kCatalogue)->definitions();
}

std::vector<int64_t> WeightsOf(const std::string& id) {
  for (const v1::StandardPopulation& population : Definitions().standard_population()) {
    if (population.id() == id) return {population.weight().begin(), population.weight().end()};
  }
  return {};
}

// Bands of one sex and indicator of the table.
std::vector<Stratum> Table(const std::string& sex, const std::string& indicator) {
  std::ifstream file(std::string(RENKEI_SOURCE_DIR) +
                     "/tests/golden/data/tsuruoka_table5_counts.csv");
  std::map<std::string, Stratum> by_band;
  std::string line;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream cell(line);
    for (std::string text; std::getline(cell, text, ',');) cells.push_back(text);
    if (cells.size() < 8 || cells[0] != sex || cells[2] != indicator || cells[7].empty()) continue;
    by_band[cells[1]] = {.k = std::stoll(cells[7]), .n = std::stoll(cells[3])};
  }
  std::vector<Stratum> strata;
  for (const char* band : kBands) strata.push_back(by_band[band]);
  return strata;
}

double AdjustedPercent(const std::string& sex, const std::string& indicator,
                       const std::string& weights) {
  const auto rate = StandardiseDirectly(Table(sex, indicator), WeightsOf(weights));
  return rate.has_value() ? 100 * rate->rate : -1;
}

TEST(StandardPopulations, HaveThePublishedSums) {
  int64_t h27 = 0;
  int64_t s60 = 0;
  for (const int64_t weight : WeightsOf("h27_model")) h27 += weight;
  for (const int64_t weight : WeightsOf("s60_model")) s60 += weight;
  EXPECT_EQ(h27, 59'391'000);
  EXPECT_EQ(s60, 45'781'000);
}

TEST(DirectRate, ReproducesTheTsuruokaTable) {
  EXPECT_EQ(RoundHalfAway(AdjustedPercent("male", "checkup_rate", "h27_model"), 4), 435576);
  EXPECT_EQ(RoundHalfAway(AdjustedPercent("female", "checkup_rate", "h27_model"), 4), 486494);
  EXPECT_EQ(RoundHalfAway(AdjustedPercent("male", "checkup_rate", "s60_model"), 4), 401352);
  EXPECT_EQ(RoundHalfAway(AdjustedPercent("female", "checkup_rate", "s60_model"), 4), 452174);
  EXPECT_EQ(RoundHalfAway(AdjustedPercent("male", "finding_bp", "h27_model"), 4), 540553);
  EXPECT_EQ(RoundHalfAway(AdjustedPercent("female", "finding_bp", "h27_model"), 4), 430373);
  EXPECT_EQ(RoundHalfAway(AdjustedPercent("male", "tier_medicated", "h27_model"), 4), 201786);
  EXPECT_EQ(RoundHalfAway(AdjustedPercent("female", "tier_medicated", "h27_model"), 4), 124397);
}

// The slow form: one stratum after the other, with the weights as fractions.
TEST(DirectRate, IsAWeightedMeanAndItsErrorThatOfOneStratum) {
  const std::vector<Stratum> one = {{25, 100}};
  const auto rate = StandardiseDirectly(one, std::vector<int64_t>{7});
  ASSERT_TRUE(rate.has_value());
  EXPECT_DOUBLE_EQ(rate->rate, 0.25);
  EXPECT_NEAR(rate->standard_error, 0.0433012701892, 1e-12);  // sqrt(0.25 x 0.75 / 100)
  const std::vector<Stratum> two = {{25, 100}, {50, 100}};
  EXPECT_DOUBLE_EQ(StandardiseDirectly(two, std::vector<int64_t>{1, 3})->rate, 0.4375);
  // Equal weights twice are the mean of both sexes.
  const std::vector<Stratum> both = {{25, 100}, {50, 100}, {75, 100}, {0, 100}};
  EXPECT_DOUBLE_EQ(StandardiseDirectly(both, std::vector<int64_t>{1, 3, 1, 3})->rate,
                   (0.4375 + 0.1875) / 2);
  EXPECT_FALSE(StandardiseDirectly(two, std::vector<int64_t>{1}).has_value());
  EXPECT_FALSE(StandardiseDirectly({}, {}).has_value());
}

TEST(DirectRate, Row63OneEmptyBandLeavesItUndefinedAndTheRatioDefined) {
  std::vector<Stratum> strata = Table("male", "finding_bp");
  strata[3] = {0, 0};
  EXPECT_FALSE(StandardiseDirectly(strata, WeightsOf("h27_model")).has_value());
  std::vector<ReferredStratum> referred;
  for (const Stratum& stratum : strata) referred.push_back({stratum, 0.5});
  const auto ratio = StandardiseIndirectly(referred, 5);
  ASSERT_TRUE(ratio.has_value());
  EXPECT_EQ(ratio->strata_left_out, 0);
}

std::vector<ReferredStratum> Expecting(int64_t observed, double expected) {
  const int64_t n = 1'000'000;
  return {{{observed, n}, expected / static_cast<double>(n)}};
}

TEST(StandardisedRatio, Row62HasByarsLimits) {
  const struct {
    int64_t observed;
    double expected;
    int64_t ratio, lower, upper;  // tenths
    bool unstable;
  } kRows[] = {{10, 8, 1250, 598, 2299, false},
               {100, 80, 1250, 1017, 1520, false},
               {0, 3, 0, 0, 1223, true}};
  for (const auto& row : kRows) {
    const auto ratio = StandardiseIndirectly(Expecting(row.observed, row.expected), 5);
    ASSERT_TRUE(ratio.has_value());
    EXPECT_EQ(RoundHalfAway(ratio->ratio, 1), row.ratio);
    EXPECT_EQ(RoundHalfAway(ratio->lower, 1), row.lower);
    EXPECT_EQ(RoundHalfAway(ratio->upper, 1), row.upper);
    EXPECT_EQ(ratio->unstable, row.unstable);
  }
}

TEST(StandardisedRatio, ReproducesBloodPressureOfTsuruokaAgainstBothSexes) {
  const std::vector<Stratum> male = Table("male", "finding_bp");
  const std::vector<Stratum> female = Table("female", "finding_bp");
  const auto against_both = [&](const std::vector<Stratum>& own) {
    std::vector<ReferredStratum> strata;
    for (size_t i = 0; i < own.size(); ++i) {
      strata.push_back({own[i], static_cast<double>(male[i].k + female[i].k) /
                                    static_cast<double>(male[i].n + female[i].n)});
    }
    return StandardiseIndirectly(strata, 5).value();
  };
  const StandardisedRatio men = against_both(male);
  const StandardisedRatio women = against_both(female);
  EXPECT_EQ(men.observed, 3516);
  EXPECT_EQ(women.observed, 3664);
  EXPECT_EQ(RoundHalfAway(men.expected, 4), 32'635'252);
  EXPECT_EQ(RoundHalfAway(women.expected, 4), 39'164'748);
  EXPECT_EQ(RoundHalfAway(men.ratio, 4), 1'077'363);
  EXPECT_EQ(RoundHalfAway(women.ratio, 4), 935'535);
  EXPECT_EQ(RoundHalfAway(men.lower, 3), 104'204);
  EXPECT_EQ(RoundHalfAway(men.upper, 3), 111'358);
  EXPECT_EQ(RoundHalfAway(women.lower, 3), 90'548);
  EXPECT_EQ(RoundHalfAway(women.upper, 3), 96'633);
  // The pooled reference expects exactly what was observed.
  EXPECT_NEAR(men.expected + women.expected, 7180, 1e-9);
  EXPECT_GT(men.z, 1.96);
  EXPECT_LT(women.z, -1.96);
}

TEST(StandardisedRatio, StrataWithoutReferenceAreInNeitherPartAndCounted) {
  const std::vector<ReferredStratum> strata = {{{10, 100}, 0.2}, {{50, 100}, std::nullopt}};
  const auto ratio = StandardiseIndirectly(strata, 5);
  ASSERT_TRUE(ratio.has_value());
  EXPECT_EQ(ratio->observed, 10);
  EXPECT_DOUBLE_EQ(ratio->expected, 20);
  EXPECT_EQ(ratio->strata_left_out, 1);
  EXPECT_FALSE(StandardiseIndirectly({}, 5).has_value());
  const std::vector<ReferredStratum> nothing = {{{10, 100}, 0.0}};
  EXPECT_FALSE(StandardiseIndirectly(nothing, 5).has_value());
}

TEST(Byar, CoversItsRatioAndNarrowsWithTheCount) {
  double width = 1e9;
  for (const int64_t observed : {1, 2, 5, 10, 50, 200, 1000, 10'000}) {
    const double expected = static_cast<double>(observed);
    const ByarLimits limits = Byar(observed, expected);
    EXPECT_GE(limits.lower, 0);
    EXPECT_LT(limits.lower, 100);
    EXPECT_GT(limits.upper, 100);
    EXPECT_LT(limits.upper - limits.lower, width);
    width = limits.upper - limits.lower;
  }
}

TEST(Decline, Row71IsTheShareOfTheBaseThatIsGone) {
  EXPECT_EQ(RoundHalfAway(Decline(28.0, 25.2).value(), 1), 100);
  EXPECT_EQ(RoundHalfAway(Decline(25.0, 26.0).value(), 1), -40);
  EXPECT_FALSE(Decline(0, 1).has_value());
}

TEST(RoundHalfAway, GoesAwayFromZeroOnBothSides) {
  EXPECT_EQ(RoundHalfAway(0.25, 1), 3);
  EXPECT_EQ(RoundHalfAway(-0.25, 1), -3);
  EXPECT_EQ(RoundHalfAway(2.5, 0), 3);
}

}  // namespace
}  // namespace renkei::hub::indicators
