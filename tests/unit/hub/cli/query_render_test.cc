#include "hub/cli/query_render.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "nlohmann/json.hpp"

namespace renkei::hub::cli {
namespace {

v1::IndicatorRow Row(v1::Sex sex, const std::string& band, uint64_t x, uint64_t n,
                     uint32_t tenths) {
  v1::IndicatorRow row;
  row.set_fiscal_year(2011);
  row.set_area_code("0604");
  row.set_area_name("庄内");
  row.set_indicator("waist");
  row.set_name_ja("腹囲");
  row.set_name_en("Waist circumference");
  v1::ReleaseCell* cell = row.mutable_cell();
  cell->set_sex(sex);
  cell->set_age_band(band);
  cell->set_state(v1::CELL_STATE_PUBLISHED);
  cell->set_numerator(x);
  cell->set_denominator(n);
  cell->set_value_tenths(tenths);
  cell->set_ci_lower_tenths(tenths - 9);
  cell->set_ci_upper_tenths(tenths + 10);
  cell->set_members(v1::MEMBERS_CLASS_5_9);
  return row;
}

v1::IndicatorRow Without(v1::CellState state, bool structurally_empty = false) {
  v1::IndicatorRow row = Row(v1::SEX_MALE, "40-44", 0, 0, 9);
  v1::ReleaseCell* cell = row.mutable_cell();
  cell->set_state(state);
  cell->clear_value_tenths();
  cell->clear_ci_lower_tenths();
  cell->clear_ci_upper_tenths();
  cell->clear_members();
  cell->set_structurally_empty(structurally_empty);
  return row;
}

v1::QueryIndicatorsResponse Response(const std::vector<v1::IndicatorRow>& rows) {
  v1::QueryIndicatorsResponse response;
  for (const v1::IndicatorRow& row : rows) *response.add_row() = row;
  response.set_release_number(3);
  return response;
}

std::string CsvLine(const v1::IndicatorRow& row) {
  const std::vector<std::string> lines = absl::StrSplit(RenderCsv(Response({row})), '\n');
  EXPECT_EQ(lines.size(), 3u);
  EXPECT_EQ(std::count(lines[1].begin(), lines[1].end(), ','),
            std::count(lines[0].begin(), lines[0].end(), ','));
  return lines[1];
}

TEST(QueryCsv, HasTheColumnsOfTheContract) {
  EXPECT_EQ(RenderCsv(Response({})),
            "fiscal_year,area_code,area_name,municipality_code,member_kind,indicator,sex,age_band,"
            "numerator,denominator,value,ci_lower,ci_upper,state,members\n");
  EXPECT_EQ(CsvLine(Row(v1::SEX_BOTH, "40-74", 230, 800, 288)),
            "2011,0604,庄内,,all,waist,both,40-74,230,800,28.8,27.9,29.8,published,5-9");
  v1::IndicatorRow narrow = Row(v1::SEX_FEMALE, "65-74", 5, 100, 50);
  narrow.mutable_cell()->set_municipality("062031");
  narrow.mutable_cell()->set_member_kind(v1::MEMBER_KIND_INSURER);
  narrow.mutable_cell()->set_members(v1::MEMBERS_CLASS_1_2);
  EXPECT_EQ(CsvLine(narrow),
            "2011,0604,庄内,062031,insurer,waist,female,65-74,5,100,5.0,4.1,6.0,published,1-2");
}

TEST(QueryCsv, NeverPrintsNumbersOfAHiddenCell) {
  v1::IndicatorRow careless = Row(v1::SEX_MALE, "40-44", 7, 9, 778);
  for (const v1::CellState state : {v1::CELL_STATE_SUPPRESSED, v1::CELL_STATE_NOT_COLLECTED}) {
    careless.mutable_cell()->set_state(state);
    const std::string line = CsvLine(careless);
    EXPECT_NE(line.find("male,40-44,,,,,,"), std::string::npos) << line;
    EXPECT_EQ(line.find("77.8"), std::string::npos);
  }
}

TEST(QueryCsv, NobodyToCountIsPublishedWithoutARate) {
  EXPECT_EQ(CsvLine(Without(v1::CELL_STATE_PUBLISHED)),
            "2011,0604,庄内,,all,waist,male,40-44,0,0,,,,published,");
  EXPECT_EQ(CsvLine(Without(v1::CELL_STATE_PUBLISHED, true)),
            "2011,0604,庄内,,all,waist,male,40-44,,,,,,published,");
  EXPECT_EQ(CsvLine(Without(v1::CELL_STATE_SUPPRESSED)),
            "2011,0604,庄内,,all,waist,male,40-44,,,,,,suppressed,");
}

TEST(QueryCsv, TextIsNeitherFormulaNorColumnBreak) {
  const std::pair<const char*, const char*> cases[] = {
      {"a,b", "\"a,b\""},   {"a\"b", "\"a\"\"b\""}, {"=1+1", "'=1+1"}, {"+1", "'+1"},
      {"-1", "'-1"},        {"@x", "'@x"},          {"\tx", "'\tx"},   {"\rx", "\"'\rx\""},
      {"＝1+1", "'＝1+1"},  {"＋1", "'＋1"},        {"－1", "'－1"},   {"＠x", "'＠x"},
      {"庄内=x", "庄内=x"},
  };
  for (const auto& [text, want] : cases) {
    v1::IndicatorRow row = Row(v1::SEX_BOTH, "40-74", 230, 800, 288);
    row.set_area_name(text);
    EXPECT_NE(RenderCsv(Response({row})).find(std::string("0604,") + want + ",,all"),
              std::string::npos)
        << RenderCsv(Response({row}));
  }
}

TEST(QueryJson, HasNullForWhatIsNotPublished) {
  v1::IndicatorRow hidden = Row(v1::SEX_MALE, "40-44", 7, 9, 778);
  hidden.mutable_cell()->set_state(v1::CELL_STATE_SUPPRESSED);
  const nlohmann::json json = nlohmann::json::parse(
      RenderJson(Response({Row(v1::SEX_BOTH, "40-74", 230, 800, 288), hidden})));
  EXPECT_EQ(json["rounding"], "none");
  EXPECT_EQ(json["release"], 3);
  ASSERT_EQ(json["rows"].size(), 2u);
  EXPECT_EQ(json["rows"][0]["value"], 28.8);
  EXPECT_EQ(json["rows"][0]["numerator"], 230);
  EXPECT_EQ(json["rows"][0]["state"], "published");
  for (const char* key : {"numerator", "denominator", "value", "ci_lower", "ci_upper"}) {
    EXPECT_TRUE(json["rows"][1][key].is_null()) << key;
  }
  EXPECT_EQ(json["rows"][1]["state"], "suppressed");
}

v1::QueryIndicatorsResponse OneOfEach() {
  v1::IndicatorRow hidden = Row(v1::SEX_BOTH, "40-74", 7, 9, 778);
  hidden.set_indicator("liver_referral");
  hidden.set_name_ja("肝機能(受診勧奨)");
  hidden.set_name_en("Liver, referral level");
  hidden.mutable_cell()->set_state(v1::CELL_STATE_SUPPRESSED);
  v1::IndicatorRow dash = Without(v1::CELL_STATE_PUBLISHED, true);
  dash.set_indicator("guidance_motivational");
  v1::IndicatorRow missing = Without(v1::CELL_STATE_NOT_COLLECTED);
  missing.set_indicator("guidance_intensive");
  return Response({Row(v1::SEX_BOTH, "40-74", 230, 800, 288), hidden, dash, missing});
}

TEST(QueryTable, ShowsOneSymbolPerReason) {
  Session session;
  session.language = "ja";
  const std::vector<std::string> lines = absl::StrSplit(RenderTable(OneOfEach(), session), '\n');
  ASSERT_GE(lines.size(), 8u);
  EXPECT_EQ(lines[0], "0604 庄内  年度 2011  公表番号 3");
  EXPECT_NE(lines[4].find("28.8"), std::string::npos);
  EXPECT_NE(lines[4].find("27.9-29.8"), std::string::npos);
  EXPECT_NE(lines[5].find(" * "), std::string::npos);
  EXPECT_EQ(lines[5].find("77.8"), std::string::npos) << lines[5];
  EXPECT_EQ(lines[5].find(" 7 "), std::string::npos) << lines[5];
  EXPECT_NE(lines[6].find("―"), std::string::npos);
  EXPECT_NE(lines[7].find("…"), std::string::npos);
}

TEST(QueryTable, ColumnsStandUnderEachOtherInBothLanguages) {
  for (const char* language : {"ja", "en"}) {
    Session session;
    session.language = language;
    const std::vector<std::string> lines = absl::StrSplit(RenderTable(OneOfEach(), session), '\n');
    // The id column is the last: it begins at the same terminal column in every line.
    const std::vector<std::string> ids = {
        "id", "--", "waist", "liver_referral", "guidance_motivational", "guidance_intensive"};
    const size_t rule = lines[3].rfind("  ") + 2;
    for (size_t i : {size_t{0}, size_t{2}, size_t{3}, size_t{4}, size_t{5}}) {
      const std::string& line = lines[2 + i];
      const size_t at = line.rfind(ids[i]);
      ASSERT_NE(at, std::string::npos) << line;
      EXPECT_EQ(DisplayWidth(line.substr(0, at)), static_cast<int>(rule)) << line;
    }
  }
}

TEST(QueryTable, PutsSexesSideBySide) {
  Session session;
  session.language = "en";
  const auto response = Response(
      {Row(v1::SEX_MALE, "40-44", 10, 100, 100), Row(v1::SEX_FEMALE, "40-44", 20, 100, 200),
       Row(v1::SEX_BOTH, "40-44", 30, 200, 150), Row(v1::SEX_MALE, "40-74", 40, 100, 400)});
  const std::vector<std::string> lines = absl::StrSplit(RenderTable(response, session), '\n');
  EXPECT_EQ(lines[2], "Waist circumference  [waist]");
  const std::vector<std::string> cells = absl::StrSplit(lines[5], ' ', absl::SkipEmpty());
  EXPECT_EQ(cells, (std::vector<std::string>{"40-44", "10.0", "10/100", "20.0", "20/100", "15.0",
                                             "30/200"}));
}

TEST(QueryTable, SaysThatNothingIsPublished) {
  Session session;
  session.language = "en";
  EXPECT_EQ(RenderTable(Response({}), session), "nothing is published for this question\n");
}

TEST(QueryRounding, IsSaidInBothLanguages) {
  Session session;
  v1::QueryIndicatorsResponse response = OneOfEach();
  for (const char* language : {"ja", "en"}) {
    session.language = language;
    response.clear_rounding();
    const std::string exact = RenderTable(response, session);
    for (const v1::Rounding rounding : {v1::ROUNDING_UP_10, v1::ROUNDING_SMALL_COUNT}) {
      response.set_rounding(rounding);
      const std::string note = RoundingText(rounding, session);
      EXPECT_EQ(RenderTable(response, session), exact + note + "\n");
    }
  }
  session.language = "en";
  EXPECT_NE(RoundingText(v1::ROUNDING_UP_10, session).find("next multiple of 10"),
            std::string::npos);
  EXPECT_NE(RoundingText(v1::ROUNDING_SMALL_COUNT, session).find("changed to 0"),
            std::string::npos);
  session.language = "ja";
  EXPECT_NE(RoundingText(v1::ROUNDING_UP_10, session).find("10人単位に切り上げ"),
            std::string::npos);
  response.set_rounding(v1::ROUNDING_UP_10);
  EXPECT_EQ(nlohmann::json::parse(RenderJson(response))["rounding"], "up_10");
}

TEST(DisplayWidth, CountsWideCharactersTwice) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("鶴岡市"), 6);
  EXPECT_EQ(DisplayWidth("ＢＭＩ"), 6);
  EXPECT_EQ(DisplayWidth("ｶﾅ"), 2);
  EXPECT_EQ(DisplayWidth("か\xe3\x82\x99"), 2);  // a combining mark takes no place
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2);
}

