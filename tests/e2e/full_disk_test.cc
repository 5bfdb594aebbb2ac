// A disk that fills up or breaks at the n-th write: nothing is lost, nothing is half done.
#include <gtest/gtest.h>

#include "tests/e2e/small_members.h"
#include "tests/e2e/world.h"
#include "tests/support/full_run.h"

namespace renkei::tests {
namespace {

Environment Fault(long at, bool sticky, const std::string& count_file) {
  Environment environment = {{"LD_PRELOAD", RENKEI_SHIM},
                             {"RENKEI_FAULT_AT", std::to_string(at)},
                             {"RENKEI_FAULT_STICKY", sticky ? "1" : "0"},
                             {"ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0"}};
  if (!count_file.empty()) environment["RENKEI_FAULT_COUNT"] = count_file;
  return environment;
}

class FullDiskTest : public ::testing::Test {
 protected:
  World world_;
};

TEST_F(FullDiskTest, AnImportFailsWholeWithOneMessageAndSucceedsLater) {
  ASSERT_EQ(world_.InitMember(kTsuruoka).exit_code, 0);
  const SmallFiles files = MakeFiles(kTsuruoka, 200);
  const std::string roster = world_.Write("in/roster.csv", files.roster);
  const std::string exams = world_.Write("in/exams.csv", files.exams);
  ASSERT_EQ(world_.Agent("tsuruoka", {"import", roster}).exit_code, 0);

  // How many writes an undisturbed import of the same kind makes, tried in a second agent.
  MemberSpec other = kSakata;
  ASSERT_EQ(world_.InitMember(other).exit_code, 0);
  const std::string count = world_.Path("count");
  ASSERT_EQ(world_.Agent("sakata", {"import", exams}, Fault(-1, false, count)).exit_code, 0);
  const long writes = std::atol(ReadAll(count).c_str());
  ASSERT_GT(writes, 3);

  const long step = tests::IsFullRun() ? 1 : std::max(1L, writes / 25);
  int failures = 0;
  for (long n = 1; n <= writes; n += step) {
    const Outcome full = world_.Agent("tsuruoka", {"import", exams}, Fault(n, true, ""));
    if (full.exit_code == 0) continue;  // only the clean-up after the commit failed
    ++failures;
    EXPECT_EQ(full.exit_code, 1) << "write " << n << ": " << full.out << full.err;
    EXPECT_FALSE(full.err.empty()) << "write " << n;
  }
  EXPECT_GT(failures, 0);
  const Outcome later = world_.Agent("tsuruoka", {"import", exams});
  EXPECT_EQ(later.exit_code, 0) << later.err << later.out;
  const Outcome again = world_.Agent("tsuruoka", {"import", exams, "--report", "json"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.out.find("\"unchanged\":1400"), std::string::npos)
      << "all 2 x 7 x 200 / 2 examinations are there once: " << again.out;
}

TEST_F(FullDiskTest, AHubWithoutRoomTakesNothingAndTheAgentSendsAgainLater) {
  world_.StartHub();
  for (const MemberSpec& spec : {kTsuruoka, kSakata, kYuza}) {
    ASSERT_NO_FATAL_FAILURE(world_.Join(spec));
    const SmallFiles files = MakeFiles(spec, 40);
    ASSERT_EQ(world_
                  .Agent(spec.folder,
                         {"import", world_.Write("in/" + spec.folder + "/roster.csv", files.roster),
                          world_.Write("in/" + spec.folder + "/exams.csv", files.exams)})
                  .exit_code,
              0);
  }
  const std::string round = world_.OpenRound(2011);
  for (const MemberSpec& spec : {kSakata, kYuza}) {
    ASSERT_EQ(world_.Agent(spec.folder, {"submit", "--round", round}).exit_code, 0);
  }
  // Writes that a start and a stop make; later ones belong to the submission.
  ASSERT_EQ(world_.StopHub(), 0);
  const std::string count = world_.Path("count");
  world_.StartHub(Fault(-1, false, count));
  ASSERT_EQ(world_.StopHub(), 0);
  const long writes = std::atol(ReadAll(count).c_str());

  int refused = 0;
  for (const long more : {0L, 1L, 2L, 4L}) {
    world_.StartHub(Fault(writes + more, true, ""));
    const Outcome full = world_.Agent("tsuruoka", {"submit", "--round", round});
    if (full.exit_code != 0) {
      ++refused;
      EXPECT_FALSE(full.err.empty());
    }
    world_.KillHub();
  }
  EXPECT_GT(refused, 0);
  world_.StartHub();
  const Outcome later = world_.Agent("tsuruoka", {"submit", "--round", round});
  EXPECT_EQ(later.exit_code, 0) << later.err;
  ASSERT_EQ(world_.Secretariat({"round", "close", "--round", round}).exit_code, 0);
  const Outcome release = world_.Secretariat({"release", "make", "--round", round});
  ASSERT_EQ(release.exit_code, 0) << release.err;
  const Outcome query = world_.Secretariat({"query", "--area", "0604", "--fiscal-year", "2011",
                                            "--indicator", "checkup_rate", "--format", "csv"});
  const auto rows = ParseCsv(query.out);
  ASSERT_EQ(rows.size(), 2u) << query.out;
  EXPECT_EQ(rows[1][8], "840") << "counted once, whole";
}

}  // namespace
}  // namespace renkei::tests
