// The consent checkpoints that leave, one after the other, as the hub sees them (R15, trust 2.5).
#include <string>
#include <vector>

#include "tests/unit/agents/contribute/desk_fixture.h"

namespace renkei::agents::contribute {
namespace {

std::vector<uint64_t> ProvenFrom(const v1::ContributionStatement& statement) {
  std::vector<uint64_t> sizes;
  for (const v1::ConsistencyProof& proof : statement.consent_checkpoint().consistency()) {
    sizes.push_back(proof.from_size());
  }
  return sizes;
}

// The hub knows a longer ledger than that of a draft that waited: it is sealed anew, or the hub
// would refuse it.
TEST_F(DeskTest, AnEntryWhoseCheckpointIsBehindTheHubsIsSignedAgain) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  const OutboxEntry unsealed = desk_->Prepare(kRoundId, now_)->entry;
  ASSERT_TRUE(outbox_->Seal(*Now().seal(unsealed), now_).ok());
  const OutboxEntry draft = *outbox_->Find(unsealed.request_id);
  EXPECT_EQ(draft.consent_size, 64u);
  EXPECT_TRUE(Now().recheck(draft)->checkpoint_stands);
  // Another round's entry was sealed later and accepted before.
  OutboxEntry other = draft;
  other.request_id = "other";
  other.round_id = "other";
  other.consent_size = 128;
  other.approved = true;
  ASSERT_TRUE(outbox_->Put(other, now_).ok());
  EXPECT_TRUE(Now().recheck(draft)->checkpoint_stands) << "it did not leave";
  ASSERT_TRUE(store_->SealConsentLedger().ok());
  ASSERT_TRUE(outbox_->MarkSent("other", now_).ok());
  EXPECT_FALSE(Now().recheck(draft)->checkpoint_stands);
  FakeHub hub;
  Courier courier = CourierTo(hub);
  ASSERT_TRUE(outbox_->Approve(draft.request_id, now_).ok());
  const auto delivery = courier.Deliver(draft.request_id, now_);
  ASSERT_TRUE(delivery.ok()) << delivery.status();
  EXPECT_EQ(delivery->outcome, Delivery::Outcome::kAcknowledged);
  const OutboxEntry left = *outbox_->Find(delivery->request_id);
  EXPECT_EQ(left.consent_size, 192u);
  EXPECT_EQ(StatementOf(left).consent_checkpoint().consistency(1).from_size(), 128u);
  // A store that was put back is noticed before anything leaves.
  OutboxEntry ahead = other;
  ahead.request_id = "ahead";
  ahead.consent_size = 100'000;
  ASSERT_TRUE(outbox_->Put(ahead, now_).ok());
  ASSERT_TRUE(outbox_->MarkSent("ahead", now_).ok());
  EXPECT_EQ(Now().seal(left).status().code(), absl::StatusCode::kDataLoss);
}

// What the hub sees of the ledger's growth says how often something was sent, and nothing else
// (R15).
TEST_F(DeskTest, TheLedgerTakesOneStepPerSendHoweverOftenTheDraftWasMadeAnew) {
  SignAgreement();
  OpenRound();
  FakeHub hub;
  Courier courier = CourierTo(hub);
  for (int i = 0; i < 4; ++i) {
    Import(30 + i, 12);  // other counts: another draft takes the place of the last
    ASSERT_TRUE(desk_->Prepare(kRoundId, now_).ok());
    EXPECT_EQ(store_->ConsentLedgerHead()->size, 0u);
  }
  const OutboxEntry draft = desk_->Prepare(kRoundId, now_ + absl::Minutes(5))->entry;
  EXPECT_FALSE(StatementOf(draft).has_consent_checkpoint());
  now_ += absl::Hours(24);  // signed anew as it leaves, so that the checkpoint is not of later
  ASSERT_TRUE(outbox_->Approve(draft.request_id, now_).ok());
  hub.before = absl::UnavailableError("away");
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(courier.Deliver(draft.request_id, now_)->outcome, Delivery::Outcome::kWaiting);
    EXPECT_EQ(store_->ConsentLedgerHead()->size, 64u) << "attempt " << i;
  }
  hub.before = absl::OkStatus();
  const auto delivery = courier.Deliver(draft.request_id, now_);
  EXPECT_EQ(delivery->outcome, Delivery::Outcome::kAcknowledged);
  EXPECT_EQ(delivery->request_id, draft.request_id);
  EXPECT_EQ(store_->ConsentLedgerHead()->size, 64u);
  const OutboxEntry left = *outbox_->Find(draft.request_id);
  const v1::ContributionStatement statement = StatementOf(left);
  EXPECT_EQ(statement.issued_at().seconds(), statement.consent_checkpoint().made_at().seconds());
  EXPECT_EQ(absl::FromUnixSeconds(statement.not_after().seconds()), draft.not_after);
  EXPECT_EQ(Cell(left, 0), Cell(draft, 0));
  for (int i = 0; i < 3; ++i) {  // and the next revision, one step more
    Import(40 + i, 12);
    ASSERT_TRUE(desk_->Prepare(kRoundId, now_).ok());
    EXPECT_EQ(store_->ConsentLedgerHead()->size, 64u);
  }
  const OutboxEntry next = desk_->Prepare(kRoundId, now_)->entry;
  ASSERT_TRUE(outbox_->Approve(next.request_id, now_).ok());
  ASSERT_EQ(courier.Deliver(next.request_id, now_)->outcome, Delivery::Outcome::kAcknowledged);
  EXPECT_EQ(store_->ConsentLedgerHead()->size, 128u);
}

