#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "policy/base/bytes.h"
#include "policy/sqlcipher/database.h"

namespace renkei::policy::sqlcipher {
namespace {

class Statements : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "renkei-statement-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    auto database =
        Database::Open(folder_ + "/x.db", base::Secret::Copy(std::vector<uint8_t>(32, 1)));
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  int64_t IntOf(const char* sql) {
    auto statement = database_->Prepare(sql);
    EXPECT_TRUE(statement.ok() && *statement->Step());
    return statement->Int(0);
  }
  std::string folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(Statements, ValuesComeBackAsTheyWereBound) {
  ASSERT_TRUE(database_->Execute("CREATE TABLE t (a, b, c, d, e, f)").ok());
  const std::vector<uint8_t> blob = {0, 1, 255, 0};
  auto insert = database_->Prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)");
  ASSERT_TRUE(insert->Bind(1, INT64_MIN)
                  .Bind(2, "鶴岡")
                  .BindBlob(3, blob)
                  .BindNull(4)
                  .Bind(5, absl::string_view())
                  .BindBlob(6, {})
                  .Run()
                  .ok());
  EXPECT_EQ(database_->changes(), 1);
  EXPECT_EQ(database_->last_insert_rowid(), 1);
  auto select = database_->Prepare("SELECT * FROM t");
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Int(0), INT64_MIN);
  EXPECT_EQ(select->Text(1), "鶴岡");
  EXPECT_EQ(select->BlobCopy(2), blob);
  EXPECT_TRUE(select->IsNull(3));
  // Empty is not NULL.
  EXPECT_FALSE(select->IsNull(4));
  EXPECT_EQ(select->Text(4), "");
  EXPECT_FALSE(select->IsNull(5));
  EXPECT_TRUE(select->Blob(5).empty());
  EXPECT_FALSE(*select->Step());
}

TEST_F(Statements, ATextIsNeverReadAsSql) {
  ASSERT_TRUE(database_->Execute("CREATE TABLE t (a)").ok());
  auto insert = database_->Prepare("INSERT INTO t VALUES (?)");
  ASSERT_TRUE(insert->Bind(1, "'); DROP TABLE t; --").Run().ok());
  EXPECT_EQ(IntOf("SELECT count(*) FROM t"), 1);
}

TEST_F(Statements, TheSameTextServesTwiceAtOnce) {
  ASSERT_TRUE(database_->Execute("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)").ok());
  const char* sql = "SELECT a FROM t WHERE a >= ? ORDER BY a";
  auto outer = database_->Prepare(sql);
  outer->Bind(1, 1);
  int64_t pairs = 0;
  while (*outer->Step()) {
    auto inner = database_->Prepare(sql);
    inner->Bind(1, outer->Int(0));
    while (*inner->Step()) ++pairs;
  }
  EXPECT_EQ(pairs, 6);
  // Both come back from the cache in a clean state.
  auto again = database_->Prepare(sql);
  EXPECT_FALSE(*again->Step()) << "a binding survived";
}

TEST_F(Statements, ManyTextsDoNotPileUp) {
  ASSERT_TRUE(database_->Execute("CREATE TABLE t (a)").ok());
  for (int i = 0; i < 1000; ++i) {
    auto statement = database_->Prepare("SELECT " + std::to_string(i) + " FROM t");
    ASSERT_TRUE(statement.ok());
    ASSERT_FALSE(*statement->Step());
  }
}

TEST_F(Statements, AFailedBindSurfacesAtTheStep) {
  ASSERT_TRUE(database_->Execute("CREATE TABLE t (a)").ok());
  auto insert = database_->Prepare("INSERT INTO t VALUES (?)");
  EXPECT_EQ(insert->Bind(2, 5).Run().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(insert->Bind(1, 5).Run().ok());
}

TEST_F(Statements, SyntaxErrorsSayWhereButNeverWhat) {
  const auto statement = database_->Prepare("SELECT secretword FROM nowhere");
  EXPECT_EQ(statement.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(statement.status().message().find("secretword"), absl::string_view::npos);
  EXPECT_EQ(statement.status().message().find("nowhere"), absl::string_view::npos);
}

TEST_F(Statements, PrepareTakesOneStatementOnly) {
  EXPECT_FALSE(database_->Prepare("SELECT 1; SELECT 2").ok());
  EXPECT_FALSE(database_->Prepare("").ok());
  EXPECT_TRUE(database_->Prepare("SELECT 1 ; ").ok());
}

TEST_F(Statements, RunIsForStatementsWithoutRows) {
  auto select = database_->Prepare("SELECT 1");
  EXPECT_EQ(select->Run().code(), absl::StatusCode::kInternal);
}

TEST_F(Statements, DistinguishAnExistingKeyFromOtherViolations) {
  ASSERT_TRUE(database_
                  ->Execute("CREATE TABLE p (a INTEGER PRIMARY KEY, b TEXT UNIQUE);"
                            "CREATE TABLE c (a INTEGER NOT NULL REFERENCES p (a),"
                            " CHECK (typeof(a) = 'integer'));"
                            "INSERT INTO p VALUES (1, 'x')")
                  .ok());
  EXPECT_EQ(database_->Execute("INSERT INTO p VALUES (1, 'y')").code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(database_->Execute("INSERT INTO p VALUES (2, 'x')").code(),
            absl::StatusCode::kAlreadyExists);
  for (const char* sql :
       {"INSERT INTO c VALUES (9)", "INSERT INTO c VALUES (NULL)", "INSERT INTO c VALUES ('x')"}) {
    EXPECT_EQ(database_->Execute(sql).code(), absl::StatusCode::kFailedPrecondition) << sql;
  }
}

TEST_F(Statements, MigrationsRunOnceInOrder) {
  const char* first[] = {"CREATE TABLE t (a)"};
  const char* both[] = {"CREATE TABLE t (a)",
                        "ALTER TABLE t ADD COLUMN b; INSERT INTO t VALUES (1, 2)"};
  ASSERT_TRUE(database_->Migrate(first).ok());
  ASSERT_TRUE(database_->Migrate(both).ok());
  ASSERT_TRUE(database_->Migrate(both).ok());
  EXPECT_EQ(IntOf("SELECT count(b) FROM t"), 1);
  EXPECT_EQ(IntOf("PRAGMA user_version"), 2);
}

TEST_F(Statements, AFailedMigrationLeavesTheVersionBefore) {
  const char* bad[] = {"CREATE TABLE t (a)", "CREATE TABLE u (a); CREATE TABLE u (a)"};
  EXPECT_FALSE(database_->Migrate(bad).ok());
  EXPECT_EQ(IntOf("PRAGMA user_version"), 1);
  EXPECT_EQ(IntOf("SELECT count(*) FROM sqlite_master WHERE name = 'u'"), 0);
  EXPECT_FALSE(database_->in_transaction());
}

TEST_F(Statements, AFileNewerThanTheProgramIsRefused) {
  const char* both[] = {"CREATE TABLE t (a)", "CREATE TABLE u (a)"};
  ASSERT_TRUE(database_->Migrate(both).ok());
  const char* older[] = {"CREATE TABLE t (a)"};
  EXPECT_EQ(database_->Migrate(older).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace renkei::policy::sqlcipher
