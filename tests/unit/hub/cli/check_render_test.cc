// What a secretariat reads before a release: classes and states, aligned, in both languages.
#include "hub/cli/check_render.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "hub/cli/table.h"
#include "nlohmann/json.hpp"

namespace renkei::hub::cli {
namespace {

v1::CheckReleaseResponse Check(int steps, v1::LossClass loss) {
  v1::CheckReleaseResponse check;
  check.set_area_code("0604");
  check.set_area_name("庄内");
  check.set_fiscal_year(2011);
  const std::pair<const char*, v1::WithheldLevel> levels[] = {
      {"no_five_year_bands", v1::WITHHELD_LEVEL_FIVE_YEAR_BANDS},
      {"no_municipality", v1::WITHHELD_LEVEL_MUNICIPALITY}};
  v1::OfferedLayout layout;
  layout.set_name("full");
  for (int i = 0; i <= 2; ++i) {
    if (i > 0) {
      layout.set_name(levels[i - 1].first);
      layout.add_withheld_level(levels[i - 1].second);
    }
    *check.add_offered() = layout;
    if (i == steps) *check.mutable_layout() = layout;
  }
  for (const char* id : {"waist", "checkup_rate"}) {
    v1::CheckedTable* table = check.add_table();
    table->mutable_measure()->set_id(id);
    table->set_name_ja(std::string(id) == "waist" ? "腹囲" : "特定健診実施率");
    table->set_name_en(std::string(id) == "waist" ? "Waist" : "Checkup rate");
    table->set_loss(loss);
    table->add_reason(v1::TABLE_REASON_SMALL_COUNTS);
    table->add_reason(v1::TABLE_REASON_TOO_FEW_MEMBERS);
    const v1::SliceState states[] = {v1::SLICE_STATE_SHOWN, v1::SLICE_STATE_PARTLY_PROTECTED,
                                     v1::SLICE_STATE_NOTHING, v1::SLICE_STATE_PROTECTED};
    int state = 0;
    for (const char* place : {"", "062031", "unknown"}) {
      for (int kind = 0; kind <= 3; ++kind) {
        v1::CheckedSlice* slice = table->add_slice();
        slice->set_municipality(place);
        if (std::string(place) == "062031") slice->set_municipality_name("鶴岡市");
        slice->set_member_kind(static_cast<v1::MemberKind>(kind));
        slice->set_state(steps == 2 && place[0] != 0 ? v1::SLICE_STATE_WITHHELD
                                                     : states[state++ % 4]);
      }
    }
  }
  return check;
}

CheckedRound Round() {
  return {{Check(0, v1::LOSS_CLASS_ABOVE_20), Check(1, v1::LOSS_CLASS_1_5),
           Check(2, v1::LOSS_CLASS_BELOW_1)},
          {}};
}

std::string Render(const CheckedRound& round, const char* language) {
  Session session;
  session.language = language;
  return RenderCheck(round, session);
}

TEST(CheckRender, TellsPerIndicatorTheLossOfEveryLayoutAndTheReasons) {
  EXPECT_EQ(Render(Round(), "en"),
            "0604 庄内  fiscal year 2011  check before a release (nothing is published)\n"
            "\n"
            "   layout              withholds\n"
            "-  ------------------  ------------------------------------------------\n"
            "1  full                nothing\n"
            "2  no_five_year_bands  5-year age bands (40-64, 65-74 and 40-74 remain)\n"
            "3  no_municipality     + municipalities (the area remains)\n"
            "\n"
            "Loss: share of the layout's counted value that is protected\n"
            "indicator          1      2      3  reasons (1)                    id\n"
            "------------  ------  -----  -----  -----------------------------  ------------\n"
            "Waist         > 20 %  1-5 %  < 1 %  small counts, too few members  waist\n"
            "Checkup rate  > 20 %  1-5 %  < 1 %  small counts, too few members  checkup_rate\n"
            "\n"
            "the layout of an indicator's first release holds for all later years\n"
            "--indicator shows places and member kinds\n");
}

TEST(CheckRender, ColumnsStayAlignedInJapanese) {
  CheckedRound round = Round();
  round.indicators = {"waist"};
  const std::string text = Render(round, "ja");
  for (const char* word :
       {"腹囲", "少数, 団体数不足", "鶴岡市", "一部秘匿", "不明", "表章区分", "― 対象者なし"}) {
    EXPECT_TRUE(absl::StrContains(text, word)) << word << "\n" << text;
  }
  EXPECT_FALSE(absl::StrContains(text, "特定健診実施率")) << "another indicator";
  // The second column of the places begins in one place of the terminal.
  std::vector<int> starts;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    for (const absl::string_view place : {"圏域全体", "062031 鶴岡市", "不明"}) {
      if (!absl::StartsWith(line, place)) continue;
      const size_t at = line.find_first_not_of(' ', place.size());
      starts.push_back(DisplayWidth(line.substr(0, at)));
    }
  }
  EXPECT_EQ(starts, std::vector<int>(3, 15)) << text;
}

TEST(CheckRender, SaysWhatWouldBeHeldAndWhatIsFixed) {
  CheckedRound round = Round();
  round.checks[0].clear_table();
  round.checks[0].set_held(true);
  const std::string held = Render(round, "en");
  EXPECT_TRUE(absl::StrContains(held, "full: cannot be protected")) << held;
  EXPECT_TRUE(absl::StrContains(held, "  held  ")) << held;
  round.checks.resize(1);
  EXPECT_TRUE(absl::StrContains(Render(round, "ja"), "full: 保護できません")) << "none is left";
  CheckedRound fixed = {{Check(1, v1::LOSS_CLASS_1_5)}, {}};
  fixed.checks[0].set_fixed(true);
  EXPECT_TRUE(
      absl::StrContains(Render(fixed, "en"), "fixed the layout of the series: no_five_year_bands"));
}

TEST(CheckRender, NothingThatTheHubSendsDrivesTheTerminal) {
  CheckedRound round = {{Check(0, v1::LOSS_CLASS_1_5)}, {"waist"}};
  round.checks[0].set_area_code("\x1b[2J");
  round.checks[0].set_area_name("\x1b[2J");
  round.checks[0].mutable_table(0)->set_name_en("\x1b[2J");
  round.checks[0].mutable_table(0)->mutable_slice(4)->set_municipality_name("\x1b[2J");
  round.checks[0].mutable_layout()->set_name("\x1b[2J");
  EXPECT_EQ(Render(round, "en").find('\x1b'), std::string::npos);
}

TEST(CheckRender, JsonHasClassesAndStatesAndNoFigure) {
  CheckedRound round = Round();
  round.indicators = {"waist"};
  const auto json = nlohmann::json::parse(RenderCheckJson(round));
  ASSERT_EQ(json["layouts"].size(), 3u);
  EXPECT_EQ(json["layouts"][2]["name"], "no_municipality");
  EXPECT_EQ(json["layouts"][2]["withheld"], nlohmann::json({"five_year_bands", "municipality"}));
  EXPECT_EQ(json["layouts"][0]["held"], false);
  const auto& tables = json["layouts"][0]["tables"];
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_EQ(tables[0]["loss"], "> 20 %");
  EXPECT_EQ(tables[0]["reasons"], nlohmann::json({"small_counts", "too_few_members"}));
  EXPECT_EQ(tables[0]["places"][1], nlohmann::json({{"municipality_code", ""},
                                                    {"member_kind", "municipality"},
                                                    {"state", "partly_protected"}}));
  EXPECT_EQ(json["fiscal_year"], 2011);
}

TEST(CheckRender, ANoiseRoundSaysItsPriceAndWhetherTheBudgetSuffices) {
  CheckedRound round = Round();
  v1::CheckedNoise& noise = *round.checks[0].mutable_noise();
  noise.mutable_terms()->set_variance_numerator(60);
  noise.mutable_terms()->set_variance_denominator(1);
  noise.mutable_terms()->set_rho_numerator(1);
  noise.mutable_terms()->set_rho_denominator(60);
  noise.mutable_rho_per_data_year()->set_numerator(1);
  noise.mutable_rho_per_data_year()->set_denominator(20);
  Session session;
  session.language = "en";
  const std::string gone = RenderCheck(round, session);
  EXPECT_NE(gone.find("costs rho = 1/60 (33.3 % of a data year's budget of 1/20)"),
            std::string::npos)
      << gone;
  EXPECT_NE(gone.find("does not suffice"), std::string::npos);
  noise.set_budget_suffices(true);
  session.language = "ja";
  const std::string enough = RenderCheck(round, session);
  EXPECT_NE(enough.find("予算は足ります"), std::string::npos) << enough;
  EXPECT_NE(enough.find("33.3 %"), std::string::npos);
  const auto json = nlohmann::json::parse(RenderCheckJson(round));
  EXPECT_EQ(json["noise"]["rho"], "1/60");
  EXPECT_EQ(json["noise"]["budget_suffices"], true);
}

}  // namespace
}  // namespace renkei::hub::cli
