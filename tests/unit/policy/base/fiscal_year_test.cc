#include "policy/base/fiscal_year.h"

#include <gtest/gtest.h>

namespace renkei::policy::base {
namespace {

using absl::CivilDay;

// definitions 14, rows 1 to 6
TEST(FiscalYear, AgeIsCompletedYearsOnThirtyFirstOfMarch) {
  const FiscalYear fy(2023);
  EXPECT_EQ(AgeAtEndOf(fy, CivilDay(1984, 3, 31)), 40);
  EXPECT_EQ(AgeAtEndOf(fy, CivilDay(1984, 4, 1)), 39);
  EXPECT_EQ(AgeAtEndOf(fy, CivilDay(1949, 3, 31)), 75);
  EXPECT_EQ(AgeAtEndOf(fy, CivilDay(1949, 4, 1)), 74);
  EXPECT_EQ(AgeAtEndOf(fy, CivilDay(1960, 2, 29)), 64);
}

TEST(FiscalYear, BeginsOnTheFirstOfApril) {
  EXPECT_EQ(FiscalYear::Of(CivilDay(2024, 3, 31)), FiscalYear(2023));
  EXPECT_EQ(FiscalYear::Of(CivilDay(2024, 4, 1)), FiscalYear(2024));
  EXPECT_EQ(FiscalYear(2023).first_day(), CivilDay(2023, 4, 1));
  EXPECT_EQ(FiscalYear(2023).last_day(), CivilDay(2024, 3, 31));
}

TEST(FiscalYear, PeriodsChangeInTheYearsOfDefinitions14) {
  const int expected[][2] = {{2007, 0}, {2008, 1}, {2012, 1}, {2013, 2}, {2017, 2},
                             {2018, 3}, {2023, 3}, {2024, 4}, {2029, 4}};
  for (const auto& [year, period] : expected) EXPECT_EQ(PeriodOf(FiscalYear(year)), period) << year;
}

TEST(ParseDay, AcceptsTheTwoFormsOnly) {
  EXPECT_EQ(ParseDay("2011-06-20"), CivilDay(2011, 6, 20));
  EXPECT_EQ(ParseDay("20110620"), CivilDay(2011, 6, 20));
  for (const char* bad : {"", "2011/06/20", "2011-6-20", "11-06-20", "2011-06-20T00", "201106200",
                          " 20110620", "2011-0620", "2011062a"}) {
    EXPECT_FALSE(ParseDay(bad).has_value()) << bad;
  }
}

TEST(ParseDay, RefusesDaysThatDoNotExist) {
  EXPECT_TRUE(ParseDay("2012-02-29").has_value());
  for (const char* bad : {"2011-02-29", "2011-02-30", "2011-13-01", "2011-00-10", "2011-04-31",
                          "2011-04-00", "0000-01-01", "1867-12-31", "2200-01-01"}) {
    EXPECT_FALSE(ParseDay(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace renkei::policy::base
