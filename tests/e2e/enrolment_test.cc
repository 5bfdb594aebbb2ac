// Joining the hub: the pinned root, the one-time code, and what is refused.
#include <gtest/gtest.h>

#include "tests/e2e/small_members.h"
#include "tests/e2e/world.h"

namespace renkei::tests {
namespace {

class EnrolmentTest : public ::testing::Test {
 protected:
  void SetUp() override { world_.StartHub(); }
  World world_;
};

TEST_F(EnrolmentTest, AWrongFingerprintStopsBeforeTheCodeIsSent) {
  ASSERT_EQ(world_.InitMember(kTsuruoka).exit_code, 0);
  const std::string code = world_.Write("code", world_.Invite(kTsuruoka));
  std::string wrong = world_.fingerprint();
  wrong[0] = wrong[0] == '0' ? '1' : '0';
  const Outcome refused =
      world_.Agent("tsuruoka", {"enrol", "--code", "@" + code, "--ca-fingerprint", wrong});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("fingerprint"), std::string::npos) << refused.err;
  // The code was not sent and so is still good.
  const Outcome enrolled = world_.Agent(
      "tsuruoka", {"enrol", "--code", "@" + code, "--ca-fingerprint", world_.fingerprint()});
  EXPECT_EQ(enrolled.exit_code, 0) << enrolled.err;
}

TEST_F(EnrolmentTest, OneHubServesAFolder) {
  const Outcome second = RunCommand(
      {std::string(RENKEI_BIN_DIR) + "/renkei-hub", "serve", "--dir", world_.Path("hub")});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.err.find("another renkei-hub serves this folder"), std::string::npos)
      << second.err;
  // It goes with the process, however that ends.
  world_.KillHub();
  world_.StartHub();
  EXPECT_EQ(world_.StopHub(), 0);
}

TEST_F(EnrolmentTest, ACodeWorksOnceAndForItsMemberOnly) {
  ASSERT_EQ(world_.InitMember(kTsuruoka).exit_code, 0);
  ASSERT_EQ(world_.InitMember(kSakata).exit_code, 0);
  const std::string code = world_.Write("code", world_.Invite(kTsuruoka));
  const std::vector<std::string> enrol = {"enrol", "--code", "@" + code, "--ca-fingerprint",
                                          world_.fingerprint()};
  EXPECT_EQ(world_.Agent("sakata", enrol).exit_code, 1) << "another member's code";
  ASSERT_EQ(world_.Agent("tsuruoka", enrol).exit_code, 0);
  ASSERT_EQ(
      world_.InitMember({"tsuruoka2", "municipality", "062031", "鶴岡市", {"00060038"}, "062031"})
          .exit_code,
      0);
  const Outcome used = world_.Agent("tsuruoka2", enrol);
  EXPECT_EQ(used.exit_code, 1);
  EXPECT_NE(used.err.find("used"), std::string::npos) << used.err;
}

TEST_F(EnrolmentTest, AnInventedCodeIsRefused) {
  ASSERT_EQ(world_.InitMember(kTsuruoka).exit_code, 0);
  const std::string code = world_.Write("code", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA");
  const Outcome refused = world_.Agent(
      "tsuruoka", {"enrol", "--code", "@" + code, "--ca-fingerprint", world_.fingerprint()});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.err.find("AAAA-AAAA"), std::string::npos) << "a code must not be echoed";
}

TEST_F(EnrolmentTest, AWrongCheckDigitStopsAtInit) {
  MemberSpec wrong = kTsuruoka;
  wrong.code = "062032";
  const Outcome init = world_.InitMember(wrong);
  EXPECT_EQ(init.exit_code, 1);
  EXPECT_NE(init.err.find("check digit"), std::string::npos) << init.err;
}

TEST_F(EnrolmentTest, EveryCommandHasHelpAndAWrongFlagIsAUsageError) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"renkei-hub", "init"},
                                             {"renkei-hub", "serve"},
                                             {"renkei-agent", "init"},
                                             {"renkei-agent", "enrol"},
                                             {"renkei-agent", "import"},
                                             {"renkei-agent", "agreement", "show"},
                                             {"renkei-agent", "agreement", "sign"},
                                             {"renkei-agent", "agreement", "propose"},
                                             {"renkei-agent", "agreement", "withdraw"},
                                             {"renkei-agent", "rounds"},
                                             {"renkei-agent", "preview"},
                                             {"renkei-agent", "submit"},
                                             {"renkei-agent", "journal"},
                                             {"renkei-agent", "run"},
                                             {"renkei", "member", "invite"},
                                             {"renkei", "member", "list"},
                                             {"renkei", "member", "revoke"},
                                             {"renkei", "bundle", "make"},
                                             {"renkei", "agreement", "propose"},
                                             {"renkei", "agreement", "list"},
                                             {"renkei", "agreement", "show"},
                                             {"renkei", "agreement", "sign"},
                                             {"renkei", "agreement", "withdraw"},
                                             {"renkei", "policy", "check"},
                                             {"renkei", "policy", "diff"},
                                             {"renkei", "policy", "propose"},
                                             {"renkei", "policy", "approve"},
                                             {"renkei", "policy", "show"},
                                             {"renkei", "round", "open"},
                                             {"renkei", "round", "close"},
                                             {"renkei", "round", "list"},
                                             {"renkei", "round", "show"},
                                             {"renkei", "release", "check"},
                                             {"renkei", "release", "make"},
                                             {"renkei", "release", "list"},
                                             {"renkei", "release", "show"},
                                             {"renkei", "query"}}) {
    std::vector<std::string> help = command;
    help[0] = Program(help[0]);
    std::vector<std::string> wrong = help;
    help.push_back("--help");
    wrong.push_back("--no-such-flag");
    const Outcome asked = RunCommand(help);
    EXPECT_EQ(asked.exit_code, 0) << command[0] << " " << command[1];
    EXPECT_GT(asked.out.size(), 60u) << command[0] << " " << command[1];
    EXPECT_EQ(RunCommand(wrong).exit_code, 2) << command[0] << " " << command[1];
  }
}

}  // namespace
}  // namespace renkei::tests
