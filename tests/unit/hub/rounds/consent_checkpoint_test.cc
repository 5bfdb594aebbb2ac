// Whose consent ledger a checkpoint is, and whether it goes on from the one that the hub has.
#include "hub/rounds/consent_checkpoint.h"

#include <gtest/gtest.h>

#include "policy/transparency/checkpoint.h"
#include "policy/transparency/proofs.h"
#include "tests/support/hub_store.h"

namespace renkei::hub::rounds {
namespace {

namespace transparency = renkei::policy::transparency;
using Standing = policy::rules::CheckpointStanding;

constexpr char kMember[] = "member/municipality/062031";
constexpr char kAgent[] = "spiffe://hub.example/member/municipality/062031/agent/1";

class ConsentCheckpoints : public HubStoreTest {
 protected:
  static v1::ConsentCheckpoint Head(
      uint64_t size, uint8_t key, uint8_t root = 1,
      const std::string& origin = "hub.example/member/municipality/062031/consent/1") {
    const auto signer =
        *crypto::MakeEd25519Signer(base::Secret::Copy(std::vector<uint8_t>(32, key)));
    crypto::Digest digest;
    digest.fill(root);
    v1::ConsentCheckpoint checkpoint;
    checkpoint.set_note(
        *transparency::SignCheckpoint({.origin = origin, .size = size, .root = digest}, *signer));
    checkpoint.set_verifier_key(transparency::FormatVerifierKey(
        *transparency::MakeVerifierKey(origin, signer->public_key())));
    return checkpoint;
  }
  CheckedCheckpoint Check(const v1::ConsentCheckpoint& checkpoint) {
    const auto transaction = *store_->Write();
    const auto checked = CheckConsentCheckpoint(*transaction, "hub.example",
                                                base::MemberId(kMember), kAgent, checkpoint, now_);
    EXPECT_TRUE(checked.ok()) << checked.status();
    return *checked;
  }
  void Enrol() {
    auto transaction = *store_->Write();
    const store::IdentityRow row{.spiffe_id = kAgent,
                                 .role = v1::ROLE_MEMBER_AGENT,
                                 .member_id = base::MemberId(kMember),
                                 .certificate_expires_at = now_ + absl::Hours(1),
                                 .enrolled_at = now_};
    const bool known = (*transaction->FindIdentity(kAgent)).has_value();
    ASSERT_TRUE((known ? transaction->UpdateIdentity(row) : transaction->InsertIdentity(row)).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  void Accept(const v1::ConsentCheckpoint& checkpoint, Standing standing = Standing::kContinues) {
    const CheckedCheckpoint checked = Check(checkpoint);
    ASSERT_EQ(checked.standing, standing);
    ASSERT_TRUE(checked.row.has_value());
    auto transaction = *store_->Write();
    ASSERT_TRUE(transaction->InsertConsentCheckpoint(*checked.row).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }

  absl::Time now_ = absl::FromUnixSeconds(1'795'000'000);
};

TEST_F(ConsentCheckpoints, AreOfThisMemberAndSignedByTheKeyThatTheyName) {
  EXPECT_EQ(Check(Head(64, 1)).standing, Standing::kContinues);
  EXPECT_EQ(Check({}).standing, Standing::kMissing);
  EXPECT_EQ(Check(Head(0, 1)).standing, Standing::kMissing) << "an empty ledger proves nothing";
  EXPECT_EQ(Check(Head(kMaxConsentLedgerSize, 1)).standing, Standing::kContinues);
  for (const uint64_t size : {kMaxConsentLedgerSize + 1, uint64_t{1} << 63, ~uint64_t{0}}) {
    EXPECT_EQ(Check(Head(size, 1)).standing, Standing::kMissing) << size;
  }
  EXPECT_EQ(Check(Head(64, 1, 1, "hub.example/member/municipality/062049/consent/1")).standing,
            Standing::kOtherKey);
  v1::ConsentCheckpoint mixed = Head(64, 1);
  mixed.set_verifier_key(Head(64, 2).verifier_key());
  EXPECT_EQ(Check(mixed).standing, Standing::kOtherKey);
  v1::ConsentCheckpoint crowded = Head(64, 1);
  for (size_t i = 0; i <= transparency::kMaxConsistencyProofs; ++i) {
    crowded.add_consistency()->set_from_size(1);
  }
  EXPECT_EQ(Check(crowded).standing, Standing::kMissing);
}

TEST_F(ConsentCheckpoints, OfTheSameSizeAreTheSameAndAreStoredOnce) {
  Accept(Head(64, 1));
  const CheckedCheckpoint again = Check(Head(64, 1));
  EXPECT_EQ(again.standing, Standing::kContinues);
  EXPECT_FALSE(again.row.has_value());
  EXPECT_EQ(Check(Head(64, 1, 2)).standing, Standing::kInconsistent);
  EXPECT_EQ(Check(Head(32, 1)).standing, Standing::kSmaller);
  EXPECT_EQ(Check(Head(128, 1)).standing, Standing::kInconsistent) << "no proof, no growth";
}

TEST_F(ConsentCheckpoints, UnderAnotherKeyNeedANewEnrolment) {
  Enrol();
  Accept(Head(128, 1));
  EXPECT_EQ(Check(Head(64, 2)).standing, Standing::kOtherKey);
  now_ += absl::Hours(1);
  EXPECT_EQ(Check(Head(64, 2)).standing, Standing::kOtherKey);
  Enrol();
  EXPECT_EQ(Check(Head(128, 1)).standing, Standing::kContinues) << "the folder may be the old one";
  Accept(Head(64, 2), Standing::kRestarts);
  EXPECT_EQ(Check(Head(128, 1)).standing, Standing::kOtherKey) << "the old one is over";
  EXPECT_EQ(Check(Head(64, 2)).standing, Standing::kContinues);
}

}  // namespace
}  // namespace renkei::hub::rounds
