// The consent ledger in the store: one entry per event in its transaction, padding, erasure, and
// stores that had none.
#include <algorithm>
#include <array>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "agents/cohort/event_blob.h"
#include "agents/cohort/store_schema.h"
#include "policy/base/bytes.h"
#include "policy/consent/commitment.h"
#include "policy/sqlcipher/database.h"
#include "tests/unit/agents/cohort/cohort_fixture.h"

namespace renkei::agents::cohort {
namespace {

namespace transparency = policy::transparency;
using policy::crypto::Digest;
using policy::sqlcipher::Database;

class ConsentLedgerTest : public CohortTest {
 protected:
  uint64_t Size() { return store_->ConsentLedgerHead()->size; }
  std::unique_ptr<Database> Raw() { return Database::Open(path(), Key()).value(); }
  // The whole tree again from the rows' commitments.
  void CheckTree() {
    const LedgerHead head = store_->ConsentLedgerHead().value();
    const auto database = Raw();
    auto read =
        database->Prepare("SELECT position, commitment FROM consent_ledger ORDER BY position")
            .value();
    transparency::Frontier tree;
    while (read.Step().value()) {
      ASSERT_EQ(read.Int(0), static_cast<int64_t>(tree.size()));
      Digest commitment{};
      std::copy_n(read.Blob(1).begin(), 32, commitment.begin());
      const std::string entry = policy::consent::LedgerEntryJson(commitment);
      tree.Append(transparency::LeafHash(policy::base::AsBytes(entry)));
    }
    EXPECT_EQ(tree.size(), head.size);
    EXPECT_EQ(tree.Root(), head.root);
  }
  int64_t Number(const std::string& sql) {
    const auto database = Raw();
    auto read = database->Prepare(sql).value();
    EXPECT_TRUE(read.Step().value());
    return read.Int(0);
  }
};

TEST_F(ConsentLedgerTest, HasOneEntryPerNewEventAndOpensIt) {
  EXPECT_EQ(Size(), 0u);
  Import(Withdrawal(Card("1")), Withdrawal(Card("2")), Withdrawal(Card("1")));
  EXPECT_EQ(Size(), 2u) << "the same event again is none";
  Import(Withdrawal(Card("1"), 2));
  EXPECT_EQ(Size(), 3u);
  CheckTree();
  const LedgerHead head = store_->ConsentLedgerHead().value();
  const auto events = store_->ConsentEventsOf(Card("1")).value();
  ASSERT_EQ(events.size(), 2u);
  const auto opening = store_->OpenConsentEvent(events[1].sequence).value();
  ASSERT_TRUE(opening.has_value());
  EXPECT_EQ(opening->position, 2u);
  EXPECT_NE(opening->record.find("\"collection_method\":\"PAPER\""), std::string::npos);
  EXPECT_NE(opening->record.find("\"event_seq\":3,"), std::string::npos);
  EXPECT_EQ(policy::consent::Commit(opening->salt, opening->record), opening->commitment);
  const std::string entry = policy::consent::LedgerEntryJson(opening->commitment);
  EXPECT_TRUE(transparency::VerifyInclusion(2, 3,
                                            transparency::LeafHash(policy::base::AsBytes(entry)),
                                            store_->ConsentInclusion(2, 3).value(), head.root)
                  .ok());
  EXPECT_FALSE(store_->OpenConsentEvent(99)->has_value());
}

TEST_F(ConsentLedgerTest, LeavesNothingOfAFileThatWasRolledBack) {
  Import(Withdrawal(Card("1")));
  const LedgerHead before = store_->ConsentLedgerHead().value();
  ASSERT_TRUE(store_->BeginFile("f").ok());
  ASSERT_TRUE(store_->PutConsent(Withdrawal(Card("2"))).ok());
  store_->RollbackFile();
  EXPECT_EQ(store_->ConsentLedgerHead()->root, before.root);
  Import(Withdrawal(Card("3")));
  EXPECT_EQ(Size(), 2u);
  CheckTree();
}

TEST_F(ConsentLedgerTest, IsPaddedToWholeBlocksAndGrowsByOneAtLeast) {
  Import(Withdrawal(Card("1")));
  EXPECT_EQ(store_->SealConsentLedger()->size, 64u);
  EXPECT_EQ(store_->SealConsentLedger()->size, 128u) << "whatever happened";
  for (int i = 0; i < 3; ++i) Import(Withdrawal(Card("2"), 100 + i));
  EXPECT_EQ(Size(), 131u);
  EXPECT_EQ(store_->SealConsentLedger()->size, 192u);
  ASSERT_TRUE(store_->BeginFile("f").ok());
  for (int i = 0; i < 70; ++i)
    ASSERT_TRUE(store_->PutConsent(Withdrawal(Card("3"), 1000 + i)).ok());
  EXPECT_EQ(store_->SealConsentLedger().status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store_->CommitFile().ok());
  EXPECT_EQ(store_->SealConsentLedger()->size, 320u) << "262 entries, 64 more than 192 is 256";
  CheckTree();
  // Every head continues every earlier one.
  const LedgerHead last = store_->ConsentLedgerHead().value();
  const auto database = Raw();
  auto heads = database->Prepare("SELECT size, root FROM consent_heads ORDER BY size").value();
  int checked = 0;
  while (heads.Step().value()) {
    const auto size = static_cast<uint64_t>(heads.Int(0));
    Digest root{};
    std::copy_n(heads.Blob(1).begin(), 32, root.begin());
    EXPECT_TRUE(transparency::VerifyConsistency(size, last.size, root, last.root,
                                                store_->ConsentConsistency(size, last.size).value())
                    .ok())
        << size;
    ++checked;
  }
  EXPECT_GE(checked, 8);
  // Padding cannot be told from events by what is visible.
  EXPECT_EQ(Number("SELECT count(*) FROM consent_ledger WHERE salt IS NULL OR record IS NULL"), 0);
  EXPECT_EQ(Number("SELECT count(DISTINCT commitment) FROM consent_ledger"), 320);
}

TEST_F(ConsentLedgerTest, KeepsTheDigestOfWhatIsForgottenAndNothingElse) {
  Import(Withdrawal(Card("1"), 1), Withdrawal(Card("2"), 2), Withdrawal(Card("1"), 3));
  const LedgerHead before = store_->ConsentLedgerHead().value();
  const auto events = store_->ConsentEventsOf(Card("1")).value();
  const LedgerOpening opening = store_->OpenConsentEvent(events[0].sequence)->value();
  ASSERT_TRUE(store_->Forget(Card("1")).ok());
  EXPECT_EQ(Size(), 4u) << "the erasure is an entry";
  CheckTree();
  const LedgerHead after = store_->ConsentLedgerHead().value();
  EXPECT_TRUE(
      transparency::VerifyConsistency(before.size, after.size, before.root, after.root,
                                      store_->ConsentConsistency(before.size, after.size).value())
          .ok());
  EXPECT_FALSE(store_->OpenConsentEvent(events[0].sequence)->has_value());
  EXPECT_EQ(Number("SELECT count(*) FROM consent_ledger WHERE sequence IS NULL AND salt IS NULL "
                   "AND record IS NULL"),
            2);
  EXPECT_EQ(
      Number("SELECT count(*) FROM consent_ledger WHERE record LIKE '%\"erased_records\":2,%'"), 1);
  // Pages are zeroed (secure_delete) and the journal is emptied, as ForgetTest holds; no row has
  // any of it.
  const auto hex = [](const auto& bytes) {
    return absl::BytesToHexString(policy::base::AsText(bytes));
  };
  EXPECT_EQ(Number("SELECT count(*) FROM consent_ledger WHERE salt = x'" + hex(opening.salt) + "'"),
            0);
  EXPECT_EQ(Number("SELECT count(*) FROM consent_ledger WHERE record = x'" +
                   hex(policy::base::AsBytes(opening.record)) + "'"),
            0);
  EXPECT_EQ(Number("SELECT count(*) FROM consent_ledger WHERE position = 0 AND commitment = x'" +
                   hex(opening.commitment) + "'"),
            1);
}

TEST_F(ConsentLedgerTest, TakesInTheEventsOfAStoreThatHadNoneInTheirOrder) {
  Import(Withdrawal(Card("1"), 1), Withdrawal(Card("2"), 2));
  Import(Withdrawal(Card("1"), 3));
  // As a program without the ledger left it.
  store_.reset();
  ASSERT_TRUE(Raw()
                  ->Execute("DELETE FROM consent_ledger; DELETE FROM consent_nodes; DELETE FROM "
                            "consent_heads; UPDATE meta SET value = 0 WHERE name = "
                            "'ledger_complete'")
                  .ok());
  Open();
  EXPECT_EQ(Size(), 3u);
  CheckTree();
  const auto events = store_->ConsentEventsOf(Card("1")).value();
  EXPECT_EQ(store_->OpenConsentEvent(events[0].sequence)->value().position, 0u);
  EXPECT_EQ(store_->OpenConsentEvent(events[1].sequence)->value().position, 2u);
  const LedgerHead head = store_->ConsentLedgerHead().value();
  Open();
  EXPECT_EQ(store_->ConsentLedgerHead()->root, head.root) << "once";
}

TEST_F(ConsentLedgerTest, MigratesAStoreOfTheFormerSchema) {
  const std::string old_path = folder_ + "/old.db";
  {
    const auto old = Database::Open(old_path, Key()).value();
    ASSERT_TRUE(old->Migrate(std::span(kCohortMigrations).first(4)).ok());
  }
  const auto opened = CohortStore::Open(old_path, Key(), items_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->ConsentLedgerHead()->size, 0u);
  EXPECT_EQ((*opened)->ConsentLedgerHead()->root, transparency::EmptyRoot());
}

TEST_F(ConsentLedgerTest, RefusesToGoOnFromRowsThatDoNotLeadToTheRoot) {
  Import(Withdrawal(Card("1")), Withdrawal(Card("2")));
  store_.reset();
  for (const char* damage :
       {"UPDATE consent_ledger SET commitment = zeroblob(32) WHERE position = 0",
        "DELETE FROM consent_ledger WHERE position = 1"}) {
    ASSERT_TRUE(Raw()->Execute(damage).ok());
    Open();
    ASSERT_TRUE(store_->BeginFile("f").ok());
    EXPECT_EQ(store_->PutConsent(Withdrawal(Card("3"))).status().code(),
              absl::StatusCode::kDataLoss);
    store_->RollbackFile();
    EXPECT_EQ(store_->SealConsentLedger().status().code(), absl::StatusCode::kDataLoss);
    store_.reset();
  }
}

}  // namespace
}  // namespace renkei::agents::cohort
