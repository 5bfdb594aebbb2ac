// renkei-agent forget: what is stored of a person is shown, then erased, on the real store.
#include "nlohmann/json.hpp"
#include "tests/integration/agent/agent_folder.h"

namespace renkei::tests {
namespace {

class Forget : public TwoPersons {
 protected:
  Forget() {
    for (const char* name : {"roster.csv", "exams.csv", "claims.csv", "absence.csv"}) {
      const Outcome outcome = Import({name});
      EXPECT_EQ(outcome.exit_code, 0) << name << outcome.err << outcome.out;
    }
  }
  Outcome Erase(const std::vector<std::string>& more) const {
    return TwoPersons::Forget(kFirst, more);
  }
};

constexpr char kTraces[] =
    "person 1: 1 examinations, 1 roster rows, 0 guidance courses, 1 claims, 1 absences, 0 consent "
    "events; fiscal years 2024\n";

TEST_F(Forget, ShowsFirstAndErasesOnlyWhenTold) {
  for (int i = 0; i < 2; ++i) {
    const Outcome shown = Erase({});
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    EXPECT_EQ(shown.out.substr(0, sizeof kTraces - 1), kTraces);
    EXPECT_NE(shown.out.find("nothing was erased"), std::string::npos) << shown.out;
  }
  const Outcome erased = Erase({"--yes"});
  EXPECT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_EQ(erased.out.substr(0, sizeof kTraces - 1), kTraces);
  const Outcome again = Erase({"--yes"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.out.find("person 1: not in the store"), std::string::npos) << again.out;
}

TEST_F(Forget, LeavesTheOtherPersonAndTakesThePersonInAgain) {
  EXPECT_EQ(Erase({"--yes"}).exit_code, 0);
  const Outcome again =
      OnAgent("import", {Path("claims.csv"), Path("exams.csv"), "--quiet", "--report", "json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  for (const nlohmann::json& report : nlohmann::json::parse(again.out)) {
    EXPECT_EQ(report.at("stored").at("new"), 1) << report;
    EXPECT_EQ(report.at("stored").at("unchanged"), 1) << report;
  }
}

TEST_F(Forget, SaysNothingOfAPersonInAnError) {
  const Outcome wrong =
      OnAgent("forget", {"--person", "-"},
              "insurer_number,number,branch,birth_date,sex\n01130012,12,01,1960-13-45,1\n");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(wrong.err.find("birth_date"), std::string::npos) << wrong.err;
  EXPECT_EQ(wrong.err.find("1960"), std::string::npos) << wrong.err;
}

}  // namespace
}  // namespace renkei::tests
