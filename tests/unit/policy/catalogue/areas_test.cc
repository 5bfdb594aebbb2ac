#include "policy/catalogue/areas.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::policy::catalogue {
namespace {

using base::FiscalYear;

const AreaTable& BuiltIn() {
  static const auto* const kCatalogue = new auto(Catalogue::LoadBuiltIn().value());
  return (*kCatalogue)->areas();
}

TEST(AreaTable, TakesFiveDigitsOrSixWithTheRightCheckDigit) {
  EXPECT_EQ(BuiltIn().MunicipalityFromCode("06203"), "062031");
  EXPECT_EQ(BuiltIn().MunicipalityFromCode("062031"), "062031");
  EXPECT_EQ(BuiltIn().MunicipalityFromCode("062032"), std::nullopt);
  EXPECT_EQ(BuiltIn().MunicipalityFromCode("99999"), std::nullopt);
  EXPECT_EQ(BuiltIn().MunicipalityFromCode(""), std::nullopt);
  EXPECT_EQ(BuiltIn().MunicipalityFromCode("0620310"), std::nullopt);
  EXPECT_EQ(BuiltIn().MunicipalityFromCode("0620a"), std::nullopt);
  EXPECT_EQ(BuiltIn().MunicipalityFromCode("+6203"), std::nullopt);
}

TEST(AreaTable, FindsTheMunicipalityOfAPostalCode) {
  EXPECT_EQ(BuiltIn().MunicipalityFromPostalCode("9970035"), "062031");
  EXPECT_EQ(BuiltIn().MunicipalityFromPostalCode("0010000"), "011029");
  EXPECT_EQ(BuiltIn().MunicipalityFromPostalCode("9999999"), std::nullopt);
  EXPECT_EQ(BuiltIn().MunicipalityFromPostalCode("997-0035"), std::nullopt);
  EXPECT_EQ(BuiltIn().MunicipalityFromPostalCode(""), std::nullopt);
}

TEST(AreaTable, ListsTheFiveMunicipalitiesOfShonai) {
  EXPECT_EQ(BuiltIn().AreaName("0604"), "庄内");
  EXPECT_EQ(BuiltIn().MunicipalitiesOf("0604", FiscalYear(2011)),
            (std::vector<std::string>{"062031", "062049", "064262", "064289", "064611"}));
  EXPECT_EQ(BuiltIn().MunicipalityName("062031"), "鶴岡市");
  EXPECT_EQ(BuiltIn().AreaOf("062031", FiscalYear(2011)), "0604");
  EXPECT_EQ(BuiltIn().AreaName("9999"), std::nullopt);
  EXPECT_TRUE(BuiltIn().MunicipalitiesOf("9999", FiscalYear(2011)).empty());
  EXPECT_TRUE(BuiltIn().MunicipalitiesOf("", FiscalYear(2011)).empty());
}

TEST(AreaTable, KnowsTheAreasOfEveryPrefecture) {
  const FiscalYear year(2011);
  EXPECT_EQ(BuiltIn().AreasOfPrefecture("06", year),
            (std::vector<std::string>{"0601", "0602", "0603", "0604"}));
  EXPECT_EQ(BuiltIn().PrefectureName("06"), "山形県");
  for (const char* none : {"48", "6", "", "0604", "00"}) {
    EXPECT_TRUE(BuiltIn().AreasOfPrefecture(none, year).empty()) << none;
    EXPECT_EQ(BuiltIn().PrefectureName(none), std::nullopt) << none;
  }
  std::vector<std::string> together;
  for (int prefecture = 1; prefecture <= 47; ++prefecture) {
    const auto areas = BuiltIn().AreasOfPrefecture(absl::StrFormat("%02d", prefecture), year);
    EXPECT_FALSE(areas.empty()) << prefecture;
    together.insert(together.end(), areas.begin(), areas.end());
  }
  EXPECT_EQ(together.size(), 335u);
  EXPECT_EQ(BuiltIn().AllAreas(year), together);
}

// definitions 14, row 69
TEST(AreaTable, CityThatSpansAreasHasAnAreaOnlyByWard) {
  const FiscalYear year(2023);
  EXPECT_EQ(BuiltIn().AreaOf("141305", year), std::nullopt);
  EXPECT_EQ(BuiltIn().ListedAs("141305", year), std::nullopt);
  EXPECT_EQ(BuiltIn().AreaOf("141313", year), "1405");
  EXPECT_EQ(BuiltIn().ListedAs("141313", year), "141313");
  const auto south = BuiltIn().MunicipalitiesOf("1405", year);
  EXPECT_NE(std::find(south.begin(), south.end(), "141313"), south.end());
  EXPECT_EQ(std::find(south.begin(), south.end(), "141305"), south.end());
}

TEST(AreaTable, WardsOfACityInOneAreaAreListedAsTheCity) {
  const FiscalYear year(2023);
  EXPECT_EQ(BuiltIn().ListedAs("011029", year), "011002");
  EXPECT_EQ(BuiltIn().ListedAs("062031", year), "062031");
  const auto sapporo = BuiltIn().MunicipalitiesOf("0104", year);
  EXPECT_NE(std::find(sapporo.begin(), sapporo.end(), "011002"), sapporo.end());
  EXPECT_EQ(std::find(sapporo.begin(), sapporo.end(), "011029"), sapporo.end());
}

// definitions 14, row 70
TEST(AreaTable, ClosedWardKeepsItsAreaAndIsReportedAsClosed) {
  EXPECT_EQ(BuiltIn().MunicipalityFromCode("22131"), "221317");
  EXPECT_EQ(BuiltIn().AreaOf("221317", FiscalYear(2024)), "2208");
  EXPECT_FALSE(BuiltIn().ExistsIn("221317", FiscalYear(2024)));
  EXPECT_TRUE(BuiltIn().ExistsIn("221317", FiscalYear(2023)));
  EXPECT_TRUE(BuiltIn().ExistsIn("062031", FiscalYear(2024)));
  EXPECT_FALSE(BuiltIn().ExistsIn("999999", FiscalYear(2024)));
}

TEST(AreaTable, EveryListedCodeOfEveryAreaPointsBackToIt) {
  const FiscalYear year(2020);
  size_t total = 0;
  for (int prefecture = 1; prefecture <= 47; ++prefecture) {
    for (int number = 1; number <= 99; ++number) {
      char area[16];
      snprintf(area, sizeof(area), "%02d%02d", prefecture, number);
      for (const std::string& code : BuiltIn().MunicipalitiesOf(area, year)) {
        EXPECT_EQ(BuiltIn().AreaOf(code, year), area);
        EXPECT_EQ(BuiltIn().ListedAs(code, year), code);
        ++total;
      }
    }
  }
  // 1,741 municipalities; 川崎市 counts as its seven wards.
  EXPECT_EQ(total, 1741u - 1 + 7);
}

TEST(AreaTable, NamesTheLineOfAFault) {
  const char* towns = "code6,code5,name_ja,parent_code5,valid_from,valid_to\n062031,06203,T,,,\n";
  const char* areas = "area_code,area_name,pref_code,pref_name\n0604,S,06,Y\n";
  const char* members = "code6,area_code\n062031,0604\n";
  const char* postal = "zip7,code5\n9970035,06203\n";
  EXPECT_TRUE(AreaTable::Parse(towns, members, areas, postal).ok());
  const auto message = [](const absl::StatusOr<AreaTable>& table) {
    EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(table.status().message());
  };
  EXPECT_EQ(message(AreaTable::Parse(
                "code6,code5,name_ja,parent_code5,valid_from,valid_to\n062032,06203,T,,,\n",
                members, areas, postal)),
            "municipalities.csv:2: code6 must be code5 and its check digit");
  EXPECT_EQ(message(AreaTable::Parse(
                "code6,code5,name_ja,parent_code5,valid_from,valid_to\n062031,06203,T,,,2023\n",
                members, areas, postal)),
            "municipalities.csv:2: valid_from and valid_to must be days, YYYY-MM-DD");
  EXPECT_EQ(message(AreaTable::Parse(
                "code6,code5,name_ja,parent_code5,valid_from,valid_to\n062031,06203,T,06100,,\n",
                members, areas, postal)),
            "municipalities.csv: the city of ward 062031 (parent_code5) does not exist");
  for (const char* prefecture : {"0604,S,07,Y\n", "0604,S,,Y\n", "0604,S,06,\n"}) {
    EXPECT_EQ(message(AreaTable::Parse(
                  towns, members,
                  absl::StrCat("area_code,area_name,pref_code,pref_name\n", prefecture), postal)),
              "secondary_medical_areas.csv:2: pref_code must be the first two digits of area_code, "
              "and have one name");
  }
  EXPECT_EQ(message(AreaTable::Parse(towns, members, absl::StrCat(areas, "0605,T,06,Z\n"), postal)),
            "secondary_medical_areas.csv:3: pref_code must be the first two digits of area_code, "
            "and have one name");
  EXPECT_EQ(message(AreaTable::Parse(towns, "code6,area_code\n062031,0605\n", areas, postal)),
            "area_municipalities.csv:2: the area is not in secondary_medical_areas.csv");
  EXPECT_EQ(message(AreaTable::Parse(towns, "code6,area_code\n", areas, postal)),
            "area_municipalities.csv: municipality 062031 is missing");
  EXPECT_EQ(message(AreaTable::Parse(towns, members, areas,
                                     "zip7,code5\n9970035,06203\n9970035,06203\n")),
            "postal_municipality.csv:3: postal codes must be ascending and unique");
  EXPECT_EQ(message(AreaTable::Parse(towns, members, areas, "zip7,code5\n9970035,06204\n")),
            "postal_municipality.csv:2: the code is not in municipalities.csv");
}

}  // namespace
}  // namespace renkei::policy::catalogue
