#include "agents/app/person_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace renkei::agents::app {
namespace {

cohort::Pseudonymiser MakePseudonymiser() {
  return cohort::Pseudonymiser(policy::base::Secret::Copy(std::vector<uint8_t>(32, 7)));
}

absl::StatusOr<std::vector<cohort::Person>> Parse(const std::string& text) {
  return ParsePersonLines(text, MakePseudonymiser());
}

TEST(PersonLines, NameTheSamePersonAsAnImportedRow) {
  cohort::PersonColumns columns;
  columns.insurer_number = "00060038";
  columns.symbol = "12";
  columns.number = "7";
  columns.branch = "1";
  columns.birth_date = absl::CivilDay(1960, 5, 1);
  columns.sex = 1;
  const cohort::Person wanted = MakePseudonymiser().Make(columns).value();
  const auto persons = Parse(
      "\xef\xbb\xbfsex,number,branch,insurer_number,symbol,birth_date\r\n"
      "F,0007,01,060038,12,1960-05-01\r\n\r\n"
      "F,8,,00060038,12,19600501\r\n");
  ASSERT_TRUE(persons.ok()) << persons.status();
  ASSERT_EQ(persons->size(), 2u);
  EXPECT_EQ((*persons)[0].key.exact, wanted.key.exact);
  EXPECT_EQ((*persons)[0].birth_date, wanted.birth_date);
  EXPECT_TRUE((*persons)[1].key.branch_absent);
}

TEST(PersonLines, TakeALocalNumberWhereThereIsNoCard) {
  cohort::PersonColumns columns;
  columns.person_id = "E1";
  columns.birth_date = absl::CivilDay(1960, 5, 1);
  const auto persons = Parse("person_id,birth_date,sex\nE1,1960-05-01,M\n");
  ASSERT_TRUE(persons.ok()) << persons.status();
  EXPECT_EQ((*persons)[0].key.exact, MakePseudonymiser().Make(columns)->key.exact);
}

TEST(PersonLines, SayWhichLineIsWrongWithoutQuotingIt) {
  const std::string header = "insurer_number,number,birth_date,sex\n";
  for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
           {"", "no person"},
           {header, "no person"},
           {"insurer_number,SECRET\n", "line 1: column 2"},
           {"number,number\n", "twice"},
           {header + "00060038,SECRET,1960-05-01\n", "line 2: 3 cells under 4"},
           {header + "00060038,SECRET,1960-02-30,M\n", "line 2: birth_date"},
           {header + "00060038,SECRET,1960-05-01,x\n", "line 2: sex"},
           {header + "00060038,7,1960-05-01,M\n,,1960-05-01,M\n", "line 3"},
           {header + "\"SECRET\",7,1960-05-01,M\n", "quotes"},
           {std::string(kMaxPersonText + 1, 'x'), "fewer persons"}}) {
    const absl::Status status = Parse(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << part;
    EXPECT_NE(std::string(status.message()).find(part), std::string::npos) << status;
    EXPECT_EQ(std::string(status.message()).find("SECRET"), std::string::npos);
  }
}

}  // namespace
}  // namespace renkei::agents::app
