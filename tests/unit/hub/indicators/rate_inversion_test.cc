// A5: a reader multiplies every printed rate and limit by n, which he knows. No rate is printed
// without its counts, and no standardised figure is part of a release, so nothing comes out.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "hub/indicators/release_tables.h"
#include "policy/tables/rates.h"
#include "tests/unit/policy/disclosure/released_evidence.h"

namespace renkei::hub::indicators {
namespace {

namespace disclosure = policy::disclosure;
using disclosure::Family;

Family RandomFamily(uint64_t seed) {
  std::mt19937_64 random(seed);
  Family family({"m"}, 2);
  for (int i = 0; i < 5; ++i) {
    policy::tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_WORKPLACE);
    disclosure::ForEachInner([&](int g, int s, int b) {
      if (g >= cube->layout().geographies()) return;
      const auto n = static_cast<int64_t>(2 + random() % 60);
      Family::Set(cube, 0, g, s, b, static_cast<int64_t>(random() % 8) * n / 40, n);
    });
  }
  return family;
}

// Counts that fit what a cell prints, of at most n.
int64_t Fitting(const v1::ReleaseCell& cell, int64_t n) {
  if (cell.value_tenths() == 0 && cell.ci_upper_tenths() == 0) return n + 1;
  int64_t fitting = 0;
  for (int64_t x = 0; x <= n; ++x) {
    fitting += *policy::tables::PercentTenths(x, n) == static_cast<int64_t>(cell.value_tenths());
  }
  return fitting;
}

// Counts that fit a proportion of n with so many decimals.
int64_t FittingProportion(int64_t x, int64_t n, int decimals) {
  const double scale = std::pow(10, decimals);
  const auto printed = [&](int64_t k) {
    return std::llround(scale * static_cast<double>(k) / static_cast<double>(n));
  };
  int64_t fitting = 0;
  for (int64_t k = 0; k <= n; ++k) fitting += printed(k) == printed(x);
  return fitting;
}

TEST(RateInversion, NoHiddenCountComesOut) {
  size_t hidden = 0, with_rates = 0, with_few_digits = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Family family = RandomFamily(seed);
    const auto table = family.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    const disclosure::ReleasedEvidence truth(family.request(), table->measures()[0]);
    const v1::ReleaseTable released = BuildTables(*table)[0];
    for (int c = 0; c < released.cell_size(); ++c) {
      v1::ReleaseCell cell = released.cell(c);
      const auto& sum = truth.sum(static_cast<size_t>(c));
      const int64_t x = truth.CountOf(sum), n = truth.PersonsOf(sum);
      if (cell.state() != v1::CELL_STATE_SUPPRESSED || n == 0) continue;
      ++hidden;
      EXPECT_EQ(Fitting(cell, n), n + 1) << "seed " << seed;
      // Mutations: the rate without the counts, with the digits of a release and with few.
      cell.set_value_tenths(static_cast<uint32_t>(*policy::tables::PercentTenths(x, n)));
      cell.set_ci_upper_tenths(1000);
      with_rates += Fitting(cell, n) == 1;
      const int decimals = static_cast<int>(std::floor(std::log10(static_cast<double>(n)))) - 1;
      with_few_digits += FittingProportion(x, n, decimals) == 1;
    }
  }
  EXPECT_GT(hidden, 1000u);
  EXPECT_GT(with_rates, 1000u);
  EXPECT_EQ(with_few_digits, 0u);
}

// What a cell of a release has; a figure that is added needs a row in the audit first (privacy
// 3.3).
TEST(RateInversion, ACellPrintsItsCountsAndWhatFollowsFromThem) {
  std::set<std::string> fields;
  const auto* descriptor = v1::ReleaseCell::descriptor();
  for (int f = 0; f < descriptor->field_count(); ++f) fields.insert(descriptor->field(f)->name());
  EXPECT_EQ(fields, (std::set<std::string>{"municipality", "member_kind", "sex", "age_band",
                                           "state", "numerator", "denominator", "value_tenths",
                                           "ci_lower_tenths", "ci_upper_tenths", "members",
                                           "structurally_empty", "without_rate"}));
}

}  // namespace
}  // namespace renkei::hub::indicators
