// The program renkei-agent as an officer meets it without a hub: folder, configuration, import,
// messages.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "tests/integration/agent/agent_folder.h"

namespace renkei::tests {
namespace {

namespace fs = std::filesystem;

constexpr char kRosterHeader[] =
    "insurer_number,number,branch,birth_date,sex,fiscal_year,municipality_code\n";

class AgentProgram : public AgentFolder {
 protected:
  std::string Config(const std::string& secret) const {
    return "kind: MEMBER_KIND_MUNICIPALITY\norganisation_code: \"062031\"\nname: \"city\"\n"
           "hub_address: \"127.0.0.1:1\"\nenrol_address: \"127.0.0.1:2\"\n"
           "insurer_numbers: \"00060038\"\nroot_secret_file: \"" +
           secret + "\"\ninbox: \"" + Path("inbox") + "\"\npoll_seconds: 1\n";
  }
  Outcome Init(const std::string& secret, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"init", "--dir", Path("agent"), "--config",
                                          Write("agent.textproto", Config(secret))};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Agent(arguments);
  }
  Outcome Import(const std::string& file, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), file);
    return OnAgent("import", more);
  }
  static int ModeOf(const std::string& path) {
    struct stat facts {};
    EXPECT_EQ(stat(path.c_str(), &facts), 0) << path;
    return static_cast<int>(facts.st_mode & 0777);
  }
};

TEST_F(AgentProgram, MakesAFolderThatOnlyItsOwnerReadsAndCanBeMadeTwice) {
  const Outcome init = Init(Path("root.secret"));
  ASSERT_EQ(init.exit_code, 0) << init.err;
  EXPECT_EQ(ModeOf(Path("agent")), 0700);
  EXPECT_EQ(ModeOf(Path("agent/keys")), 0700);
  EXPECT_EQ(ModeOf(Path("root.secret")), 0600);
  EXPECT_EQ(ModeOf(Path("agent/agent.textproto")), 0600);
  EXPECT_EQ(fs::file_size(Path("root.secret")), 32u);
  const std::string secret = ReadAll(Path("root.secret"));
  EXPECT_EQ(Init(Path("root.secret")).exit_code, 0);
  EXPECT_EQ(ReadAll(Path("root.secret")), secret) << "keys are made once";
  EXPECT_EQ(Init(Path("other.secret")).exit_code, 1) << "another configuration for the same folder";
}

TEST_F(AgentProgram, RefusesTheRootSecretBesideTheDataUnlessForced) {
  const Outcome refused = Init(Path("agent/keys/root.secret"));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("--insecure-same-place"), std::string::npos) << refused.err;
  EXPECT_FALSE(fs::exists(Path("agent")));
  const Outcome forced = Init(Path("agent/keys/root.secret"), {"--insecure-same-place"});
  EXPECT_EQ(forced.exit_code, 0) << forced.err;
  EXPECT_NE(forced.err.find("warning"), std::string::npos);
}

TEST_F(AgentProgram, OpensNothingWithAnotherRootSecret) {
  ASSERT_EQ(Init(Path("root.secret")).exit_code, 0);
  fs::remove(Path("root.secret"));
  Write("root.secret", std::string(32, 'x'));
  fs::permissions(Path("root.secret"), fs::perms::owner_read | fs::perms::owner_write);
  const Outcome journal = Agent({"journal", "--dir", Path("agent")});
  EXPECT_EQ(journal.exit_code, 1);
  EXPECT_NE(journal.err.find("agent.db"), std::string::npos) << journal.err;
  fs::permissions(Path("root.secret"), fs::perms::others_read, fs::perm_options::add);
  const Outcome loose = Agent({"journal", "--dir", Path("agent")});
  EXPECT_NE(loose.err.find("root_secret_file"), std::string::npos) << loose.err;
}