// agent.db remembers less than the ledger: the hub's newest head is proven all the same.
TEST_F(DeskTest, AnOutboxThatWasPutBackDoesNotLockTheMemberOut) {
  SignAgreement();
  OpenRound();
  FakeHub hub;
  Courier courier = CourierTo(hub);
  const auto send = [&](int persons) {
    Import(persons, 12);
    const OutboxEntry draft = desk_->Prepare(kRoundId, now_)->entry;
    EXPECT_TRUE(outbox_->Approve(draft.request_id, now_).ok());
    return StatementOf(*outbox_->Find(courier.Deliver(draft.request_id, now_)->request_id));
  };
  EXPECT_TRUE(ProvenFrom(send(30)).empty());
  EXPECT_EQ(ProvenFrom(send(31)), (std::vector<uint64_t>{64}));
  ASSERT_TRUE(state_->Execute("DELETE FROM outbox WHERE revision = 2").ok());
  EXPECT_EQ(ProvenFrom(send(32)), (std::vector<uint64_t>{64, 128}));
  ASSERT_TRUE(state_->Execute("DELETE FROM outbox").ok());
  EXPECT_EQ(ProvenFrom(send(33)), (std::vector<uint64_t>{64, 128, 192}));
}

TEST_F(DeskTest, AStoreThatWasPutBackIsNoticedBeforeItsLedgerForks) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  Drafting drafting = Now();
  OutboxEntry sent = desk_->Prepare(kRoundId, now_)->entry;
  const OutboxEntry draft = sent;
  // The size that the next seal would come to, under another root.
  sent.request_id = "sent";
  sent.consent_size = 64;
  ASSERT_TRUE(outbox_->Put(sent, now_).ok());
  ASSERT_TRUE(outbox_->Approve("sent", now_).ok());
  EXPECT_TRUE(drafting.seal(draft).ok()) << "it did not leave";
  ASSERT_TRUE(outbox_->MarkSent("sent", now_).ok());
  EXPECT_TRUE(drafting.seal(draft).ok());
  const uint64_t size = store_->ConsentLedgerHead()->size;
  sent.request_id = "forked";
  sent.consent_size = size + 64;
  ASSERT_TRUE(outbox_->Put(sent, now_).ok());
  ASSERT_TRUE(outbox_->Approve("forked", now_).ok());
  ASSERT_TRUE(outbox_->MarkSent("forked", now_).ok());
  const absl::Status status = drafting.seal(draft).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("newest backup"), absl::string_view::npos) << status;
  EXPECT_EQ(store_->ConsentLedgerHead()->size, size) << "nothing was padded";
}

}  // namespace
}  // namespace renkei::agents::contribute
