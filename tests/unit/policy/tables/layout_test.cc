#include "policy/tables/layout.h"

#include <gtest/gtest.h>

#include <set>

#include "policy/tables/cube.h"
#include "policy/tables/rates.h"

namespace renkei::policy::tables {
namespace {

Layout MakeLayout() {
  auto layout = Layout::Make("0604", base::FiscalYear(2011), {{"checkup_rate", 1}, {"q_smoke", 2}},
                             {"062031", "062049"});
  EXPECT_TRUE(layout.ok()) << layout.status();
  return *layout;
}

TEST(Layout, EveryInnerCellHasItsOwnIndexWithoutGaps) {
  const Layout layout = MakeLayout();
  std::set<size_t> seen;
  for (int m = 0; m < 2; ++m)
    for (int g = 0; g < layout.geographies(); ++g)
      for (int s = 0; s < kSexes; ++s)
        for (int b = 0; b < kBands; ++b)
          for (int p = 0; p < kParts; ++p) seen.insert(layout.Index(m, g, s, b, p));
  EXPECT_EQ(seen.size(), layout.size());
  EXPECT_EQ(*seen.rbegin(), layout.size() - 1);
}

TEST(Layout, UnknownIsTheLastGeographyAndForeignMunicipalitiesHaveNone) {
  const Layout layout = MakeLayout();
  EXPECT_EQ(layout.GeographyOf("062031"), 0);
  EXPECT_EQ(layout.GeographyOf("062049"), 1);
  EXPECT_EQ(layout.GeographyOf("unknown"), 2);
  EXPECT_EQ(layout.GeographyOf("062014"), std::nullopt);
  EXPECT_EQ(layout.GeographyOf(""), std::nullopt);
}

TEST(Layout, TheDigestChangesWithEveryPartOfTheLayout) {
  const Layout base = MakeLayout();
  const auto other = [](const char* area, int year, uint32_t version, const char* municipality) {
    return *Layout::Make(area, base::FiscalYear(year), {{"checkup_rate", 1}, {"q_smoke", version}},
                         {"062031", municipality});
  };
  EXPECT_EQ(base.digest(), other("0604", 2011, 2, "062049").digest());
  EXPECT_NE(base.digest(), other("0603", 2011, 2, "062049").digest());
  EXPECT_NE(base.digest(), other("0604", 2012, 2, "062049").digest());
  EXPECT_NE(base.digest(), other("0604", 2011, 3, "062049").digest());
  EXPECT_NE(base.digest(), other("0604", 2011, 2, "064289").digest());
}

TEST(Layout, RefusesRepeatedMeasuresAndUnsortedMunicipalities) {
  const base::FiscalYear year(2011);
  EXPECT_FALSE(Layout::Make("0604", year, {}, {}).ok());
  EXPECT_FALSE(Layout::Make("604", year, {{"a", 1}}, {}).ok());
  EXPECT_FALSE(Layout::Make("0604", year, {{"a", 1}, {"a", 2}}, {}).ok());
  EXPECT_FALSE(Layout::Make("0604", year, {{"a", 0}}, {}).ok());
  EXPECT_FALSE(Layout::Make("0604", year, {{"a", 1}}, {"062049", "062031"}).ok());
  EXPECT_FALSE(Layout::Make("0604", year, {{"a", 1}}, {"062031", "062031"}).ok());
}

TEST(BandOfAge, CoversFortyToSeventyFourOnly) {
  EXPECT_EQ(BandOfAge(39), std::nullopt);
  EXPECT_EQ(BandOfAge(40), 0);
  EXPECT_EQ(BandOfAge(44), 0);
  EXPECT_EQ(BandOfAge(45), 1);
  EXPECT_EQ(BandOfAge(74), 6);
  EXPECT_EQ(BandOfAge(75), std::nullopt);
}

TEST(CheckPlausible, RefusesNegativeHugeAndUncollectedCounts) {
  const auto layout = std::make_shared<const Layout>(MakeLayout());
  Cube cube(layout);
  EXPECT_TRUE(CheckPlausible(cube).ok());
  cube.counts()[3] = kMaxCount - 1;
  EXPECT_TRUE(CheckPlausible(cube).ok());
  cube.counts()[3] = kMaxCount;
  EXPECT_FALSE(CheckPlausible(cube).ok());
  cube.counts()[3] = -1;
  EXPECT_FALSE(CheckPlausible(cube).ok());
  cube.counts()[3] = 1;
  cube.collected()[0] = false;
  EXPECT_FALSE(CheckPlausible(cube).ok());
  cube.counts()[3] = 0;
  EXPECT_TRUE(CheckPlausible(cube).ok());
  cube.counts().pop_back();
  EXPECT_FALSE(CheckPlausible(cube).ok());
}

// definitions 14, rows 59 and 60
TEST(PercentTenths, RoundsHalfUpFromIntegers) {
  EXPECT_EQ(PercentTenths(1, 16), 63);
  EXPECT_EQ(PercentTenths(9, 80), 113);
  EXPECT_EQ(PercentTenths(1, 8), 125);
  EXPECT_EQ(PercentTenths(0, 0), std::nullopt);
  EXPECT_EQ(PercentTenths(0, 10), 0);
  EXPECT_EQ(PercentTenths(10, 10), 1000);
  EXPECT_EQ(PercentTenths(kMaxCount - 1, kMaxCount), 1000);
  EXPECT_EQ(FormatTenths(63), "6.3");
  EXPECT_EQ(FormatTenths(1000), "100.0");
}

TEST(PercentTenths, EqualsTheExactRationalForAllSmallPairs) {
  for (int64_t n = 1; n <= 200; ++n) {
    for (int64_t k = 0; k <= n; ++k) {
      // t is right iff t - 1/2 <= 1000 k / n < t + 1/2
      const int64_t t = *PercentTenths(k, n);
      EXPECT_LE((2 * t - 1) * n, 2000 * k) << k << "/" << n;
      EXPECT_LT(2000 * k, (2 * t + 1) * n) << k << "/" << n;
    }
  }
}

}  // namespace
}  // namespace renkei::policy::tables
