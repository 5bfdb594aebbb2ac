// The whole way of a published table: XML archives, agent, wire, hub, release, query. 鶴岡市,
// second plan (2013), table 5, fiscal year 2011, beside eight other members of area 0604.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/world.h"
#include "tests/golden/tsuruoka/replay.h"

namespace renkei::tests {
namespace {

namespace fs = std::filesystem;

using CellKey = std::tuple<std::string, std::string, std::string>;  // indicator, sex, age band

struct Printed {
  long n = 0;
  long k = -1;          // -1: only the printed rate is known
  std::string percent;  // as printed
};

const std::string kGolden = std::string(RENKEI_SOURCE_DIR) + "/tests/golden/data/";

// Every genuine printed rate; the copy error of 脂質 (all rows but the total) is left out.
std::map<CellKey, Printed> PrintedTable() {
  std::map<CellKey, Printed> table;
  const auto rows = ParseCsv(ReadAll(kGolden + "tsuruoka_table5_counts.csv"));
  for (size_t i = 1; i < rows.size(); ++i) {
    const auto& r = rows[i];
    if (r.size() < 9 || r[8] == "erratum") continue;
    const std::string band = r[1] == "subtotal" || r[1] == "total" ? "40-74" : r[1];
    Printed printed;
    printed.n = std::stol(r[3]);
    printed.k = r[7].empty() ? -1 : std::stol(r[7]);
    printed.percent = r[4];
    table[{r[2], r[0], band}] = printed;
  }
  return table;
}

// Cells of 鶴岡市's own insured that must be hidden: indicator,sex,age_band,why.
std::map<CellKey, std::string> HiddenList(const std::string& file) {
  std::map<CellKey, std::string> hidden;
  const auto rows = ParseCsv(ReadAll(kGolden + file));
  for (size_t i = 1; i < rows.size(); ++i)
    hidden[{rows[i][0], rows[i][1], rows[i][2]}] = rows[i][3];
  return hidden;
}

void ExpectList(const std::map<CellKey, std::string>& listed,
                const std::map<CellKey, std::string>& should) {
  EXPECT_TRUE(listed == should);
  if (listed == should) return;
  std::printf("What the list should hold, if the people or the rules have changed on purpose:\n");
  for (const auto& [key, why] : should) {
    std::printf("%s,%s,%s,%s\n", std::get<0>(key).c_str(), std::get<1>(key).c_str(),
                std::get<2>(key).c_str(), why.c_str());
  }
}

// One world for all tests of this file: making it takes most of a minute.
class TsuruokaWay : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new World(/*known_keys=*/true);
    world_->StartHub();
    // The table as a council shows it that trusts its members (README of policy/disclosure).
    const std::string shipped =
        ReadAll(std::string(RENKEI_SOURCE_DIR) + "/policy/rules/default_policy.textproto");
    const std::string policy = absl::StrReplaceAll(
        shipped, {{"version: 1\n", "version: 2\n"},
                  {"audit_member_intervals: true\n", "audit_member_intervals: false\n"}});
    const Outcome proposed = world_->Secretariat(
        {"policy", "propose", "--file", world_->Write("trusting.textproto", policy)});
    ASSERT_EQ(proposed.exit_code, 0) << proposed.err;
    const Outcome made =
        RunCommand({Program("renkei-synth"), "demo", "--out", world_->Path("input"), "--fixture",
                    kGolden + "tsuruoka_table5_counts.csv"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    for (const auto& r : ParseCsv(ReadAll(world_->Path("input/members.csv")))) {
      if (r[0] == "folder") continue;
      MemberSpec spec{r[0], r[1], r[2], r[3], {}, r[5], r[6], r[2] == "062031"};
      for (const auto number : absl::StrSplit(r[4], ';', absl::SkipEmpty())) {
        spec.insurer_numbers.emplace_back(number.data(), number.size());
      }
      ASSERT_NO_FATAL_FAILURE(world_->Join(spec));
      members_.push_back(spec);
      std::vector<std::string> import = {"import", "--quiet"};
      for (const auto& file : fs::directory_iterator(world_->Path("input/" + spec.folder))) {
        const std::string extension = file.path().extension();
        if (extension == ".zip" || extension == ".csv") import.push_back(file.path());
      }
      std::sort(import.begin() + 2, import.end());
      const Outcome imported = world_->Agent(spec.folder, import);
      ASSERT_TRUE(imported.exit_code == 0 || imported.exit_code == 3)
          << spec.folder << imported.err;
    }
    ASSERT_EQ(members_.size(), 9u);
    round_ = world_->OpenRound(2011);
    for (const MemberSpec& spec : members_) {
      const Outcome preview = world_->Agent(
          spec.folder, {"preview", "--round", round_, "--by", "sex,age", "--format", "csv"});
      ASSERT_EQ(preview.exit_code, 0) << preview.err;
      previews_.push_back({spec.kind, spec.code, spec.display, preview.out});
    }
    for (const MemberSpec& spec : members_) {
      const Outcome submit = world_->Agent(spec.folder, {"submit", "--round", round_});
      ASSERT_EQ(submit.exit_code, 0) << spec.folder << submit.err;
    }
    ASSERT_EQ(world_->Secretariat({"round", "close", "--round", round_}).exit_code, 0);
    check_ = world_->Secretariat({"--lang", "en", "release", "check", "--round", round_});
    const Outcome release = world_->Secretariat({"release", "make", "--round", round_});
    ASSERT_EQ(release.exit_code, 0) << release.err;
  }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
  }

