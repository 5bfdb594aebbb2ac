// What happens to a submission when the hub is away, dies between receipt and answer, or says no.
#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "tests/e2e/small_members.h"
#include "tests/e2e/world.h"
#include "tests/support/tcp_proxy.h"

namespace renkei::tests {
namespace {

void JoinAndImport(World& world, const MemberSpec& spec, int hub_port = 0) {
  ASSERT_NO_FATAL_FAILURE(world.Join(spec, hub_port));
  const SmallFiles files = MakeFiles(spec, 40);
  const Outcome import = world.Agent(
      spec.folder, {"import", world.Write("in/" + spec.folder + "/roster.csv", files.roster),
                    world.Write("in/" + spec.folder + "/exams.csv", files.exams)});
  ASSERT_EQ(import.exit_code, 0) << import.err << import.out;
}

// Number of members whose contribution the hub has, as the secretariat sees it.
int Contributed(World& world, const std::string& round) {
  const Outcome show = world.Secretariat({"round", "show", "--round", round, "--format", "json"});
  int count = 0;
  for (size_t at = show.out.find("\"contributed\": true"); at != std::string::npos;
       at = show.out.find("\"contributed\": true", at + 1)) {
    ++count;
  }
  return count;
}

std::string Total(World& world, const std::string& indicator) {
  const Outcome query = world.Secretariat({"query", "--area", "0604", "--fiscal-year", "2011",
                                           "--indicator", indicator, "--format", "csv"});
  EXPECT_EQ(query.exit_code, 0) << query.err;
  const auto rows = ParseCsv(query.out);
  if (rows.size() != 2) return query.out;
  return rows[1][8] + "/" + rows[1][9] + " " + rows[1][13];
}

class SubmissionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.StartHub();
    for (const MemberSpec& spec : {kTsuruoka, kSakata, kYuza}) {
      ASSERT_NO_FATAL_FAILURE(JoinAndImport(world_, spec));
    }
  }
  World world_;
};

// 3 members x 2 sexes x 7 bands x 40 persons on the roster, every second examined.
constexpr char kAllThree[] = "840/1680 published";

TEST(SubmissionThroughABrokenCable, IsCountedOnceWhenTheHubIsKilledBetweenReceiptAndAnswer) {
  World world;
  world.StartHub();
  TcpProxy proxy(world.hub_port());
  ASSERT_NO_FATAL_FAILURE(JoinAndImport(world, kTsuruoka, proxy.port()));
  ASSERT_NO_FATAL_FAILURE(JoinAndImport(world, kSakata));
  ASSERT_NO_FATAL_FAILURE(JoinAndImport(world, kYuza));
  const std::string round = world.OpenRound(2011);
  for (const MemberSpec& spec : {kSakata, kYuza}) {
    ASSERT_EQ(world.Agent(spec.folder, {"submit", "--round", round}).exit_code, 0);
  }
  // A preview asks what a submission asks first; whoever sends more than that sends the
  // contribution.
  ASSERT_EQ(world.Agent("tsuruoka", {"preview", "--round", round}).exit_code, 0);
  proxy.SwallowAnswersOnceClientSent(proxy.most_client_bytes() + 1500);
  std::thread submission([&world, &round] {
    world.Agent("tsuruoka", {"submit", "--round", round});
  });
  for (int i = 0; i < 600 && Contributed(world, round) < 3; ++i)
    absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(Contributed(world, round), 3);
  world.KillHub();
  submission.join();
  const Outcome journal = world.Agent("tsuruoka", {"journal", "--format", "json"});
  EXPECT_EQ(journal.out.find("ACKNOWLEDGED"), std::string::npos) << "no answer has arrived yet";

  world.StartHub();
  EXPECT_EQ(Contributed(world, round), 3) << "what was accepted is on disk";
  proxy.SwallowAnswersOnceClientSent(SIZE_MAX);
  const Outcome again = world.Agent("tsuruoka", {"submit", "--round", round});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  ASSERT_EQ(world.Secretariat({"round", "close", "--round", round}).exit_code, 0);
  ASSERT_EQ(world.Secretariat({"release", "make", "--round", round}).exit_code, 0);
  EXPECT_EQ(Total(world, "checkup_rate"), kAllThree);
}

TEST_F(SubmissionTest, MadeWhileTheHubIsDownGoesOutByItselfOnce) {
  const std::string round = world_.OpenRound(2011);
  for (const MemberSpec& spec : {kSakata, kYuza}) {
    ASSERT_EQ(world_.Agent(spec.folder, {"submit", "--round", round}).exit_code, 0);
  }
  // The agent has seen the round before the hub goes away.
  ASSERT_EQ(world_.Agent("tsuruoka", {"preview", "--round", round}).exit_code, 0);
  EXPECT_EQ(world_.StopHub(), 0);
  const Outcome queued = world_.Agent("tsuruoka", {"submit", "--round", round});
  EXPECT_EQ(queued.exit_code, 3) << queued.out << queued.err;

  Child daemon({Program("renkei-agent"), "run", "--dir", world_.AgentDir("tsuruoka")},
               world_.Path("daemon.log"));
  absl::SleepFor(absl::Seconds(2));
  world_.StartHub();
  for (int i = 0; i < 300 && Contributed(world_, round) < 3; ++i)
    absl::SleepFor(absl::Milliseconds(100));
  EXPECT_EQ(Contributed(world_, round), 3) << ReadAll(world_.Path("daemon.log"));
  daemon.Signal(SIGTERM);
  EXPECT_EQ(daemon.Wait(), 0) << ReadAll(world_.Path("daemon.log"));

  ASSERT_EQ(world_.Secretariat({"round", "close", "--round", round}).exit_code, 0);
  ASSERT_EQ(world_.Secretariat({"release", "make", "--round", round}).exit_code, 0);
  EXPECT_EQ(Total(world_, "checkup_rate"), kAllThree);
}

