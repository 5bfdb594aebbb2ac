#include "hub/cli/region_render.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"

namespace renkei::hub::cli {
namespace {

constexpr v1::AreaStanding kAdded = v1::AREA_STANDING_ADDED;
constexpr v1::AreaStanding kNotReleased = v1::AREA_STANDING_NOT_RELEASED;

void AddPart(const std::string& area, v1::AreaStanding standing, uint64_t release,
             v1::RegionIndicator* indicator) {
  v1::RegionPart* part = indicator->add_part();
  part->set_area_code(area);
  part->set_standing(standing);
  part->set_release_number(release);
}

// A row and the standings of the four areas of 山形県.
void AddIndicator(const std::string& id, const std::vector<v1::AreaStanding>& standings,
                  v1::QueryRegionResponse* response) {
  v1::RegionIndicator* indicator = response->add_indicator();
  indicator->mutable_measure()->set_id(id);
  indicator->mutable_measure()->set_version(1);
  bool is_noisy = false;
  for (size_t i = 0; i < standings.size(); ++i) {
    const bool has_release =
        standings[i] != kNotReleased && standings[i] != v1::AREA_STANDING_NOT_READABLE;
    AddPart(absl::StrCat("060", i + 1), standings[i], has_release ? i + 2 : 0, indicator);
    is_noisy |= standings[i] == v1::AREA_STANDING_WITH_NOISE;
  }
  if (is_noisy) return;
  v1::IndicatorRow* row = response->add_row();
  row->set_fiscal_year(2011);
  row->set_area_code("06");
  row->set_area_name("山形県");
  row->set_indicator(id);
  row->set_name_ja("腹囲");
  row->set_name_en("Waist circumference");
  v1::ReleaseCell* cell = row->mutable_cell();
  cell->set_sex(v1::SEX_BOTH);
  cell->set_age_band("40-74");
  cell->set_state(v1::CELL_STATE_PUBLISHED);
  cell->set_numerator(230);
  cell->set_denominator(800);
  cell->set_value_tenths(288);
  cell->set_ci_lower_tenths(257);
  cell->set_ci_upper_tenths(320);
}

v1::QueryRegionResponse Yamagata(const std::vector<std::string>& ids = {"waist"}) {
  v1::QueryRegionResponse response;
  const char* names[] = {"村山", "最上", "置賜", "庄内"};
  for (int i = 0; i < 4; ++i) {
    v1::RegionArea* area = response.add_area();
    area->set_area_code(absl::StrCat("060", i + 1));
    area->set_area_name(names[i]);
  }
  for (const std::string& id : ids) {
    AddIndicator(id, {kNotReleased, kAdded, kNotReleased, kAdded}, &response);
  }
  return response;
}

std::vector<std::string> Lines(const v1::QueryRegionResponse& response, const char* language) {
  Session session;
  session.language = language;
  return absl::StrSplit(RenderTable(response, session), '\n');
}
std::string Notes(const v1::QueryRegionResponse& response, const char* language = "en") {
  Session session;
  session.language = language;
  return RegionNotes(response, session);
}

TEST(RegionTable, SaysWhichAreasAreInAndWhichAreNot) {
  const std::vector<std::string> japanese = Lines(Yamagata(), "ja");
  EXPECT_EQ(japanese[0], "06 山形県  年度 2011  二次医療圏の公表値の和");
  EXPECT_EQ(japanese[2], "指標  値 %  95%信頼区間  該当者  対象者  圏域  id");
  EXPECT_EQ(japanese[4], "腹囲  28.8    25.7-32.0     230     800  2/4   waist");
  EXPECT_EQ(japanese[6],
            "4 二次医療圏のうち 2 の和: 0602 最上 (公表番号 3)、0604 庄内 (公表番号 5)");
  EXPECT_EQ(japanese[7], "  この年度の公表なし: 0601 村山、0603 置賜");
  const std::vector<std::string> english = Lines(Yamagata(), "en");
  EXPECT_EQ(english[0], "06 山形県  fiscal year 2011  sum of released figures of areas");
  EXPECT_EQ(english[6],
            "sum of 2 of 4 secondary medical areas: 0602 最上 (release 3), 0604 庄内 (release 5)");
  EXPECT_EQ(english[7], "  not released of this fiscal year: 0601 村山, 0603 置賜");
}

TEST(RegionTable, BySexAndAgeTheHeadingSaysIt) {
  v1::QueryRegionResponse response = Yamagata();
  *response.add_row() = response.row(0);
  response.mutable_row(1)->mutable_cell()->set_age_band("40-44");
  EXPECT_EQ(Lines(response, "en")[2], "Waist circumference  [waist]  areas 2/4");
  EXPECT_EQ(Lines(response, "ja")[2], "腹囲  [waist]  圏域 2/4");
}

TEST(RegionNotes, GiveEveryReasonItsLineInBothLanguages) {
  v1::QueryRegionResponse response = Yamagata({});
  AddIndicator("waist",
               {v1::AREA_STANDING_NOT_READABLE, v1::AREA_STANDING_NOT_COLLECTED,
                v1::AREA_STANDING_OTHER_VERSION, v1::AREA_STANDING_ADDED},
               &response);
  EXPECT_EQ(Notes(response),
            "sum of 1 of 4 secondary medical areas: 0604 庄内 (release 5)\n"
            "  not open to you (whether anything was released is not said): 0601 村山\n"
            "  not collected: 0602 最上\n"
            "  by an older definition: 0603 置賜\n");
  EXPECT_EQ(Notes(response, "ja"),
            "4 二次医療圏のうち 1 の和: 0604 庄内 (公表番号 5)\n"
            "  閲覧できない圏域(公表の有無は示しません): 0601 村山\n"
            "  未収集: 0602 最上\n"
            "  指標の定義が古い版: 0603 置賜\n");
}

TEST(RegionNotes, SayIndicatorsOfTheSameAreasTogetherAndTheMostLast) {
  v1::QueryRegionResponse response = Yamagata({"waist"});
  AddIndicator("noisy", {kNotReleased, v1::AREA_STANDING_WITH_NOISE, kNotReleased, kNotReleased},
               &response);
  AddIndicator("bmi", {kNotReleased, kAdded, kNotReleased, kAdded}, &response);
  EXPECT_EQ(Notes(response),
            "noisy: sum of 0 of 4 secondary medical areas\n"
            "  not released of this fiscal year: 0601 村山, 0603 置賜, 0604 庄内\n"
            "  with noise, never added: 0602 最上\n"
            "other indicators: sum of 2 of 4 secondary medical areas: 0602 最上 (release 3), "
            "0604 庄内 (release 5)\n"
            "  not released of this fiscal year: 0601 村山, 0603 置賜\n");
  EXPECT_NE(Notes(response, "ja").find("他の指標: 4 二次医療圏のうち 2 の和"), std::string::npos);
}

TEST(RegionNotes, NameTheFirstAreasOfManyAndCountTheRest) {
  v1::QueryRegionResponse response;
  v1::RegionIndicator* indicator = response.add_indicator();
  for (int i = 0; i < 335; ++i) {
    const std::string code = absl::StrFormat("%04d", 100 + i);
    response.add_area()->set_area_code(code);
    response.mutable_area(i)->set_area_name("A");
    AddPart(code, i < 20 ? kAdded : kNotReleased, i < 20 ? 7 : 0, indicator);
  }
  const std::string notes = Notes(response);
  EXPECT_EQ(notes.find("sum of 20 of 335"), 0u) << notes;
  EXPECT_NE(notes.find("0111 A (release 7), and 8 more\n"), std::string::npos) << notes;
  EXPECT_NE(notes.find("\n  not released of this fiscal year: 315 areas\n"), std::string::npos);
  EXPECT_NE(Notes(response, "ja").find("、ほか 8\n  この年度の公表なし: 315 圏域\n"),
            std::string::npos);
}

TEST(RegionNotes, SayThatWhatOneAreaHidesIsHidden) {
  v1::QueryRegionResponse response = Yamagata();
  const std::string plain = Notes(response);
  v1::ReleaseCell* cell = response.mutable_row(0)->mutable_cell();
  cell->set_state(v1::CELL_STATE_SUPPRESSED);
  EXPECT_EQ(Notes(response),
            plain + "what one of the added areas protects is protected in the sum\n");
  EXPECT_NE(Notes(response, "ja").find("和でも秘匿です"), std::string::npos);
  EXPECT_EQ(Lines(response, "en")[4],
            "Waist circumference        *                           2/4    waist");
}

TEST(RegionNotes, TellRoundedCountsUnknownResidencesAndCorrections) {
  const std::string plain = Notes(Yamagata());
  v1::QueryRegionResponse response = Yamagata();
  response.mutable_indicator(0)->mutable_part(1)->set_rounding(v1::ROUNDING_UP_10);
  EXPECT_NE(Notes(response).find("of some releases: all counts are rounded up"), std::string::npos);
  EXPECT_NE(Notes(response, "ja").find("一部の公表: 人数はすべて10人単位"), std::string::npos);
  response.mutable_indicator(0)->mutable_part(3)->set_rounding(v1::ROUNDING_UP_10);
  EXPECT_NE(Notes(response).find("\nall counts are rounded up"), std::string::npos);
  EXPECT_NE(Notes(response).find("\nsums are sums of the rounded counts\n"), std::string::npos);
  response = Yamagata();
  // Of what is not added nothing is said.
  response.mutable_indicator(0)->mutable_part(0)->set_rounding(v1::ROUNDING_UP_10);
  EXPECT_EQ(Notes(response), plain);
  response.mutable_indicator(0)->set_may_count_twice(true);
  EXPECT_NE(Notes(response).find("unknown residence"), std::string::npos);
  EXPECT_NE(Notes(response, "ja").find("居住地が不明の人"), std::string::npos);
  response = Yamagata();
  response.mutable_area(3)->set_under_revision(true);
  EXPECT_EQ(Notes(response), plain + "figures that are added await a correction\n");
  EXPECT_NE(Notes(response, "ja").find("訂正待ち"), std::string::npos);
}

TEST(RegionCsv, HasTwoColumnsMore) {
  v1::QueryRegionResponse response = Yamagata();
  EXPECT_EQ(RenderCsv(response),
            "fiscal_year,area_code,area_name,municipality_code,member_kind,indicator,sex,age_band,"
            "numerator,denominator,value,ci_lower,ci_upper,state,members,areas_added,areas\n"
            "2011,06,山形県,,all,waist,both,40-74,230,800,28.8,25.7,32.0,published,,2,4\n");
}

TEST(RegionJson, NamesEveryArea) {
  v1::QueryRegionResponse response = Yamagata();
  response.mutable_area(3)->set_under_revision(true);
  response.mutable_indicator(0)->mutable_part(3)->set_rounding(v1::ROUNDING_UP_10);
  const nlohmann::json json = nlohmann::json::parse(RenderJson(response));
  ASSERT_EQ(json["areas"].size(), 4u);
  EXPECT_EQ(json["areas"][3]["area_name"], "庄内");
  EXPECT_EQ(json["areas"][3]["under_revision"], true);
  const nlohmann::json& parts = json["indicators"][0]["parts"];
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0]["standing"], "not_released");
  EXPECT_TRUE(parts[0]["release"].is_null());
  EXPECT_TRUE(parts[0]["rounding"].is_null());
  EXPECT_EQ(parts[3]["standing"], "added");
  EXPECT_EQ(parts[3]["release"], 5);
  EXPECT_EQ(parts[3]["rounding"], "up_10");
  EXPECT_EQ(json["indicators"][0]["may_count_twice"], false);
  EXPECT_EQ(json["rows"][0]["numerator"], 230);
  EXPECT_EQ(json["rows"][0]["area_name"], "山形県");
}

}  // namespace
}  // namespace renkei::hub::cli
