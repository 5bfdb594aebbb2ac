#include "hub/reference/ndb_counts.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace renkei::hub::reference {
namespace {

constexpr char kHeader[] =
    "fiscal_year,pref_code,area_code,item,class_order,class,sex,age_band,count\n";
constexpr char kNationHeader[] =
    "fiscal_year,item,class_order,class,sex,age_band,count_sum,suppressed_cells,basis\n";
constexpr const char* kAges[] = {"40-44", "45-49", "50-54", "55-59",
                                 "60-64", "65-69", "70-74", "total"};

// Eight cells of one line, from the youngest to the total.
std::string Line(const std::vector<std::string>& cells,
                 const std::string& start = "2021,06,0604,WAIST,1,90.0以上,male") {
  std::string csv;
  for (size_t i = 0; i < cells.size(); ++i) {
    absl::StrAppend(&csv, start, ",", kAges[i], ",", cells[i], "\n");
  }
  return csv;
}

absl::StatusOr<NdbCounts> Parse(const std::string& csv) {
  return NdbCounts::Parse(csv, "ndb.csv", NdbItems::Load().value(), {"06", "0604"});
}

const std::vector<std::string> kWhole = {"10", "20", "30", "40", "50", "60", "70", "280"};

TEST(NdbCounts, Row75AHiddenCellIsUnknownAndNeverZero) {
  const auto counts = Parse(kHeader + Line({"-", "20", "0", "40", "50", "60", "70", "251"}));
  ASSERT_TRUE(counts.ok()) << counts.status();
  const NdbLine* line = counts->Find(2021, "0604", "WAIST", 1, v1::SEX_MALE);
  ASSERT_NE(line, nullptr);
  EXPECT_FALSE(line->bands[0].has_value());
  EXPECT_EQ(line->bands[2], 0);
  EXPECT_EQ(line->total, 251);
  EXPECT_EQ(counts->Find(2021, "0604", "WAIST", 1, v1::SEX_FEMALE), nullptr);
}

TEST(NdbCounts, APrefectureAndTheUnknownAreaArePlaces) {
  const auto counts = Parse(kHeader + Line(kWhole, "2021,06,,WAIST,1,90.0以上,male") +
                            Line(kWhole, "2021,99,9999,WAIST,1,90.0以上,female"));
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(counts->Find(2021, "06", "WAIST", 1, v1::SEX_MALE)->total, 280);
  EXPECT_EQ(counts->Find(2021, "9999", "WAIST", 1, v1::SEX_FEMALE)->bands[6], 70);
}

TEST(NdbCounts, ANationalSumThatLacksHiddenCellsIsUnknown) {
  std::string csv = kNationHeader;
  for (size_t i = 0; i < 8; ++i) {
    absl::StrAppend(&csv, "2021,WAIST,1,90.0以上,male,", kAges[i], ",", kWhole[i],
                    i == 3 ? ",1,pref_sum\n" : ",0,pref_sum\n");
  }
  const auto counts = Parse(csv);
  ASSERT_TRUE(counts.ok()) << counts.status();
  const NdbLine* line = counts->Find(2021, "", "WAIST", 1, v1::SEX_MALE);
  ASSERT_NE(line, nullptr);
  EXPECT_FALSE(line->bands[3].has_value());
  EXPECT_EQ(line->bands[4], 50);
}

TEST(NdbCounts, RefusesWhatIsNoTableOfTheNdbWithItsLine) {
  const std::pair<std::string, const char*> kFaults[] = {
      {"a,b\n", "ndb.csv:1: the header must be"},
      {kHeader + std::string("2021,06\n"), "ndb.csv:2: 9 fields"},
      {kHeader + Line({"-1"}), "ndb.csv:2: count must be"},
      {kHeader + Line({"1.5"}), "ndb.csv:2: count must be"},
      {kHeader + Line({"+1"}), "ndb.csv:2: count must be"},
      {kHeader + Line({""}), "ndb.csv:2: count must be"},
      {kHeader + Line({"99999999999999999999"}), "ndb.csv:2: count must be"},
      {kHeader + Line(kWhole, "2021,06,0605,WAIST,1,90.0以上,male"), "ndb.csv:2: the area"},
      {kHeader + Line(kWhole, "2021,06,0604,WAISTS,1,90.0以上,male"), "ndb.csv:2: the item is not"},
      {kHeader + Line(kWhole, "2021,06,0604,WAIST,1,85.0以上,male"), "no such class"},
      {kHeader + Line(kWhole, "2030,06,0604,WAIST,1,90.0以上,male"), "no such class"},
      {kHeader + Line(kWhole, "2021,06,0604,WAIST,1,90.0以上,both"), "ndb.csv:2: sex"},
      {kHeader + Line(kWhole) + Line({"10"}), "ndb.csv:10: the cell stands twice"},
      {kHeader + Line({"10", "20"}), "ndb.csv:2: the line lacks"},
      {kHeader + Line({"10", "20", "30", "40", "50", "60", "70", "281"}), "do not add up"},
      {kHeader + Line({"-", "20", "30", "40", "50", "60", "70", "269"}), "do not add up"},
      {kNationHeader + std::string("2021,WAIST,1,90.0以上,male,40-44,-,0,pref_sum\n"), "count_sum"},
  };
  for (const auto& [csv, message] : kFaults) {
    const auto counts = Parse(csv);
    ASSERT_FALSE(counts.ok()) << csv;
    EXPECT_TRUE(absl::StrContains(counts.status().message(), message)) << counts.status();
  }
}

}  // namespace
}  // namespace renkei::hub::reference