TEST_F(SubmissionTest, ForAClosedRoundIsRefusedAndSaysWhatToDo) {
  const std::string round = world_.OpenRound(2011);
  for (const MemberSpec& spec : {kTsuruoka, kSakata, kYuza}) {
    if (spec.folder != "yuza") {
      ASSERT_EQ(world_.Agent(spec.folder, {"submit", "--round", round}).exit_code, 0);
    }
  }
  ASSERT_EQ(world_.Secretariat({"round", "close", "--round", round}).exit_code, 0);
  const Outcome late = world_.Agent("yuza", {"submit", "--round", round});
  EXPECT_EQ(late.exit_code, 1) << late.out;
  EXPECT_NE(late.err.find("closed"), std::string::npos) << late.err;
}

TEST_F(SubmissionTest, TwiceWithTheSameContentIsOneContribution) {
  const std::string round = world_.OpenRound(2011);
  for (int i = 0; i < 2; ++i) {
    for (const MemberSpec& spec : {kTsuruoka, kSakata, kYuza}) {
      const Outcome submit = world_.Agent(spec.folder, {"submit", "--round", round});
      EXPECT_EQ(submit.exit_code, 0) << submit.err;
    }
  }
  ASSERT_EQ(world_.Secretariat({"round", "close", "--round", round}).exit_code, 0);
  ASSERT_EQ(world_.Secretariat({"release", "make", "--round", round}).exit_code, 0);
  EXPECT_EQ(Total(world_, "checkup_rate"), kAllThree);
  // R10: no second release of the same figures.
  const std::string second = world_.OpenRound(2011);
  for (const MemberSpec& spec : {kTsuruoka, kSakata, kYuza}) {
    ASSERT_EQ(world_.Agent(spec.folder, {"submit", "--round", second}).exit_code, 0);
  }
  ASSERT_EQ(world_.Secretariat({"round", "close", "--round", second}).exit_code, 0);
  const Outcome again = world_.Secretariat({"release", "make", "--round", second});
  EXPECT_EQ(again.exit_code, 1) << again.out;
}

// Late results: men of 40-44 who were on the roster and not examined, as far as the hub knew.
std::string LateExams(const MemberSpec& spec) {
  const std::string exams = MakeFiles(spec, 40).exams;
  std::string late = exams.substr(0, exams.find('\n') + 1);
  for (int i = 1; i < 40; i += 2) {
    absl::StrAppend(&late, spec.insurer_numbers[0], ",1,", i + 1, ",,", 2011 - 40 - i % 5,
                    "-06-15,1,2011-11-02,165.0,60.0,22.0,80.1,115,70,90,55,110,20,20,25,88,2,2,2,"
                    "2\n");
  }
  return late;
}

TEST_F(SubmissionTest, OfLateResultsAfterTheReleaseReplacesItOnceEnoughMembersHaveThem) {
  const auto release = [&] {
    const std::string round = world_.OpenRound(2011);
    for (const MemberSpec& spec : {kTsuruoka, kSakata, kYuza}) {
      EXPECT_EQ(world_.Agent(spec.folder, {"submit", "--round", round}).exit_code, 0);
    }
    EXPECT_EQ(world_.Secretariat({"round", "close", "--round", round}).exit_code, 0);
    return world_.Secretariat({"release", "make", "--round", round});
  };
  const auto import = [&](const MemberSpec& spec) {
    const Outcome late = world_.Agent(
        spec.folder, {"import", world_.Write("in/" + spec.folder + "/late.csv", LateExams(spec))});
    EXPECT_EQ(late.exit_code, 0) << late.err << late.out;
  };
  ASSERT_EQ(release().exit_code, 0);
  import(kTsuruoka);
  const Outcome held = release();
  EXPECT_EQ(held.exit_code, 1);
  EXPECT_NE(held.err.find("the figures stay as published"), std::string::npos) << held.err;
  EXPECT_EQ(Total(world_, "checkup_rate"), kAllThree);
  const Outcome told = world_.Agent("tsuruoka", {"rounds"});
  EXPECT_NE(told.out.find("held"), std::string::npos) << told.out;
  import(kSakata);
  import(kYuza);
  const Outcome made = release();
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_NE(made.out.find("replaces release 1"), std::string::npos) << made.out;
  EXPECT_EQ(Total(world_, "checkup_rate"), "900/1680 published");
  const Outcome list = world_.Secretariat({"release", "list"});
  EXPECT_NE(list.out.find("replaces"), std::string::npos) << list.out;
  const Outcome show = world_.Secretariat({"release", "show", "--release", "2"});
  EXPECT_NE(show.out.find("replaces release 1"), std::string::npos) << show.out;
}

TEST_F(SubmissionTest, OfARevokedMemberIsRefusedAtOnce) {
  const std::string round = world_.OpenRound(2011);
  const Outcome revoke =
      world_.Operator({"member", "revoke", "--member", "member/municipality/064611", "--reason",
                       "left the council"});
  ASSERT_EQ(revoke.exit_code, 0) << revoke.err;
  const Outcome refused = world_.Agent("yuza", {"submit", "--round", round});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("revoked"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace renkei::tests
