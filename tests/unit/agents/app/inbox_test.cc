#include "agents/app/inbox.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "agents/app/progress_line.h"
#include "agents/app/workspace.h"

namespace renkei::agents::app {
namespace {

namespace fs = std::filesystem;

class InboxTest : public ::testing::Test {
 protected:
  InboxTest() {
    char pattern[] = "/tmp/renkei-inbox-XXXXXX";
    dir_ = mkdtemp(pattern);
    for (const char* folder : {"inbox", "processing", "quarantine", "done"}) {
      fs::create_directory(dir_ + "/" + folder);
    }
  }
  ~InboxTest() override { fs::remove_all(dir_); }

  Inbox Make(bool keep_inputs = false) {
    return Inbox({.inbox = dir_ + "/inbox",
                  .processing = dir_ + "/processing",
                  .quarantine = dir_ + "/quarantine",
                  .done = dir_ + "/done",
                  .keep_inputs = keep_inputs});
  }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ + "/" + name) << text;
  }
  bool Has(const std::string& name) { return fs::exists(dir_ + "/" + name); }
  int Look(Inbox& inbox) {
    const absl::StatusOr<int> looked = inbox.Look(now_, [this](const std::string& path) {
      taken_.push_back(fs::path(path).filename().string());
      return verdict_;
    });
    EXPECT_TRUE(looked.ok()) << looked.status();
    return looked.ok() ? *looked : -1;
  }

  std::string dir_;
  std::vector<std::string> taken_;
  InboxVerdict verdict_ = InboxVerdict::kTaken;
  absl::Time now_ = absl::FromUnixSeconds(1'790'000'000);
};

TEST_F(InboxTest, TakesAFileOnlyWhenItsSizeIsStable) {
  Inbox inbox = Make();
  Write("inbox/roster.csv", "half");
  EXPECT_EQ(Look(inbox), 0);
  now_ += absl::Seconds(1);
  Write("inbox/roster.csv", "half and the rest");
  EXPECT_EQ(Look(inbox), 0) << "it grew since the last look";
  now_ += absl::Milliseconds(999);
  EXPECT_EQ(Look(inbox), 0);
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(Look(inbox), 1);
  EXPECT_EQ(taken_, std::vector<std::string>{"roster.csv"});
  EXPECT_FALSE(Has("inbox/roster.csv"));
  EXPECT_FALSE(Has("processing/roster.csv"));
  EXPECT_FALSE(Has("done/roster.csv"));
}

TEST_F(InboxTest, LeavesUnfinishedNamesFoldersAndLinksAlone) {
  Inbox inbox = Make();
  for (const char* name : {"inbox/.hidden.csv", "inbox/a.csv.part", "inbox/b.tmp", "inbox/c~"}) {
    Write(name, "x");
  }
  fs::create_directory(dir_ + "/inbox/folder");
  Write("secret", "x");
  fs::create_symlink(dir_ + "/secret", dir_ + "/inbox/link.csv");
  Look(inbox);
  now_ += absl::Seconds(5);
  EXPECT_EQ(Look(inbox), 0);
  EXPECT_TRUE(taken_.empty());
  EXPECT_TRUE(Has("secret"));
}

TEST_F(InboxTest, KeepsInputsOnlyWhenAsked) {
  Inbox inbox = Make(/*keep_inputs=*/true);
  Write("inbox/exams.csv", "x");
  Look(inbox);
  now_ += absl::Seconds(2);
  EXPECT_EQ(Look(inbox), 1);
  EXPECT_TRUE(Has("done/exams.csv"));
  const fs::perms mode = fs::status(dir_ + "/done/exams.csv").permissions();
  EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(InboxTest, RejectedFilesGoToQuarantineNeverBackToTheInbox) {
  Inbox inbox = Make(/*keep_inputs=*/true);
  Write("inbox/bad.csv", "x");
  Look(inbox);
  now_ += absl::Seconds(2);
  verdict_ = InboxVerdict::kRejected;
  EXPECT_EQ(Look(inbox), 1);
  EXPECT_TRUE(Has("quarantine/bad.csv"));
  EXPECT_FALSE(Has("inbox/bad.csv"));
  EXPECT_FALSE(Has("done/bad.csv"));
}

TEST_F(InboxTest, AFileThatMetAFullDiskIsTriedAgainAMinuteLater) {
  Inbox inbox = Make();
  Write("inbox/exams.csv", "x");
  Look(inbox);
  now_ += absl::Seconds(2);
  verdict_ = InboxVerdict::kRetry;
  EXPECT_EQ(Look(inbox), 0);
  EXPECT_TRUE(Has("processing/exams.csv"));
  now_ += absl::Seconds(59);
  EXPECT_EQ(Look(inbox), 0);
  EXPECT_EQ(taken_.size(), 1u);
  now_ += absl::Seconds(1);
  verdict_ = InboxVerdict::kTaken;
  EXPECT_EQ(Look(inbox), 1);
  EXPECT_FALSE(Has("processing/exams.csv"));
}

TEST_F(InboxTest, FinishesWhatAnEarlierProcessLeftInProcessing) {
  Write("processing/left.csv", "x");
  Inbox inbox = Make();
  EXPECT_EQ(Look(inbox), 1);
  EXPECT_EQ(taken_, std::vector<std::string>{"left.csv"});
}

TEST_F(InboxTest, TwoFilesOfOneNameDoNotOverwriteEachOther) {
  Inbox inbox = Make();
  Write("processing/exams.csv", "old");
  Write("inbox/exams.csv", "new");
  verdict_ = InboxVerdict::kRetry;
  Look(inbox);
  now_ += absl::Seconds(2);
  Look(inbox);
  EXPECT_TRUE(Has("processing/exams.csv"));
  EXPECT_TRUE(Has("processing/exams.csv.1"));
}

TEST(ProgressText, TellsShareRateAndTimeLeft) {
  const intake::ProgressStep step{
      .done_bytes = 5'000'000, .total_bytes = 20'000'000, .records = 42};
  EXPECT_EQ(ProgressText("exams.csv", step, absl::Seconds(2), false),
            "exams.csv  25 %  42 records  2.5 MB/s  0:06 left");
  const intake::ProgressStep end{.done_bytes = 20, .total_bytes = 20, .records = 1};
  EXPECT_EQ(ProgressText("a", end, absl::Seconds(1), true),
            "a [########################] 100 %  1 records  0.0 MB/s");
  const intake::ProgressStep empty{};
  EXPECT_EQ(ProgressText("a", empty, absl::ZeroDuration(), false), "a 100 %  0 records  0.0 MB/s");
}

}  // namespace
}  // namespace renkei::agents::app
