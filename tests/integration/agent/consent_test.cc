// renkei-agent consent: record, withdraw, show, stats and import on the real store.
#include "nlohmann/json.hpp"
#include "tests/integration/agent/agent_folder.h"

namespace renkei::tests {
namespace {

class Consent : public AgentFolder {
 protected:
  Consent() {
    MakeAgent(
        "kind: MEMBER_KIND_INSURER\norganisation_code: \"01130012\"\n"
        "insurer_numbers: \"01130012\"\n"
        "accepted_texts { purpose: PURPOSE_REGIONAL_PLANNING text: \"form@1\" }\n");
    const std::string roster = Write("roster.csv",
                                     "insurer_number,number,branch,birth_date,sex,fiscal_year,"
                                     "municipality_code\n01130012,12,01,1960-01-15,1,2024,062031\n"
                                     "01130012,13,01,1961-02-16,2,2024,062031\n");
    EXPECT_EQ(OnAgent("import", {roster, "--quiet"}).exit_code, 0);
  }
  // `consent <sub>` for the first person.
  Outcome On(const std::string& sub, std::vector<std::string> more,
             const std::string& line = "01130012,12,01,1960-01-15,1") const {
    more.insert(more.begin(), {"consent", sub, "--dir", Path("agent"), "--person", "-"});
    return Agent(more, "insurer_number,number,branch,birth_date,sex\n" + line + "\n");
  }
  Outcome Give(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"--event",    "given",
                                    "--purpose",  "regional_planning",
                                    "--category", "exam_result,questionnaire",
                                    "--text",     "form@1",
                                    "--at",       "2026-04-01",
                                    "--method",   "paper",
                                    "--language", "en"};
    all.insert(all.end(), more.begin(), more.end());
    return On("record", all);
  }
  nlohmann::json Shown(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"--format", "json", "--language", "en"};
    all.insert(all.end(), more.begin(), more.end());
    const Outcome shown = On("show", all);
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    return nlohmann::json::parse(shown.out).at(0);
  }
  static nlohmann::json StateOf(const nlohmann::json& person, const std::string& purpose,
                                const std::string& category) {
    for (const nlohmann::json& state : person.at("states")) {
      if (state.at("purpose") == purpose && state.at("category") == category) return state;
    }
    return {};
  }
};

bool Says(const Outcome& outcome, const std::string& words) {
  return (outcome.out + outcome.err).find(words) != std::string::npos;
}

TEST_F(Consent, IsRecordedOnceAndShownWithItsReason) {
  const Outcome given = Give();
  ASSERT_EQ(given.exit_code, 0) << given.err;
  EXPECT_TRUE(Says(given,
                   "recorded: 2026-04-01 00:00:00 JST  given: regional_planning; "
                   "exam_result, questionnaire; basis consent; text form@1"))
      << given.out;
  EXPECT_TRUE(Says(given, "ledger entry 0")) << given.out;
  EXPECT_TRUE(Says(given, "\"collection_method\":\"PAPER\"")) << given.out;
  const Outcome again = Give();
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_TRUE(Says(again, "is recorded already")) << again.out;

  const nlohmann::json person = Shown();
  EXPECT_EQ(person.at("events").size(), 1u);
  EXPECT_EQ(person.at("states").size(), 35u);
  const nlohmann::json exam = StateOf(person, "regional_planning", "exam_result");
  EXPECT_EQ(exam.at("outcome"), "granted");
  EXPECT_EQ(exam.at("reason"), "by event 1");
  EXPECT_EQ(exam.at("counted"), true);
  const nlohmann::json claims = StateOf(person, "regional_planning", "claims");
  EXPECT_EQ(claims.at("outcome"), "absent");
  EXPECT_EQ(claims.at("reason"), "no event says anything of it");
  EXPECT_EQ(claims.at("counted"), false);
  const nlohmann::json before = Shown({"--at", "2026-03-31T23:59:59+09:00"});
  EXPECT_EQ(StateOf(before, "regional_planning", "exam_result").at("reason"),
            "event 1 is not in force yet");
  const Outcome japanese = On("show", {});
  EXPECT_TRUE(
      Says(japanese, "健診結果、問診: 同意あり（記録 1 による）。根拠：本人の同意、集計に含める"))
      << japanese.out;
  EXPECT_FALSE(Says(japanese, "1960")) << "no value of the person";
}

TEST_F(Consent, AWithdrawalPrintsAReceiptAndEndsTheConsent) {
  ASSERT_EQ(Give().exit_code, 0);
  const Outcome gone = On("withdraw", {"--at", "2026-05-01", "--language", "en"});
  ASSERT_EQ(gone.exit_code, 0) << gone.err;
  EXPECT_TRUE(Says(gone, "receipt of the withdrawal")) << gone.out;
  EXPECT_TRUE(Says(gone, "what: all purposes / all categories")) << gone.out;
  EXPECT_TRUE(Says(gone, "in force from: 2026-05-01 00:00:00 JST")) << gone.out;
  EXPECT_TRUE(Says(gone, "the first release is without the person")) << gone.out;
  EXPECT_TRUE(Says(gone, "ledger entry 1")) << gone.out;
  const nlohmann::json exam = StateOf(Shown(), "regional_planning", "exam_result");
  EXPECT_EQ(exam.at("outcome"), "denied");
  EXPECT_EQ(exam.at("reason"), "by event 2");
  const Outcome ahead = On("withdraw", {"--effective", "2099-01-01", "--category", "claims"});
  EXPECT_TRUE(
      Says(ahead, "効力: 2099-01-01 00:00:00 JST から（それより前に送る集計には含まれうる。"))
      << ahead.out;
}

