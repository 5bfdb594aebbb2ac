// renkei-agent explain: words without data, and exact counts of the own data clause by clause.
#include "tests/integration/agent/agent_folder.h"

namespace renkei::tests {
namespace {

class Explain : public AgentFolder {
 protected:
  Explain() {
    MakeAgent(
        "kind: MEMBER_KIND_MUNICIPALITY\norganisation_code: \"062031\"\n"
        "insurer_numbers: \"00060038\"\n"
        "basis { category: DATA_CATEGORY_EXAM_RESULT basis: LEGAL_BASIS_STATUTE }\n"
        "basis { category: DATA_CATEGORY_QUESTIONNAIRE basis: LEGAL_BASIS_STATUTE }\n");
  }
  Outcome Ask(const std::vector<std::string>& more) const { return OnAgent("explain", more); }
};

TEST_F(Explain, SaysADefinitionInBothLanguagesWithoutAnyData) {
  const Outcome english = Ask({"--measure", "finding_bp", "--language", "en"});
  EXPECT_EQ(english.exit_code, 0) << english.err;
  EXPECT_NE(english.out.find("sbp_mmhg >= 130 mm[Hg]"), std::string::npos) << english.out;
  EXPECT_NE(english.out.find("bp_guidance: definitions 4"), std::string::npos) << english.out;
  EXPECT_EQ(english.out.find("persons (40 to 74"), std::string::npos);
  const Outcome japanese = Ask({"--measure", "finding_bp"});
  EXPECT_NE(japanese.out.find("年度内に健診を受けた"), std::string::npos) << japanese.out;
  const Outcome derived = Ask({"--measure", "std_ratio", "--language", "en"});
  EXPECT_NE(derived.out.find("Byar's 95 % interval"), std::string::npos) << derived.out;
}

TEST_F(Explain, ListsEveryMeasureWithItsKind) {
  const Outcome list = Ask({"--list", "--language", "en"});
  EXPECT_EQ(list.exit_code, 0);
  for (const char* id : {"checkup_rate", "map_transition_A1_B2", "cost_per_capita", "std_ratio"}) {
    EXPECT_NE(list.out.find(id), std::string::npos) << id;
  }
}

TEST_F(Explain, CountsWhomEachClauseTakesOut) {
  const std::string exams = Write(
      "exams.csv",
      "insurer_number,number,branch,birth_date,sex,exam_date,municipality_code,sbp_mmhg,dbp_mmhg\n"
      "00060038,1,01,1970-05-01,1,2023-06-01,062031,150,80\n"
      "00060038,2,01,1970-05-01,1,2023-06-01,062031,120,80\n"
      "00060038,3,01,1970-05-01,2,2023-06-01,062031,120,\n");
  const std::string roster =
      Write("roster.csv",
            "insurer_number,number,branch,birth_date,sex,fiscal_year,municipality_code\n"
            "00060038,1,01,1970-05-01,1,2023,062031\n"
            "00060038,4,01,1970-05-01,1,2023,062031\n");
  for (const std::string& file : {exams, roster}) {
    const Outcome imported = Agent({"import", "--dir", Path("agent"), file, "--quiet"});
    ASSERT_EQ(imported.exit_code, 0) << imported.err << imported.out;
  }
  const Outcome out = Ask({"--measure", "finding_bp", "--fiscal-year", "2023", "--language", "en"});
  ASSERT_EQ(out.exit_code, 0) << out.err;
  for (const char* line :
       {"           4  persons (40 to 74", "           0  not permitted",
        "          -1  not: examined in the fiscal year", "          -1  cannot be decided",
        "           2  n, the denominator", "           1  k, the numerator",
        "           1    of n: sbp_mmhg >= 130 mm[Hg]"}) {
    EXPECT_NE(out.out.find(line), std::string::npos) << line << "\n" << out.out;
  }
}

TEST_F(Explain, SaysWhatIsWrongWithAQuestion) {
  const Outcome unknown = Ask({"--measure", "no_such"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_NE(unknown.err.find("no measure is named 'no_such'; --list shows every one"),
            std::string::npos)
      << unknown.err;
  EXPECT_EQ(Ask({}).exit_code, 1);
  const Outcome undefined = Ask({"--measure", "q_riskdrink4", "--fiscal-year", "2020"});
  EXPECT_EQ(undefined.exit_code, 1);
  EXPECT_NE(undefined.err.find("not defined for fiscal year 2020"), std::string::npos)
      << undefined.err;
  EXPECT_EQ(Ask({"--measure", "finding_bp", "--fiscal-year", "1999"}).exit_code, 2);
}

}  // namespace
}  // namespace renkei::tests
