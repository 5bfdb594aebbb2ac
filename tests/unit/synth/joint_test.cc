#include "tests/synth/joint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renkei::tests::synth {
namespace {

Table Published() {
  auto table =
      LoadTable(std::string(RENKEI_SOURCE_DIR) + "/tests/golden/data/tsuruoka_table5_counts.csv");
  EXPECT_TRUE(table.ok()) << table.status();
  return *table;
}

TEST(Table, HasTheEligibleAndExaminedOfThePlan) {
  const Table table = Published();
  int eligible = 0, examined = 0, lipid = 0;
  for (const Cell& c : table.cells) {
    eligible += c.eligible;
    examined += c.examined;
    lipid += c[Count::kLipid];
  }
  EXPECT_EQ(eligible, 25421);
  EXPECT_EQ(examined, 12978);
  EXPECT_GE(lipid, 2745);
  EXPECT_LE(lipid, 2757);
  EXPECT_EQ(table.At(Sex::kFemale, 3)[Count::kPressure], 335);
}

TEST(Table, RefusesASubtotalThatIsNotTheSumOfItsRows) {
  std::string csv = "sex,age_band,indicator,n,printed_pct,k_lo,k_hi,k,status\n";
  for (const char* sex : {"male", "female"}) {
    for (const char* band : {"40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74"}) {
      csv += std::string(sex) + "," + band + ",checkup_rate,20,50.0,10,10,10,exact\n";
      for (int c = 0; c < kCountCount; ++c) {
        csv += std::string(sex) + "," + band + "," +
               std::string(IndicatorOf(static_cast<Count>(c))) + ",10,10.0,1,1,1,derived\n";
      }
    }
    for (int c = 0; c < kCountCount; ++c) {
      csv += std::string(sex) + ",subtotal," + std::string(IndicatorOf(static_cast<Count>(c))) +
             ",70,10.0,7,7,7,derived\n";
    }
  }
  csv += "both,total,finding_lipid,140,21.2,29,29,,interval_only\n";
  EXPECT_TRUE(ParseTable(csv).ok()) << ParseTable(csv).status();
  const size_t at = csv.find("male,subtotal,mets_rate,70,10.0,7,7,7");
  ASSERT_NE(at, std::string::npos);
  std::string wrong = csv;
  wrong.replace(at, 37, "male,subtotal,mets_rate,70,10.0,7,7,8");
  EXPECT_THAT(ParseTable(wrong).status().message(), testing::HasSubstr("mets_rate"));
}

TEST(SolveCell, MeetsEveryCountOfEveryPublishedCell) {
  for (const Cell& cell : Published().cells) {
    Draw draw(7, 100 + cell.band);
    const auto people = SolveCell(cell, draw);
    ASSERT_TRUE(people.ok()) << people.status();
    ASSERT_EQ(static_cast<int>(people->size()), cell.examined);
    Counts sum{};
    for (const Conditions& p : *people) {
      const Counts one = CountsOf(p, cell.first_age() >= 65);
      for (int c = 0; c < kCountCount; ++c) sum[c] += one[c];
    }
    EXPECT_EQ(sum, cell.counts);
  }
}

TEST(SolveCell, SaysWhichIndicatorCannotBeMet) {
  Cell cell = Published().At(Sex::kMale, 0);
  cell.examined = 10;
  cell.counts = {};
  cell.counts[static_cast<int>(Count::kMets)] = 1;  // needs a waist finding, of which there is none
  Draw draw(7);
  const auto people = SolveCell(cell, draw);
  EXPECT_EQ(people.status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace renkei::tests::synth
