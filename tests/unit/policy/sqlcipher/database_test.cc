#include "policy/sqlcipher/database.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "policy/base/bytes.h"

namespace renkei::policy::sqlcipher {
namespace {

// The old engine leaves the last 12 bytes of a page unauthenticated (trust 7.2); they hold nothing.
#ifdef RENKEI_SYSTEM_SQLCIPHER
constexpr size_t kPadding = 12;
#else
constexpr size_t kPadding = 0;
#endif

base::Secret KeyOf(uint8_t byte) { return base::Secret::Copy(std::vector<uint8_t>(32, byte)); }

class DatabaseFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "renkei-sqlcipher-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    path_ = folder_ + "/x.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Database> OpenGood() {
    auto database = Database::Open(path_, key_);
    EXPECT_TRUE(database.ok()) << database.status();
    return database.ok() ? *std::move(database) : nullptr;
  }
  // A file of some pages without a journal beside it.
  void MakeFilled(int rows = 400) {
    const auto database = OpenGood();
    ASSERT_TRUE(database->Execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL)").ok());
    auto transaction = Transaction::Begin(*database);
    auto insert = database->Prepare("INSERT INTO t (a, b) VALUES (?, ?)");
    for (int i = 0; i < rows; ++i) {
      ASSERT_TRUE(insert->Bind(1, i).Bind(2, "visible-" + std::string(100, 'x')).Run().ok());
    }
    ASSERT_TRUE(transaction->Commit().ok());
  }
  // OK only if the file opens and every row can be read.
  static absl::Status Scan(const std::string& path, const base::Secret& key) {
    auto database = Database::Open(path, key);
    if (!database.ok()) return database.status();
    auto select = (*database)->Prepare("SELECT a, b FROM t");
    if (!select.ok()) return select.status();
    for (;;) {
      const auto row = select->Step();
      if (!row.ok()) return row.status();
      if (!*row) return absl::OkStatus();
    }
  }
  std::string ReadAll() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void WriteAll(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  std::string folder_, path_;
  base::Secret key_ = KeyOf(7);
};

TEST_F(DatabaseFile, IsOpenedAgainWithTheSameKey) {
  MakeFilled();
  EXPECT_TRUE(Scan(path_, key_).ok());
}

TEST_F(DatabaseFile, ShowsNothingOfItsContent) {
  MakeFilled();
  const std::string bytes = ReadAll();
  EXPECT_GT(bytes.size(), 8 * 4096u);
  EXPECT_EQ(bytes.find("SQLite"), std::string::npos);
  EXPECT_EQ(bytes.find("visible"), std::string::npos);
}

TEST_F(DatabaseFile, RefusesAWrongKey) {
  MakeFilled();
  EXPECT_EQ(Scan(path_, KeyOf(8)).code(), absl::StatusCode::kDataLoss);
}

TEST_F(DatabaseFile, RefusesAnEmptyAndAShortKey) {
  MakeFilled();
  EXPECT_EQ(Scan(path_, base::Secret()).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Scan(path_, base::Secret(31)).code(), absl::StatusCode::kDataLoss);
}

TEST_F(DatabaseFile, RefusesATruncatedFile) {
  MakeFilled();
  const std::string bytes = ReadAll();
  for (const size_t size : {size_t{1}, size_t{100}, size_t{512}, size_t{4096}, bytes.size() / 2,
                            bytes.size() - 4096, bytes.size() - kPadding - 1}) {
    WriteAll(bytes.substr(0, size));
    EXPECT_EQ(Scan(path_, key_).code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST_F(DatabaseFile, DoesNotTakeAnEmptyFileForAnExistingOne) {
  WriteAll("");
  Database::Options existing;
  existing.create = false;
  EXPECT_EQ(Database::Open(path_, key_, existing).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(DatabaseFile, FindsAFlippedBitOnEveryPage) {
  MakeFilled();
  const std::string good = ReadAll();
  for (size_t page = 0; page * 4096 < good.size(); ++page) {
    // Salt or first bytes, content, initialisation vector, MAC.
    for (const size_t offset : {size_t{3}, size_t{700}, size_t{4020}, 4095 - kPadding}) {
      std::string bad = good;
      bad[page * 4096 + offset] = static_cast<char>(bad[page * 4096 + offset] ^ 1);
      WriteAll(bad);
      EXPECT_EQ(Scan(path_, key_).code(), absl::StatusCode::kDataLoss)
          << "page " << page << " offset " << offset << ": " << Scan(path_, key_);
    }
  }
}

TEST_F(DatabaseFile, IsReadableByItsOwnerOnly) {
  (void)umask(0);
  const auto database = OpenGood();
  ASSERT_TRUE(database->Execute("CREATE TABLE t (a)").ok());
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat facts {};
    ASSERT_EQ(stat((path_ + suffix).c_str(), &facts), 0) << suffix;
    EXPECT_EQ(facts.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(DatabaseFile, TakesAwayTheRightsOfOthers) {
  MakeFilled();
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  const auto database = OpenGood();
  struct stat facts {};
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(DatabaseFile, IsNotFollowedThroughALink) {
  MakeFilled();
  const std::string link = folder_ + "/link.db";
  std::filesystem::create_symlink(path_, link);
  EXPECT_FALSE(Database::Open(link, key_).ok());
}

TEST_F(DatabaseFile, IsNotCreatedUnasked) {
  Database::Options existing;
  existing.create = false;
  EXPECT_EQ(Database::Open(path_, key_, existing).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(DatabaseFile, CannotBeWrittenWhenOpenedToRead) {
  MakeFilled();
  Database::Options options;
  options.read_only = true;
  auto database = Database::Open(path_, key_, options);
  ASSERT_TRUE(database.ok()) << database.status();
  EXPECT_EQ((*database)->Execute("DELETE FROM t").code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(DatabaseFile, HasEveryPragmaThatIsPromised) {
  const auto database = OpenGood();
  const std::pair<const char*, const char*> expected[] = {
      {"PRAGMA journal_mode", "wal"},
      {"PRAGMA synchronous", "2"},
      {"PRAGMA foreign_keys", "1"},
      {"PRAGMA secure_delete", "1"},
      {"PRAGMA cipher_page_size", "4096"},
      {"PRAGMA cipher_provider", "openssl"},
      {"PRAGMA temp_store", "2"},
#ifndef RENKEI_SYSTEM_SQLCIPHER
      {"PRAGMA cipher_memory_security", "1"},
      {"PRAGMA trusted_schema", "0"},
      {"PRAGMA mmap_size", "0"},
#endif
  };
  for (const auto& [sql, want] : expected) {
    auto statement = database->Prepare(sql);
    ASSERT_TRUE(statement.ok());
    ASSERT_TRUE(*statement->Step()) << sql;
    EXPECT_EQ(statement->Text(0), want) << sql;
  }
}

TEST_F(DatabaseFile, SaysThatItIsFullAndKeepsWhatItHad) {
  MakeFilled(10);
  const auto database = OpenGood();
  ASSERT_TRUE(database->Execute("PRAGMA max_page_count=8").ok());
  absl::Status status;
  {
    auto transaction = Transaction::Begin(*database);
    auto insert = database->Prepare("INSERT INTO t (b) VALUES (?)");
    for (int i = 0; i < 100 && status.ok(); ++i) {
      status = insert->Bind(1, std::string(2000, 'y')).Run();
    }
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(database->in_transaction());
  auto count = database->Prepare("SELECT count(*) FROM t");
  ASSERT_TRUE(*count->Step());
  EXPECT_EQ(count->Int(0), 10);
}

TEST_F(DatabaseFile, AbortsASecondWriter) {
  MakeFilled(1);
  Database::Options impatient;
  impatient.busy_timeout_ms = 1;
  const auto first = OpenGood();
  const auto second = Database::Open(path_, key_, impatient);
  ASSERT_TRUE(second.ok()) << second.status();
  auto held = Transaction::Begin(*first);
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(Transaction::Begin(**second).status().code(), absl::StatusCode::kAborted);
  ASSERT_TRUE(held->Commit().ok());
  EXPECT_TRUE(Transaction::Begin(**second).ok());
}

// Closing any descriptor of a file ends all locks that the process holds on it. Another process
// that opened and closed the database would then take it for unused and delete the journal under
// us.
TEST_F(DatabaseFile, StaysLockedWhileAnotherConnectionOfTheProcessOpens) {
  const auto first = OpenGood();
  ASSERT_TRUE(first->Execute("CREATE TABLE t (a INTEGER)").ok());
  const auto second = OpenGood();
  Database::Options reading;
  reading.create = false;
  reading.read_only = true;
  ASSERT_TRUE(Database::Open(path_, key_, reading).ok());
  const pid_t other = fork();
  if (other == 0) {
    const int fd = open(path_.c_str(), O_RDWR | O_CLOEXEC);
    // SQLite's shared lock: 510 bytes behind the pending and the reserved byte at 1 GiB.
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x40000002;
    lock.l_len = 510;
    const bool held = fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    _exit(held ? 0 : 1);
  }
  ASSERT_GT(other, 0);
  int status = -1;
  ASSERT_EQ(waitpid(other, &status, 0), other);
  EXPECT_EQ(status, 0);
}

TEST_F(DatabaseFile, UnfinishedTransactionLeavesNothing) {
  MakeFilled(3);
  const auto database = OpenGood();
  {
    auto transaction = Transaction::Begin(*database);
    ASSERT_TRUE(database->Execute("DELETE FROM t").ok());
    EXPECT_EQ(Transaction::Begin(*database).status().code(), absl::StatusCode::kInternal);
    const Transaction moved = *std::move(transaction);
    EXPECT_TRUE(database->in_transaction());
  }
  EXPECT_FALSE(database->in_transaction());
  auto count = database->Prepare("SELECT count(*) FROM t");
  ASSERT_TRUE(*count->Step());
  EXPECT_EQ(count->Int(0), 3);
}

TEST_F(DatabaseFile, PathIsNeverReadAsAUri) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  const auto database = Database::Open("file:y.db?mode=memory", key_);
  std::filesystem::current_path(before);
  EXPECT_TRUE(database.ok()) << database.status();
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/file:y.db?mode=memory"));
}

}  // namespace
}  // namespace renkei::policy::sqlcipher
