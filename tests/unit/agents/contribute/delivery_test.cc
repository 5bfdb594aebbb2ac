// The outbox and its courier with a hub made of functions.
#include "agents/contribute/delivery.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agents/contribute/outbox.h"
#include "agents/contribute/state_schema.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/hash.h"
#include "policy/sqlcipher/database.h"
#include "tests/unit/agents/contribute/fake_hub.h"

namespace renkei::agents::contribute {
namespace {

namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace sqlcipher = renkei::policy::sqlcipher;

using Outcome = Delivery::Outcome;
using Verdict = Recheck::Verdict;

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() {
    char pattern[] = "/tmp/renkei-outbox-XXXXXX";
    dir_ = mkdtemp(pattern);
    database_ = *sqlcipher::Database::Open(dir_ + "/agent.db",
                                           base::Secret::Copy(std::vector<uint8_t>(32, 1)));
    EXPECT_TRUE(database_->Migrate(kStateMigrations).ok());
    outbox_ = std::make_unique<Outbox>(*database_);
  }
  ~DeliveryTest() override {
    database_.reset();
    std::filesystem::remove_all(dir_);
  }

  OutboxEntry Make(const std::string& id, uint32_t revision, const std::string& supersedes,
                   uint64_t count) {
    v1::ContributionStatement statement;
    statement.set_request_id(id);
    statement.set_round_id("round-1");
    statement.set_revision(revision);
    statement.set_supersedes(supersedes);
    statement.add_count(count);
    OutboxEntry entry;
    entry.request_id = id;
    entry.round_id = "round-1";
    entry.revision = revision;
    entry.supersedes = supersedes;
    entry.envelope =
        crypto::SignEnvelope(crypto::kContributionType, statement.SerializeAsString(), *signer_);
    entry.payload_sha256 = crypto::Sha256(base::AsBytes(entry.envelope.payload()));
    entry.not_after = now_ + absl::Hours(24 * 7);
    entry.consent_mark = "mark-1";
    entry.approved = true;
    return entry;
  }

  Courier MakeCourier() {
    Drafting drafting;
    drafting.recheck = [this](const OutboxEntry& entry) -> absl::StatusOr<Recheck> {
      const bool is_marked = verdict_ == Verdict::kSameCounts && entry.consent_mark == "mark-2";
      return Recheck{.verdict = is_marked ? Verdict::kUnchanged : verdict_,
                     .mark = "mark-2",
                     .checkpoint_stands = !needs_seal_ || entry.consent_size > 0};
    };
    drafting.draft = [this](const std::string&, uint32_t revision,
                            const std::string& supersedes) -> absl::StatusOr<OutboxEntry> {
      verdict_ = Verdict::kUnchanged;
      return Make("draft-" + std::to_string(++drafts_), revision, supersedes, 9);
    };
    drafting.seal = [this](const OutboxEntry& entry) -> absl::StatusOr<OutboxEntry> {
      ++seals_;
      if (withdraw_while_sealing_) verdict_ = Verdict::kOtherCounts;
      withdraw_while_sealing_ = false;
      v1::ContributionStatement statement;
      EXPECT_TRUE(statement.ParseFromString(entry.envelope.payload()));
      statement.mutable_consent_checkpoint()->set_note("head");
      OutboxEntry sealed = entry;
      sealed.envelope =
          crypto::SignEnvelope(crypto::kContributionType, statement.SerializeAsString(), *signer_);
      sealed.payload_sha256 = crypto::Sha256(base::AsBytes(sealed.envelope.payload()));
      sealed.consent_size = 64;
      return sealed;
    };
    drafting.sign_again = [this](const OutboxEntry& old) -> absl::StatusOr<OutboxEntry> {
      v1::ContributionStatement statement;
      EXPECT_TRUE(statement.ParseFromString(old.envelope.payload()));
      if (withdraw_while_signing_) verdict_ = Verdict::kOtherCounts;
      return Make("again-" + std::to_string(++drafts_), old.revision, old.supersedes,
                  statement.count(0));
    };
    return Courier(*outbox_, hub_.Calls(), std::move(drafting), hub_receipt_key_);
  }