TEST_F(Consent, NamesTheReasonWhyAConsentDoesNotCount) {
  ASSERT_EQ(Give({"--valid-to", "2026-05-01"}).exit_code, 0);
  EXPECT_EQ(StateOf(Shown(), "regional_planning", "exam_result").at("reason"),
            "event 1 is no longer valid");
  const Outcome other = On("record", {"--event", "given", "--purpose", "all", "--category",
                                      "claims", "--text", "form@9", "--at", "2026-06-01"});
  ASSERT_EQ(other.exit_code, 0) << other.err;
  EXPECT_TRUE(Says(other, "does not list this text for regional_planning")) << other.err;
  EXPECT_EQ(StateOf(Shown(), "regional_planning", "claims").at("reason"),
            "event 2 names a text that accepted_texts does not list for this purpose");
  const Outcome notice = On("record", {"--event", "notice_given", "--purpose", "all", "--category",
                                       "all", "--basis", "opt_out_notice", "--at", "2020-01-01"});
  ASSERT_EQ(notice.exit_code, 0) << notice.err;
  EXPECT_EQ(StateOf(Shown(), "regional_planning", "guidance").at("counted"), false)
      << "a notice, however old, is no ground for health data (R17)";
}

TEST_F(Consent, RefusesWhatCannotBeAndSaysWhatToDo) {
  const auto refused = [this](const Outcome& outcome, const std::string& words) {
    EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
    EXPECT_TRUE(Says(outcome, words)) << outcome.err;
    EXPECT_FALSE(Says(outcome, "1960")) << outcome.err;
    EXPECT_TRUE(Shown().at("events").empty());
  };
  refused(Give({"--effective", "2026-03-01"}), "--effective: a consent is never in force before");
  refused(Give({"--valid-to", "2026-03-01"}), "--valid-to: must be later");
  refused(Give({"--valid-from", "tomorrow"}), "--valid-from: must be a day");
  refused(Give({"--basis", "because"}), "--basis: is one of consent, statute");
  refused(
      On("record", {"--event", "given", "--purpose", "all", "--category", "x", "--text", "f@1"}),
      "--category: is one of exam_result");
  refused(On("record", {"--event", "given", "--purpose", "all", "--category", "all"}),
          "--text: a consent names the text");
  refused(
      On("record", {"--event", "given", "--purpose", "all", "--category", "all", "--text", "f"}),
      "--text: must be family@version");
  refused(On("record", {"--event", "corrected", "--purpose", "all", "--category", "all"}),
          "--refers-to: name the time");
  refused(On("withdraw", {}, "01130012,99,01,1960-01-15,1"), "person 1: not in the store");
  EXPECT_EQ(On("withdraw", {"--new"}, "01130012,99,01,1960-01-15,1").exit_code, 0);
  EXPECT_EQ(On("record", {"--event", "given"}).exit_code, 2);
}

TEST_F(Consent, StatsAreCoarseAndImportIsTheSameAsImport) {
  std::string csv = "insurer_number,number,branch,birth_date,sex,event,event_time,basis,text_ref\n";
  for (int i = 0; i < 14; ++i) {
    csv += "01130012," + std::to_string(100 + i) +
           ",01,1960-01-15,1,given,2026-04-01T00:00:00+09:00,consent,form@1\n";
  }
  const std::string file = Write("consents.csv", csv);
  const Outcome imported =
      Agent({"consent", "import", "--dir", Path("agent"), file, "--report", "json"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(nlohmann::json::parse(imported.out).at(0).at("stored").at("new"), 14);
  const Outcome again = OnAgent("import", {file, "--as", "consents", "--report", "json"});
  EXPECT_EQ(nlohmann::json::parse(again.out).at(0).at("stored").at("unchanged"), 14);
  ASSERT_EQ(On("withdraw", {"--at", "2026-05-01"}).exit_code, 0);
  const Outcome stats = Agent({"consent", "stats", "--dir", Path("agent"), "--format", "json"});
  ASSERT_EQ(stats.exit_code, 0) << stats.err;
  const nlohmann::json counts = nlohmann::json::parse(stats.out);
  EXPECT_EQ(counts.at("by_type").at("given"), "10");
  EXPECT_EQ(counts.at("by_type").at("withdrawn"), "<10");
  EXPECT_EQ(counts.at("by_type").at("refused"), "<10") << "none is not told from a few";
  EXPECT_EQ(counts.at("by_category").at("exam_result").at("granted"), "10");
  EXPECT_EQ(counts.at("by_category").at("exam_result").at("denied"), "<10");
  const Outcome text = Agent({"consent", "stats", "--dir", Path("agent")});
  EXPECT_TRUE(Says(text, "健診結果: 同意あり 10、拒否 <10、意思表示なし <10")) << text.out;
}

}  // namespace
}  // namespace renkei::tests
