// The fetching of the pinned SQLCipher sources, run as the build runs it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/process.h"

namespace renkei::tests {
namespace {

namespace fs = std::filesystem;

class SqlcipherPin : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/renkei_pin_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  Outcome Fetch(const Environment& environment = {}) const {
    return RunCommand({"bash", std::string(RENKEI_SOURCE_DIR) + "/.cmake/fetch_sqlcipher.sh",
                       (folder_ / "cache").string()},
                      environment);
  }

  fs::path folder_;
};

TEST_F(SqlcipherPin, RefusesACachedSourceThatWasChanged) {
  Write("cache/sqlcipher-4.14.0/sqlite3.c", "int changed;\n");
  Write("cache/sqlcipher-4.14.0/sqlite3.h", "\n");
  const Outcome outcome = Fetch();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find("refused"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("delete"), std::string::npos) << outcome.err;
}

TEST_F(SqlcipherPin, RefusesAPackageOfAnotherDigest) {
  // A registry that hands out something else.
  Write("bin/npm", "#!/bin/sh\necho 'not the package' > other.tgz\n");
  fs::permissions(folder_ / "bin/npm", fs::perms::owner_all);
  const Outcome outcome =
      Fetch({{"PATH", (folder_ / "bin").string() + ":" + std::string(getenv("PATH"))}});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("refused"), std::string::npos) << outcome.err;
  EXPECT_FALSE(fs::exists(folder_ / "cache/sqlcipher-4.14.0/sqlite3.c"));
}

}  // namespace
}  // namespace renkei::tests