  OutboxState StateOf(const std::string& id) { return outbox_->Find(id)->state; }
  std::vector<std::string> Acts() {
    std::vector<std::string> acts;
    const std::vector<JournalLine> lines = *outbox_->Journal();
    for (const JournalLine& line : lines) acts.push_back(line.act);
    return acts;
  }

  std::string dir_;
  FakeHub hub_;
  std::vector<uint8_t> hub_receipt_key_ = hub_.signer->public_key();
  std::unique_ptr<crypto::Signer> signer_ = SignerOf(3);
  std::unique_ptr<sqlcipher::Database> database_;
  std::unique_ptr<Outbox> outbox_;
  Verdict verdict_ = Verdict::kUnchanged;
  bool withdraw_while_signing_ = false;
  bool withdraw_while_sealing_ = false;
  bool needs_seal_ = false;
  int seals_ = 0;
  int drafts_ = 0;
  absl::Time now_ = absl::FromUnixSeconds(1'790'000'000);
};

TEST_F(DeliveryTest, StoresTheReceiptOfWhatTheHubAccepted) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  Courier courier = MakeCourier();
  const auto delivery = courier.Deliver("a", now_);
  ASSERT_TRUE(delivery.ok()) << delivery.status();
  EXPECT_EQ(delivery->outcome, Outcome::kAcknowledged);
  EXPECT_EQ(delivery->log_sequence, 42u);
  EXPECT_EQ(StateOf("a"), OutboxState::kAcknowledged);
  EXPECT_TRUE(outbox_->Find("a")->receipt.has_value());
  EXPECT_EQ(Acts(), (std::vector<std::string>{"prepared", "sent", "acknowledged"}));
  EXPECT_EQ(outbox_->Journal()->back().log_sequence, 42u);
  EXPECT_TRUE(outbox_->Waiting()->empty());
}

TEST_F(DeliveryTest, AnEntryThatNobodyApprovedNeverLeaves) {
  OutboxEntry entry = Make("a", 1, "", 5);
  entry.approved = false;
  ASSERT_TRUE(outbox_->Put(entry, now_).ok());
  Courier courier = MakeCourier();
  EXPECT_EQ(courier.Deliver("a", now_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(outbox_->MarkSent("a", now_).ok());
  EXPECT_TRUE(courier.Drain(now_)->empty());
  EXPECT_EQ(hub_.submits, 0);
  ASSERT_TRUE(outbox_->Approve("a", now_).ok());
  EXPECT_EQ(courier.Drain(now_)->size(), 1u);
  EXPECT_EQ(hub_.submits, 1);
}

TEST_F(DeliveryTest, WaitsWhileTheHubIsAwayAndGoesOutOnceWhenItIsBack) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  Courier courier = MakeCourier();
  hub_.before = absl::UnavailableError("connection refused");
  for (int i = 0; i < 3; ++i) {
    const auto drained = courier.Drain(now_);
    ASSERT_EQ(drained->size(), 1u);
    EXPECT_EQ((*drained)[0].outcome, Outcome::kWaiting);
  }
  EXPECT_EQ(outbox_->Find("a")->attempts, 3);
  hub_.before = absl::OkStatus();
  EXPECT_EQ((*courier.Drain(now_))[0].outcome, Outcome::kAcknowledged);
  EXPECT_TRUE(courier.Drain(now_)->empty());
  EXPECT_EQ(hub_.accepted.size(), 1u);
  // The journal tells the first sending, not every attempt.
  EXPECT_EQ(Acts(), (std::vector<std::string>{"prepared", "sent", "acknowledged"}));
}

TEST_F(DeliveryTest, ResendsTheSameBytesAfterALostAnswer) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  Courier courier = MakeCourier();
  hub_.after = absl::DeadlineExceededError("lost");
  EXPECT_EQ(courier.Deliver("a", now_)->outcome, Outcome::kWaiting);
  EXPECT_EQ(StateOf("a"), OutboxState::kSent);
  hub_.after = absl::OkStatus();
  EXPECT_EQ(courier.Deliver("a", now_)->outcome, Outcome::kAcknowledged);
  ASSERT_EQ(hub_.accepted.size(), 2u);
  EXPECT_EQ(hub_.accepted[0], hub_.accepted[1]);
}

TEST_F(DeliveryTest, AReceiptOfAnotherSignerOrOfOtherBytesIsNotBelieved) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  hub_.signer = SignerOf(8);
  Courier courier = MakeCourier();
  auto delivery = courier.Deliver("a", now_);
  EXPECT_EQ(delivery->outcome, Outcome::kWaiting);
  EXPECT_EQ(delivery->cause.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(StateOf("a"), OutboxState::kSent);

  hub_.signer = SignerOf(7);
  OutboxEntry other = Make("a", 1, "", 6);
  const v1::DsseEnvelope receipt = *hub_.Submit(other.envelope);
  EXPECT_EQ(VerifyReceipt(receipt, hub_receipt_key_, *outbox_->Find("a")).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_TRUE(VerifyReceipt(receipt, hub_receipt_key_, other).ok());
}

TEST_F(DeliveryTest, ARefusalEndsTheEntryWithItsReason) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  Courier courier = MakeCourier();
  hub_.before = base::MakeError(absl::StatusCode::kFailedPrecondition,
                                v1::ERROR_REASON_ROUND_CLOSED, "the round is closed");
  const auto delivery = courier.Deliver("a", now_);
  EXPECT_EQ(delivery->outcome, Outcome::kRefused);
  EXPECT_EQ(StateOf("a"), OutboxState::kRefused);
  EXPECT_NE(outbox_->Find("a")->note.find("ROUND_CLOSED"), std::string::npos);
  EXPECT_FALSE(courier.Deliver("a", now_).ok());
  EXPECT_FALSE(outbox_->CurrentOf("round-1")->has_value());
}

TEST_F(DeliveryTest, ALimitOfTheHubIsWaitedForButATooLargeMessageIsNot) {
  EXPECT_TRUE(IsWorthWaitingFor(base::MakeError(absl::StatusCode::kResourceExhausted,
                                                v1::ERROR_REASON_RATE_LIMIT, "slow down")));
  EXPECT_FALSE(IsWorthWaitingFor(
      base::MakeError(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_TOO_LARGE, "1 MiB")));
  EXPECT_TRUE(IsWorthWaitingFor(absl::AbortedError("running")));
  EXPECT_TRUE(IsWorthWaitingFor(absl::UnavailableError("")));
  EXPECT_FALSE(IsWorthWaitingFor(absl::UnauthenticatedError("revoked")));
}

TEST_F(DeliveryTest, PastItsTimeAnUnknownEntryIsSignedAgainUnderANewIdWithTheSameRevision) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  Courier courier = MakeCourier();
  hub_.before = absl::UnavailableError("away");
  ASSERT_EQ(courier.Deliver("a", now_)->outcome, Outcome::kWaiting);