  static std::string Folder(const std::string& code) {
    for (const MemberSpec& spec : members_) {
      if (spec.code == code) return spec.folder;
    }
    return "";
  }

  // Rows of a query by (indicator, sex, age band).
  static std::map<CellKey, std::vector<std::string>> Query(std::vector<std::string> more) {
    std::vector<std::string> query = {
        "query", "--area", "0604", "--fiscal-year", "2011", "--by", "sex,age", "--format", "csv"};
    query.insert(query.end(), more.begin(), more.end());
    const Outcome out = world_->Secretariat(query);
    EXPECT_EQ(out.exit_code, 0) << out.err;
    std::map<CellKey, std::vector<std::string>> cells;
    for (const auto& r : ParseCsv(out.out)) {
      if (r.size() == 15 && r[0] != "fiscal_year") cells[{r[5], r[6], r[7]}] = r;
    }
    return cells;
  }

  static World* world_;
  static std::vector<MemberSpec> members_;
  static std::string round_;
  static std::vector<MemberPreview> previews_;
  static Outcome check_;  // `release check`, before the release was made
};
World* TsuruokaWay::world_ = nullptr;
std::vector<MemberSpec> TsuruokaWay::members_;
std::string TsuruokaWay::round_;
std::vector<MemberPreview> TsuruokaWay::previews_;
Outcome TsuruokaWay::check_;

TEST_F(TsuruokaWay, TheAgentsOwnPreviewShowsEveryPrintedRateAndCount) {
  std::map<CellKey, std::vector<std::string>> shown;
  for (const auto& r : ParseCsv(previews_.front().csv)) {
    if (r.size() >= 9 && r[1] == "062031") shown[{r[3], r[4], r[5]}] = r;
  }
  int compared = 0;
  for (const auto& [key, printed] : PrintedTable()) {
    const auto& [indicator, sex, band] = key;
    ASSERT_TRUE(shown.contains(key)) << indicator << " " << sex << " " << band;
    const auto& row = shown[key];
    if (printed.percent == "―" || printed.percent.empty()) {
      EXPECT_EQ(row[6], "0") << indicator << " " << sex << " " << band << " is structurally empty";
      continue;
    }
    ++compared;
    EXPECT_EQ(row[8], printed.percent) << indicator << " " << sex << " " << band;
    EXPECT_EQ(row[7], std::to_string(printed.n)) << indicator << " " << sex << " " << band;
    if (printed.k >= 0) {
      EXPECT_EQ(row[6], std::to_string(printed.k)) << indicator << " " << sex << " " << band;
    }
  }
  EXPECT_GE(compared, 17 * 11 - 6) << "every column but 脂質, and the total of 脂質";
}

TEST_F(TsuruokaWay, TheReleaseShowsEveryPrintedRateThatMayBeShownAndHidesExactlyTheList) {
  const auto released = Query({"--municipality", "062031", "--member-kind", "municipality"});
  const auto hidden = HiddenList("tsuruoka_hidden.csv");
  int shown = 0;
  std::set<CellKey> suppressed;
  for (const auto& [key, row] : released) {
    if (row[13] == "suppressed") suppressed.insert(key);
  }
  for (const auto& [key, printed] : PrintedTable()) {
    const auto& [indicator, sex, band] = key;
    ASSERT_TRUE(released.contains(key)) << indicator << " " << sex << " " << band;
    const auto& row = released.at(key);
    if (hidden.contains(key)) {
      EXPECT_EQ(row[13], "suppressed") << indicator << " " << sex << " " << band;
      for (const int number : {8, 9, 10, 11, 12})
        EXPECT_EQ(row[number], "") << "a hidden cell has no number";
      continue;
    }
    EXPECT_EQ(row[13], "published") << indicator << " " << sex << " " << band;
    if (printed.percent == "―" || printed.percent.empty()) {
      EXPECT_EQ(row[10], "");
      continue;
    }
    EXPECT_EQ(row[10], printed.percent) << indicator << " " << sex << " " << band;
    ++shown;
  }
  EXPECT_GT(shown, 100) << "most of the table can be read";
  for (const CellKey& key : suppressed) {
    EXPECT_TRUE(hidden.contains(key)) << std::get<0>(key) << " " << std::get<1>(key) << " "
                                      << std::get<2>(key) << " is hidden but not on the list";
  }
  for (const auto& [key, why] : hidden) {
    EXPECT_TRUE(suppressed.contains(key)) << std::get<0>(key) << " " << std::get<1>(key) << " "
                                          << std::get<2>(key) << " must be hidden: " << why;
  }
}

TEST_F(TsuruokaWay, TheCheckSaidBeforehandHowMuchTheReleaseHides) {
  ASSERT_EQ(check_.exit_code, 0) << check_.err;
  EXPECT_NE(check_.err.find("checking layout 6/6: no_municipality"), std::string::npos);
  const Outcome show = world_->Secretariat({"--lang", "en", "release", "show", "--release", "1"});
  ASSERT_EQ(show.exit_code, 0) << show.err;
  EXPECT_NE(show.out.find("layout full"), std::string::npos) << show.out;
  const auto words = [](const std::string& line) {
    return std::vector<std::string>(absl::StrSplit(line, ' ', absl::SkipEmpty()));
  };
  std::map<std::string, std::string> checked;  // indicator -> line
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(check_.out, '\n'))) {
    if (!words(line).empty()) checked[words(line).back()] = line;
  }
  int compared = 0;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(show.out, '\n'))) {
    if (line.find(" %") == std::string::npos) continue;
    for (const char* loss : {"< 1 %", " 1-5 %", " 5-20 %", "> 20 %"}) {
      if (line.find(loss) == std::string::npos) continue;
      ASSERT_TRUE(checked.contains(words(line).front())) << line << "\n" << check_.out;
      const std::string& told = checked[words(line).front()];
      ASSERT_NE(told.find(loss), std::string::npos) << line << "\n" << told;
      // The first class of the line is that of the full layout.
      EXPECT_EQ(told.find(loss), std::min({told.find("< 1 %"), told.find(" 1-5 %"),
                                           told.find(" 5-20 %"), told.find("> 20 %")}))
          << line << "\n"
          << told;
      ++compared;
    }
  }
  EXPECT_GT(compared, 10);
}

