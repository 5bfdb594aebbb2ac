#include "policy/base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "policy/base/folder_lock.h"

namespace renkei::policy::base {
namespace {

class FilesTest : public ::testing::Test {
 protected:
  FilesTest() {
    char pattern[] = "/tmp/renkei_files_XXXXXX";
    dir_ = mkdtemp(pattern);
  }
  ~FilesTest() override { std::filesystem::remove_all(dir_); }
  std::string Path(const char* name) const { return dir_ + "/" + name; }
  std::string dir_;
};

TEST_F(FilesTest, WhatIsWrittenAtomicallyIsReadBackWithItsMode) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "first", 0600).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "second", 0600).ok());
  EXPECT_EQ(*ReadFile(Path("a"), 100), "second");
  struct stat info {};
  ASSERT_EQ(stat(Path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir_)) ++files;
  EXPECT_EQ(files, 1) << "no temporary file may stay";
}

TEST_F(FilesTest, AFileAboveTheLimitIsRefusedWithTheLimitNamed) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "12345", 0600).ok());
  EXPECT_TRUE(ReadFile(Path("a"), 5).ok());
  const auto refused = ReadFile(Path("a"), 4);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(refused.status().message().find("4 bytes"), absl::string_view::npos);
}

TEST_F(FilesTest, ASecretThatOthersCanReadIsRefused) {
  ASSERT_TRUE(WriteFileAtomically(Path("s"), std::string(32, 'k'), 0640).ok());
  EXPECT_EQ(ReadSecretFile(Path("s"), 32).status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(WriteFileAtomically(Path("s"), std::string(32, 'k'), 0600).ok());
  const auto secret = ReadSecretFile(Path("s"), 32);
  ASSERT_TRUE(secret.ok()) << secret.status();
  EXPECT_EQ(secret->bytes().size(), 32u);
}

TEST_F(FilesTest, ASecretOfAnotherSizeOrBehindALinkIsRefused) {
  for (const size_t size : {0u, 31u, 33u}) {
    ASSERT_TRUE(WriteFileAtomically(Path("s"), std::string(size, 'k'), 0600).ok());
    EXPECT_FALSE(ReadSecretFile(Path("s"), 32).ok()) << size;
  }
  ASSERT_TRUE(WriteFileAtomically(Path("t"), std::string(32, 'k'), 0600).ok());
  std::filesystem::create_symlink(Path("t"), Path("link"));
  EXPECT_FALSE(ReadSecretFile(Path("link"), 32).ok());
  EXPECT_FALSE(ReadSecretFile(Path("absent"), 32).ok());
}

TEST_F(FilesTest, TheFolderLockKeepsASecondHolderOutAndIsFreedWithTheFirst) {
  {
    const auto first = FolderLock::Take(Path("daemon.lock"), 0, "busy");
    ASSERT_TRUE(first.ok());
    const auto second = FolderLock::Take(Path("daemon.lock"), 0, "busy");
    EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(second.status().message().find("busy"), absl::string_view::npos);
  }
  EXPECT_TRUE(FolderLock::Take(Path("daemon.lock"), 0, "busy").ok());
}

}  // namespace
}  // namespace renkei::policy::base