  now_ += absl::Hours(24 * 7);  // not_after itself is too late
  EXPECT_EQ(courier.Deliver("a", now_)->outcome, Outcome::kWaiting);
  EXPECT_EQ(StateOf("a"), OutboxState::kSent) << "nothing changes before the hub has answered";
  EXPECT_EQ(drafts_, 0);

  hub_.before = absl::OkStatus();
  const auto delivery = courier.Deliver("a", now_);
  EXPECT_EQ(delivery->outcome, Outcome::kAcknowledged);
  EXPECT_EQ(delivery->request_id, "again-1");
  EXPECT_EQ(StateOf("a"), OutboxState::kReplaced);
  EXPECT_EQ(outbox_->Find("again-1")->revision, 1u);
  ASSERT_EQ(hub_.accepted.size(), 1u);
}

TEST_F(DeliveryTest, PastItsTimeAKnownEntryOnlyFetchesItsReceipt) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  Courier courier = MakeCourier();
  hub_.after = absl::UnavailableError("killed between receipt and answer");
  ASSERT_EQ(courier.Deliver("a", now_)->outcome, Outcome::kWaiting);
  hub_.after = absl::OkStatus();
  now_ += absl::Hours(24 * 8);
  const auto delivery = courier.Deliver("a", now_);
  EXPECT_EQ(delivery->outcome, Outcome::kAcknowledged);
  EXPECT_EQ(delivery->request_id, "a");
  EXPECT_EQ(hub_.accepted.size(), 1u);
}

