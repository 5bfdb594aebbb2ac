// A withdrawal scheduled between every two steps from preparing to resending (R19): whatever is
// first sent after it has the person no more, and neither has the newest revision at the hub.
#include <functional>
#include <set>
#include <string>

#include "policy/transparency/checkpoint.h"
#include "policy/transparency/proofs.h"
#include "tests/unit/agents/contribute/desk_fixture.h"

namespace renkei::agents::contribute {
namespace {

namespace transparency = renkei::policy::transparency;
using Pair = std::pair<uint64_t, uint64_t>;

constexpr int kPerson = 3;
constexpr int kPoints = 13;

class WithdrawalSchedule : public DeskTest,
                           public testing::WithParamInterface<std::tuple<int, bool>> {
 protected:
  WithdrawalSchedule() {
    calls_.submit = [this](const v1::DsseEnvelope& envelope) -> absl::StatusOr<v1::DsseEnvelope> {
      ++submits_;
      CheckLeaving(envelope);
      if (submits_ == 1) Point(4);  // the entry was checked, the hub has not seen it
      auto receipt = hub_.Submit(envelope);
      if (submits_ == 1) Point(5);  // accepted, the answer is lost
      return receipt;
    };
    calls_.get_submission = [this](const std::string& id) {
      if (submits_ == 1) Point(6);
      return hub_.Get(id);
    };
    tabulator_->before_scan = [this] {
      if (++scans_ == 1) Point(1);  // consents are read, persons are not
    };
  }

  // A point in time; the withdrawal happens at the one that the test names.
  void Point(int number) {
    passed_.insert(number);
    if (number != std::get<0>(GetParam())) return;
    const bool dated = std::get<1>(GetParam());
    Withdraw(kPerson, dated ? now_ + absl::Minutes(30) : now_);
    // The clock moves on with the next step, past a withdrawal that was dated ahead.
    withdrawn_ = true;
    in_force_from_ = dated ? now_ + absl::Minutes(30) : now_;
  }
  void Step(int number, const std::function<void()>& step) {
    Point(number);
    now_ += absl::Hours(1);
    step();
  }
  Courier MakeCourier() { return Courier(*outbox_, calls_, Now(), hub_.signer->public_key()); }
  Pair CountsIn(const std::string& payload) {
    OutboxEntry entry;
    entry.envelope.set_payload(payload);
    return Cell(entry, 0);
  }
  // At the moment of sending: without the person, or the very bytes that the hub took before.
  void CheckLeaving(const v1::DsseEnvelope& envelope) {
    const bool known = std::find(hub_.accepted.begin(), hub_.accepted.end(), envelope.payload()) !=
                       hub_.accepted.end();
    if (withdrawn_ && in_force_from_ <= now_ && !known) {
      EXPECT_EQ(CountsIn(envelope.payload()), Pair(11, 29));
    }
    const v1::ConsentCheckpoint checkpoint = StatementOfPayload(envelope.payload());
    const transparency::VerifierKey key =
        *transparency::ParseVerifierKey(checkpoint.verifier_key());
    const auto head = transparency::OpenCheckpoint(checkpoint.note(), key);
    ASSERT_TRUE(head.ok()) << head.status();
    EXPECT_EQ(key.public_key, consent_signer_->public_key());
    EXPECT_EQ(head->size % 64, 0u);
    if (!known && at_hub_.has_value()) {
      EXPECT_GE(head->size, at_hub_->size + 64);
      bool proven = false;
      for (const v1::ConsistencyProof& proof : checkpoint.consistency()) {
        if (proof.from_size() != at_hub_->size) continue;
        transparency::Proof hashes;
        for (const std::string& hash : proof.hash()) {
          hashes.push_back(*crypto::DigestFromBytes(hash));
        }
        proven = transparency::VerifyConsistency(at_hub_->size, head->size, at_hub_->root,
                                                 head->root, hashes)
                     .ok();
      }
      EXPECT_TRUE(proven) << "from " << at_hub_->size << " to " << head->size;
    }
    at_hub_ = *head;
  }
  static v1::ConsentCheckpoint StatementOfPayload(const std::string& payload) {
    v1::ContributionStatement statement;
    EXPECT_TRUE(statement.ParseFromString(payload));
    return statement.consent_checkpoint();
  }
  void Submit() {
    const auto prepared = desk_->Prepare(kRoundId, now_);
    ASSERT_TRUE(prepared.ok()) << prepared.status();
    if (prepared->outcome == Prepared::Outcome::kAcknowledged) return;
    ASSERT_TRUE(outbox_->Approve(prepared->entry.request_id, now_).ok());
    const auto delivered = MakeCourier().Deliver(prepared->entry.request_id, now_);
    ASSERT_TRUE(delivered.ok()) << delivered.status();
  }

  FakeHub hub_;
  HubCalls calls_;
  int submits_ = 0;
  int scans_ = 0;
  bool withdrawn_ = false;
  absl::Time in_force_from_ = absl::InfiniteFuture();
  std::set<int> passed_;
  std::optional<transparency::Checkpoint> at_hub_;
};

TEST_P(WithdrawalSchedule, ThePersonIsNeverCountedAfterIt) {
  SignAgreement();
  OpenRound();
  Import(30, 12);
  std::string id;
  Step(0, [&] { id = desk_->Prepare(kRoundId, now_)->entry.request_id; });
  Step(2, [&] { ASSERT_TRUE(outbox_->Approve(id, now_).ok()); });
  hub_.after = absl::DeadlineExceededError("the answer is lost");
  Step(3, [&] { ASSERT_TRUE(MakeCourier().Deliver(id, now_).ok()); });
  hub_.after = absl::OkStatus();
  Step(7, [&] { ASSERT_TRUE(MakeCourier().Drain(now_).ok()); });
  Step(8, [&] { ASSERT_TRUE(MakeCourier().Drain(now_).ok()); });
  // The officer submits again before the round closes.
  Step(9, [&] { Submit(); });
  Step(10, [&] { ASSERT_TRUE(MakeCourier().Drain(now_).ok()); });
  Step(11, [&] { Submit(); });
  EXPECT_TRUE(outbox_->Waiting()->empty());
  ASSERT_FALSE(hub_.accepted.empty());
  const int point = std::get<0>(GetParam());
  EXPECT_EQ(withdrawn_, passed_.contains(point));
  if (withdrawn_) {
    EXPECT_EQ(CountsIn(hub_.accepted.back()), Pair(11, 29)) << "the newest revision";
  } else {
    EXPECT_EQ(CountsIn(hub_.accepted.back()), Pair(12, 30));
    EXPECT_TRUE(point == 6 || point == 12) << "the receipt is asked for only after a change";
  }
}

INSTANTIATE_TEST_SUITE_P(AtEveryPoint, WithdrawalSchedule,
                         testing::Combine(testing::Range(0, kPoints), testing::Bool()));

}  // namespace
}  // namespace renkei::agents::contribute
