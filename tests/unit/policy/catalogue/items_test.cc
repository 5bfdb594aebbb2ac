#include "policy/catalogue/items.h"

#include <gtest/gtest.h>

#include "policy/catalogue/catalogue.h"

namespace renkei::policy::catalogue {
namespace {

constexpr char kHeader[] =
    "code,csv_column,priority,name_ja,unit,decimals,type,min,max,periods,oid,oid_periods_1_3,"
    "export\n";
constexpr char kLists[] = "oid,period,code\n1.2,1-4,1\n1.2,1-4,2\n";

absl::Status ParseItems(const std::string& rows) {
  return ItemTable::Parse(kHeader + rows, kLists).status();
}

const ItemTable& BuiltIn() {
  static const auto* const kCatalogue = new auto(Catalogue::LoadBuiltIn().value());
  return (*kCatalogue)->items();
}

TEST(ItemTable, KnowsTheColumnsOfTheNationalItemTable) {
  EXPECT_EQ(BuiltIn().columns().size(), 82u);
  const auto waist = BuiltIn().ColumnOf("waist_cm");
  ASSERT_TRUE(waist.has_value());
  const ItemColumn& column = BuiltIn().columns()[static_cast<size_t>(*waist)];
  EXPECT_EQ(column.unit, "cm");
  EXPECT_EQ(column.decimals, 1);
  EXPECT_EQ(column.min, 400);
  EXPECT_EQ(column.max, 2500);
  EXPECT_FALSE(column.is_coded);
  EXPECT_EQ(BuiltIn().ColumnOf("waist"), std::nullopt);
}

TEST(ItemTable, GivesEveryMethodOfAColumnItsPriority) {
  const ItemCode* measured = BuiltIn().FindCode("9N016160100000001");
  const ItemCode* reported = BuiltIn().FindCode("9N016160300000001");
  ASSERT_NE(measured, nullptr);
  ASSERT_NE(reported, nullptr);
  EXPECT_EQ(measured->column, reported->column);
  EXPECT_EQ(measured->priority, 1);
  EXPECT_EQ(reported->priority, 3);
}

TEST(ItemTable, KnowsFreeTextOnlyToSkipIt) {
  const ItemCode* text = BuiltIn().FindCode("9N511000000000049");
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->column, -1);
  EXPECT_EQ(BuiltIn().FindCode("9N001"), nullptr);
}

TEST(ItemTable, KeepsTheListsOfTheSmokingQuestionApart) {
  const int smoking = BuiltIn().ColumnOf("q08_smoking").value();
  const ItemColumn& column = BuiltIn().columns()[static_cast<size_t>(smoking)];
  ASSERT_EQ(column.lists.size(), 2u);
  const int now = BuiltIn().ListOfPeriod(smoking, 4).value();
  const int before = BuiltIn().ListOfPeriod(smoking, 3).value();
  EXPECT_EQ(column.lists[static_cast<size_t>(now)].oid, "1.2.392.200119.6.24060");
  EXPECT_EQ(column.lists[static_cast<size_t>(now)].codes, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(column.lists[static_cast<size_t>(before)].oid, "1.2.392.200119.6.2003");
  EXPECT_EQ(column.lists[static_cast<size_t>(before)].codes, (std::vector<int>{1, 2}));
  EXPECT_EQ(BuiltIn().ListOfPeriod(smoking, 1), before);
  EXPECT_EQ(BuiltIn().ListOfPeriod(smoking, 0), std::nullopt);
}

TEST(ItemTable, JoinsAListThatIsPrintedInTwoBlocks) {
  const int meal_time = BuiltIn().ColumnOf("meal_time").value();
  const ItemColumn& column = BuiltIn().columns()[static_cast<size_t>(meal_time)];
  ASSERT_EQ(column.lists.size(), 1u);
  EXPECT_EQ(column.lists[0].codes, (std::vector<int>{1, 2, 3, 4}));
}

TEST(ItemTable, HasNoListForAPeriodWithoutTheQuestion) {
  const int chewing = BuiltIn().ColumnOf("q13_chewing").value();
  EXPECT_TRUE(BuiltIn().ListOfPeriod(chewing, 3).has_value());
  EXPECT_FALSE(BuiltIn().ListOfPeriod(chewing, 2).has_value());
  EXPECT_FALSE(BuiltIn().ListOfPeriod(BuiltIn().ColumnOf("waist_cm").value(), 4).has_value());
  EXPECT_FALSE(BuiltIn().ListOfPeriod(-1, 4).has_value());
  EXPECT_FALSE(BuiltIn().ListOfPeriod(10000, 4).has_value());
}

TEST(ItemTable, ListNotAtHandHasNoCodesButALimit) {
  const int scheie = BuiltIn().ColumnOf("fundus_scheie_h").value();
  const ItemColumn& column = BuiltIn().columns()[static_cast<size_t>(scheie)];
  ASSERT_EQ(column.lists.size(), 1u);
  EXPECT_TRUE(column.lists[0].codes.empty());
  EXPECT_EQ(column.max, 5);
}

TEST(ItemTable, NamesTheLineOfAFault) {
  const std::string good = "00000000000000001,waist,1,w,cm,1,PQ,40.0,250.0,1-4,,,count\n";
  EXPECT_TRUE(ParseItems(good).ok());
  const std::pair<const char*, const char*> kFaults[] = {
      {"00000000000000002,waist,1,w,m,1,PQ,40.0,250.0,1-4,,,count\n",
       "items.csv:3: column 'waist'"},
      {"00000000000000001,other,1,w,cm,1,PQ,,,1-4,,,count\n", "items.csv:3: the item code is rep"},
      {"0000000000000002,other,1,w,cm,1,PQ,,,1-4,,,count\n", "items.csv:3: an item code has 17"},
      {"00000000000000002,other,1,w,cm,1,PQ,4.05,,1-4,,,count\n", "items.csv:3: min and max"},
      {"00000000000000002,other,1,w,cm,1,PQ,9,4,1-4,,,count\n", "items.csv:3: min must be below"},
      {"00000000000000002,other,0,w,cm,1,PQ,,,1-4,,,count\n", "items.csv:3: priority"},
      {"00000000000000002,other,1,w,cm,1,ST,,,1-4,,,count\n", "items.csv:3: a column must be"},
      {"00000000000000002,other,1,w,,,CD,,,1-4,,,count\n", "items.csv:3: a coded item needs"},
      {"00000000000000002,other,1,w,cm,x,PQ,,,1-4,,,count\n", "items.csv:3: decimals"},
      {"00000000000000002,other,1,w,cm,1,PQ,,,1-5,,,count\n", "items.csv:3: periods"},
      {"00000000000000002,,1,w,cm,1,PQ,,,1-4,,,count\n", "items.csv:3: exactly the items"},
      {"00000000000000002,other,1,w,cm,1,PQ,,,1-4,,,never\n", "items.csv:3: exactly the items"},
      {"00000000000000002,Other,1,w,cm,1,PQ,,,1-4,,,count\n", "items.csv:3: csv_column must"},
      {"00000000000000002,other,1,w\n", "items.csv:3: 4 cells, the header has 13"},
      {"00000000000000002,\"other,1\n", "items.csv:3: a quoted cell does not end"},
      {"00000000000000002,o\"ther,1\n", "items.csv:3: a quote inside"},
      {"\"0\"0,other\n", "items.csv:3: text after a quoted cell"},
      {"00000000000000002\r\n", "items.csv:3: a carriage return"},
      {"00000000000000002", "items.csv:3: the last line has no line feed"},
  };
  for (const auto& [row, message] : kFaults) {
    const absl::Status status = ParseItems(good + row);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row;
    EXPECT_EQ(std::string(status.message()).rfind(message, 0), 0u) << status.message();
  }
}

TEST(ItemTable, RefusesAHeaderWithoutAColumnOrWithOneTwice) {
  EXPECT_EQ(ItemTable::Parse("", kLists).status().message(), "items.csv:1: the file is empty");
  EXPECT_EQ(ItemTable::Parse("code\n", kLists).status().message(),
            "items.csv:1: column 'csv_column' is missing");
  EXPECT_EQ(ItemTable::Parse("code,code\n", kLists).status().message(),
            "items.csv:1: column 'code' is repeated");
  EXPECT_EQ(ItemTable::Parse(kHeader, "oid,period,code\n1.2,1-4,1\n1.2,1-3,1\n").status().message(),
            "codelists.csv:3: the code is repeated in its list");
}

TEST(UnitIsEquivalent, AcceptsTheSpellingsOfTheTableAndNoOther) {
  EXPECT_TRUE(UnitIsEquivalent("mm[Hg]", "mmHg"));
  EXPECT_TRUE(UnitIsEquivalent("mm[Hg]", "MM[HG]"));
  EXPECT_TRUE(UnitIsEquivalent("mg/dL", "㎎/㎗"));
  EXPECT_TRUE(UnitIsEquivalent("U/L", "IU/l"));
  EXPECT_TRUE(UnitIsEquivalent("%", "％"));
  EXPECT_TRUE(UnitIsEquivalent("%", "%(NGSP)"));
  EXPECT_TRUE(UnitIsEquivalent("cm", "㎝"));
  EXPECT_TRUE(UnitIsEquivalent("kg", "㎏"));
  EXPECT_TRUE(UnitIsEquivalent("kg/m2", "kg/m²"));
  EXPECT_TRUE(UnitIsEquivalent("kg/m2", "kg/m^2"));
  EXPECT_TRUE(UnitIsEquivalent("10*4/mm3", "万/µL"));
  EXPECT_TRUE(UnitIsEquivalent("10*4/mm3", "10^4/μL"));
  EXPECT_TRUE(UnitIsEquivalent("mL/min/1.73m2", "ml/分/1.73m2"));
  EXPECT_FALSE(UnitIsEquivalent("mg/dL", "mmol/L"));
  EXPECT_FALSE(UnitIsEquivalent("%", "%(JDS)"));
  EXPECT_FALSE(UnitIsEquivalent("cm", "m"));
  EXPECT_FALSE(UnitIsEquivalent("g/dL", "g/L"));
  EXPECT_FALSE(UnitIsEquivalent("g/dL", "mg/dL"));
  EXPECT_FALSE(UnitIsEquivalent("10*4/mm3", "10^6/µL"));
  EXPECT_FALSE(UnitIsEquivalent("U/L", ""));
}

}  // namespace
}  // namespace renkei::policy::catalogue