TEST_F(DeliveryTest, AWithdrawalBeforeTheFirstSendReplacesTheUnsentEntry) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  verdict_ = Verdict::kOtherCounts;
  Courier courier = MakeCourier();
  const auto delivery = courier.Deliver("a", now_);
  ASSERT_TRUE(delivery.ok()) << delivery.status();
  EXPECT_EQ(delivery->request_id, "draft-1");
  EXPECT_EQ(StateOf("a"), OutboxState::kReplaced);
  EXPECT_EQ(outbox_->Find("draft-1")->revision, 1u) << "the hub never saw another one";
  ASSERT_EQ(hub_.accepted.size(), 1u);
  v1::ContributionStatement left;
  ASSERT_TRUE(left.ParseFromString(hub_.accepted[0]));
  EXPECT_EQ(left.count(0), 9u) << "the counts with the withdrawn person must not leave";
}

TEST_F(DeliveryTest, AWithdrawalAfterALostAnswerMakesTheNextRevision) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  Courier courier = MakeCourier();
  hub_.after = absl::UnavailableError("lost");
  ASSERT_EQ(courier.Deliver("a", now_)->outcome, Outcome::kWaiting);
  hub_.after = absl::OkStatus();
  verdict_ = Verdict::kOtherCounts;
  const auto delivery = courier.Deliver("a", now_);
  EXPECT_EQ(delivery->outcome, Outcome::kAcknowledged);
  EXPECT_EQ(StateOf("a"), OutboxState::kAcknowledged);
  const OutboxEntry next = *outbox_->Find("draft-1");
  EXPECT_EQ(next.revision, 2u);
  EXPECT_EQ(next.supersedes, "a");
  EXPECT_EQ(next.state, OutboxState::kAcknowledged);
}

TEST_F(DeliveryTest, TheThirdRevisionIsTheLast) {
  ASSERT_TRUE(outbox_->Put(Make("c", 3, "b", 5), now_).ok());
  Courier courier = MakeCourier();
  hub_.after = absl::UnavailableError("lost");
  ASSERT_EQ(courier.Deliver("c", now_)->outcome, Outcome::kWaiting);
  hub_.after = absl::OkStatus();
  verdict_ = Verdict::kOtherCounts;
  EXPECT_EQ(courier.Deliver("c", now_)->outcome, Outcome::kAcknowledged);
  EXPECT_EQ(drafts_, 0);
  EXPECT_EQ(hub_.submits, 1);
}

TEST_F(DeliveryTest, AWithdrawalWhileAnEntryIsSignedAgainIsSeenBeforeItLeaves) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  withdraw_while_signing_ = true;
  now_ += absl::Hours(24 * 7);
  Courier courier = MakeCourier();
  const auto delivery = courier.Deliver("a", now_);
  ASSERT_TRUE(delivery.ok()) << delivery.status();
  EXPECT_EQ(delivery->outcome, Outcome::kAcknowledged);
  ASSERT_EQ(hub_.accepted.size(), 1u);
  v1::ContributionStatement left;
  ASSERT_TRUE(left.ParseFromString(hub_.accepted[0]));
  EXPECT_EQ(left.count(0), 9u);
}