TEST_F(AgentProgram, ImportAnswersWithTheThreeExitCodes) {
  ASSERT_EQ(Init(Path("root.secret")).exit_code, 0);
  const std::string good = "00060038,1,,1960-05-01,1,2011,062031\n";
  const std::string bad = "00060038,2,,1960-13-01,1,2011,062031\n";
  const std::string all = Write("all.csv", kRosterHeader + good);
  EXPECT_EQ(Import(all).exit_code, 0);
  const Outcome partly = Import(Write("partly.csv", kRosterHeader + good + bad));
  EXPECT_EQ(partly.exit_code, 3) << partly.out << partly.err;
  EXPECT_EQ(partly.err.find("1960"), std::string::npos) << "no value of a person in a message";
  EXPECT_TRUE(fs::exists(Path("agent/quarantine/partly.csv.rejected.csv")));
  EXPECT_FALSE(fs::exists(Path("partly.csv.rejected.csv"))) << "never beside the input";
  const Outcome nothing = Import(Write("nothing.csv", "colour,shape\nred,round\n"));
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_NE(nothing.err.find("nothing.csv"), std::string::npos);
  EXPECT_EQ(Import(Path("absent.csv")).exit_code, 1);
  const Outcome both =
      Agent({"import", "--dir", Path("agent"), all, Path("nothing.csv"), "--lang", "ja"});
  EXPECT_EQ(both.exit_code, 3);
  EXPECT_NE(both.out.find("合計"), std::string::npos);
  const Outcome quiet = Import(all, {"--quiet", "--report", "json"});
  EXPECT_EQ(quiet.exit_code, 0);
  EXPECT_EQ(quiet.err, "");
  EXPECT_EQ(quiet.out.substr(0, 2), "[{");
  EXPECT_EQ(Import(all, {"--as", "colours"}).exit_code, 2);
}

TEST_F(AgentProgram, SaysWhatComesFirst) {
  const Outcome no_agent = Agent({"journal", "--dir", Path("nowhere")});
  EXPECT_EQ(no_agent.exit_code, 1);
  EXPECT_NE(no_agent.err.find("init"), std::string::npos);
  ASSERT_EQ(Init(Path("root.secret")).exit_code, 0);
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"rounds"},
                                             {"agreement", "show"},
                                             {"preview", "--round", "r"},
                                             {"submit", "--round", "r"},
                                             {"run"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--dir", Path("agent")});
    const Outcome outcome = Agent(arguments);
    EXPECT_EQ(outcome.exit_code, 1) << command[0];
    EXPECT_NE(outcome.err.find("enrol"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(Agent({"journal", "--dir", Path("agent")}).exit_code, 0);
}

TEST_F(AgentProgram, PrintsASampleThatItAccepts) {
  for (const char* kind : {"municipality", "insurer", "workplace"}) {
    const Outcome sample = Agent({"init", "--print-config", "--kind", kind});
    ASSERT_EQ(sample.exit_code, 0);
    EXPECT_NE(sample.out.find("root_secret_file"), std::string::npos);
  }
  EXPECT_EQ(Agent({"init", "--print-config", "--kind", "bakery"}).exit_code, 2);
  EXPECT_EQ(Agent({"init"}).exit_code, 2);
}

TEST_F(AgentProgram, EnrolSendsNothingWithAMistypedCodeOrWithoutAHub) {
  ASSERT_EQ(Init(Path("root.secret")).exit_code, 0);
  const std::string fingerprint(64, 'a');
  const Outcome mistyped =
      tests::RunCommand({std::string(RENKEI_BIN_DIR) + "/renkei-agent", "enrol", "--dir",
                         Path("agent"), "--code", "-", "--ca-fingerprint", fingerprint},
                        {}, "AAAA-BBBB-CCCC\n");
  EXPECT_EQ(mistyped.exit_code, 1);
  EXPECT_EQ(mistyped.err.find("BBBB"), std::string::npos) << "a code is not echoed";
}

}  // namespace
}  // namespace renkei::tests