TEST_F(TsuruokaWay, TheListTellsPrimaryCellsFromComplementaryOnes) {
  std::map<CellKey, std::string> should;
  // The replay has another key, so that only what is primary is sure to be the same.
  const std::map<CellKey, std::string> hidden = HiddenOfTsuruoka(previews_, true);
  for (const auto& [key, row] :
       Query({"--municipality", "062031", "--member-kind", "municipality"})) {
    if (row[13] != "suppressed") continue;
    const auto replayed = hidden.find(key);
    const bool is_primary = replayed != hidden.end() && replayed->second == "primary";
    should[key] = is_primary ? "primary" : "complementary";
  }
  ExpectList(HiddenList("tsuruoka_hidden.csv"), should);
}

// What the shipped policy hides besides, so that no member bounds what the others have.
TEST_F(TsuruokaWay, TheShippedPolicyHidesFurtherRatesForTheMembersSake) {
  const std::map<CellKey, std::string> hidden = HiddenOfTsuruoka(previews_, false);
  std::map<CellKey, std::string> should;
  int shown = 0;
  for (const auto& [key, printed] : PrintedTable()) {
    if (hidden.contains(key)) {
      should[key] = hidden.at(key);
    } else if (printed.percent != "―" && !printed.percent.empty()) {
      ++shown;
    }
  }
  EXPECT_EQ(shown, 91) << "122 where the members are trusted";
  ExpectList(HiddenList("tsuruoka_hidden_from_members.csv"), should);
}

TEST_F(TsuruokaWay, TheAreaTotalIsTheSumOfMunicipalitiesWherePublished) {
  const auto area = Query({"--indicator", "checkup_rate"});
  const auto& total = area.at({"checkup_rate", "both", "40-74"});
  ASSERT_EQ(total[13], "published");
  long n = 0;
  bool all = true;
  for (const char* code : {"062031", "062049", "064262", "064289", "064611", "unknown"}) {
    const auto cells = Query({"--municipality", code, "--indicator", "checkup_rate"});
    const auto& cell = cells.at({"checkup_rate", "both", "40-74"});
    if (cell[13] != "published") {
      all = false;
      continue;
    }
    n += cell[9].empty() ? 0 : std::stol(cell[9]);
  }
  if (all) {
    EXPECT_EQ(n, std::stol(total[9]));
  } else {
    EXPECT_LE(n, std::stol(total[9]));
  }
}

}  // namespace
}  // namespace renkei::tests