TEST_F(DeliveryTest, TheConsentCheckpointComesWithTheFirstSendUnderTheSameId) {
  needs_seal_ = true;
  OutboxEntry draft = Make("a", 1, "", 5);
  draft.approved = false;
  ASSERT_TRUE(outbox_->Put(draft, now_).ok());
  ASSERT_TRUE(outbox_->SetPreviewed("a").ok());
  ASSERT_TRUE(outbox_->Approve("a", now_).ok());
  Courier courier = MakeCourier();
  hub_.before = absl::UnavailableError("away");
  EXPECT_EQ(courier.Deliver("a", now_)->outcome, Outcome::kWaiting);
  EXPECT_EQ(courier.Deliver("a", now_)->outcome, Outcome::kWaiting);
  EXPECT_EQ(seals_, 1) << "what was sent goes again as it is";
  hub_.before = absl::OkStatus();
  const auto delivery = courier.Deliver("a", now_);
  EXPECT_EQ(delivery->outcome, Outcome::kAcknowledged);
  EXPECT_EQ(delivery->request_id, "a");
  EXPECT_EQ(seals_, 1);
  v1::ContributionStatement left;
  ASSERT_TRUE(left.ParseFromString(hub_.accepted.at(0)));
  EXPECT_EQ(left.consent_checkpoint().note(), "head");
  const OutboxEntry entry = *outbox_->Find("a");
  EXPECT_EQ(entry.consent_size, 64u);
  EXPECT_TRUE(entry.previewed && entry.approved) << "the counts are those that were approved";
  EXPECT_EQ(Acts(),
            (std::vector<std::string>{"prepared", "approved", "sealed", "sent", "acknowledged"}));
}

TEST_F(DeliveryTest, AWithdrawalWhileAnEntryIsSealedIsSeenBeforeItLeaves) {
  needs_seal_ = true;
  withdraw_while_sealing_ = true;
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  EXPECT_EQ(MakeCourier().Deliver("a", now_)->request_id, "draft-1");
  ASSERT_EQ(hub_.accepted.size(), 1u);
  v1::ContributionStatement left;
  ASSERT_TRUE(left.ParseFromString(hub_.accepted[0]));
  EXPECT_EQ(left.count(0), 9u);
  EXPECT_EQ(left.consent_checkpoint().note(), "head");
}

TEST_F(DeliveryTest, WhatWasSentOnceIsNeverSealedAnew) {
  OutboxEntry entry = Make("a", 1, "", 5);
  ASSERT_TRUE(outbox_->Put(entry, now_).ok());
  ASSERT_TRUE(outbox_->MarkSent("a", now_).ok());
  OutboxEntry sealed = Make("a", 1, "", 6);
  sealed.consent_size = 64;
  EXPECT_EQ(outbox_->Seal(sealed, now_).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(outbox_->Find("a")->payload_sha256, entry.payload_sha256);
  EXPECT_EQ(outbox_->Find("a")->consent_size, 0u);
  sealed.request_id = "b";
  EXPECT_EQ(outbox_->Seal(sealed, now_).code(), absl::StatusCode::kNotFound);
}

TEST_F(DeliveryTest, ALedgerThatMovedWithoutTouchingTheCountsOnlyMovesTheMark) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  verdict_ = Verdict::kSameCounts;
  Courier courier = MakeCourier();
  EXPECT_EQ(courier.Deliver("a", now_)->request_id, "a");
  EXPECT_EQ(outbox_->Find("a")->consent_mark, "mark-2");
}

TEST_F(DeliveryTest, SurvivesTheProcessBetweenSendingAndAnswer) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  ASSERT_TRUE(outbox_->MarkSent("a", now_).ok());
  outbox_.reset();
  database_ = *sqlcipher::Database::Open(dir_ + "/agent.db",
                                         base::Secret::Copy(std::vector<uint8_t>(32, 1)));
  outbox_ = std::make_unique<Outbox>(*database_);
  Courier courier = MakeCourier();
  EXPECT_EQ((*courier.Drain(now_))[0].outcome, Outcome::kAcknowledged);
}

TEST_F(DeliveryTest, ADraftStandsBeforeAnAcknowledgedRevision) {
  ASSERT_TRUE(outbox_->Put(Make("a", 1, "", 5), now_).ok());
  Courier courier = MakeCourier();
  ASSERT_TRUE(courier.Deliver("a", now_).ok());
  EXPECT_EQ((*outbox_->CurrentOf("round-1"))->request_id, "a");
  OutboxEntry draft = Make("b", 2, "a", 6);
  draft.approved = false;
  ASSERT_TRUE(outbox_->Put(draft, now_).ok());
  EXPECT_EQ((*outbox_->CurrentOf("round-1"))->request_id, "b");
  EXPECT_EQ((*outbox_->AcknowledgedOf("round-1"))->request_id, "a");
  EXPECT_EQ(outbox_->Put(draft, now_).code(), absl::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace renkei::agents::contribute