TEST(Table, AlignsByDisplayedWidth) {
  Table table({"名", ">n"});
  table.Add({"鶴岡市", "1"});
  table.AddRule();
  table.Add({"a", "100"});
  EXPECT_EQ(table.Render(),
            "名        n\n"
            "------  ---\n"
            "鶴岡市    1\n"
            "------  ---\n"
            "a       100\n");
}

v1::QueryIndicatorsResponse Noisy(std::vector<v1::IndicatorRow> rows) {
  v1::QueryIndicatorsResponse response = Response(rows);
  response.mutable_noise()->set_variance_numerator(60);
  response.mutable_noise()->set_variance_denominator(1);
  response.mutable_noise()->set_rho_numerator(1);
  response.mutable_noise()->set_rho_denominator(60);
  return response;
}

v1::IndicatorRow WithoutRate() {
  v1::IndicatorRow row = Row(v1::SEX_BOTH, "40-74", 12, 40, 9);
  row.mutable_cell()->set_without_rate(true);
  row.mutable_cell()->clear_value_tenths();
  row.mutable_cell()->clear_ci_lower_tenths();
  row.mutable_cell()->clear_ci_upper_tenths();
  return row;
}

TEST(QueryNoise, TheTableSaysHowLargeItIsInBothLanguages) {
  Session session;
  session.language = "en";
  const v1::IndicatorRow row = Row(v1::SEX_BOTH, "40-74", 230, 800, 288);
  const std::string english = RenderTable(Noisy({row}), session);
  EXPECT_NE(english.find("standard deviation 7.7 persons"), std::string::npos) << english;
  EXPECT_NE(english.find("include the noise"), std::string::npos);
  session.language = "ja";
  const std::string japanese = RenderTable(Noisy({row}), session);
  EXPECT_NE(japanese.find("ノイズ"), std::string::npos);
  EXPECT_NE(japanese.find("7.7 人"), std::string::npos) << japanese;
  EXPECT_EQ(RenderTable(Response({row}), session).find("ノイズ"), std::string::npos);
}

TEST(QueryNoise, ACellTooSmallForItsNoiseHasCountsAndNoRate) {
  Session session;
  session.language = "en";
  const std::string table = RenderTable(Noisy({WithoutRate()}), session);
  EXPECT_NE(table.find("~"), std::string::npos) << table;
  EXPECT_EQ(table.find("0.0"), std::string::npos) << table;
  EXPECT_EQ(CsvLine(WithoutRate()), "2011,0604,庄内,,all,waist,both,40-74,12,40,,,,published,5-9");
  const auto json = nlohmann::json::parse(RenderJson(Noisy({WithoutRate()})));
  EXPECT_EQ(json["noise"]["variance"], "60/1");
  EXPECT_EQ(json["rows"][0]["numerator"], 12);
  EXPECT_TRUE(json["rows"][0]["value"].is_null());
  const std::vector<std::string> lines = absl::StrSplit(RenderCsv(Noisy({WithoutRate()})), '\n');
  EXPECT_EQ(lines[0].substr(lines[0].rfind(',')), ",noise_variance");
  EXPECT_EQ(lines[1].substr(lines[1].rfind(',')), ",60/1");
}

}  // namespace
}  // namespace renkei::hub::cli
