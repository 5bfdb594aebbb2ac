// What every Store must do; run on each implementation by its factory.
#include "tests/contract/store/store_contract.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "hub/log/log.h"
#include "hub/store/paging.h"

namespace renkei::hub::store {
namespace {

MemberRow Member(const std::string& id) {
  return {.id = base::MemberId(id),
          .kind = v1::MEMBER_KIND_INSURER,
          .code = "06060012",
          .name = "鶴岡健康保険組合",
          .insurer_numbers = {"06060012", "06060020"},
          .invited_at = kNow};
}

IdentityRow Identity(const std::string& spiffe_id, uint8_t key) {
  return {.spiffe_id = spiffe_id,
          .role = v1::ROLE_MEMBER_AGENT,
          .scope = "06060012",
          .member_id = base::MemberId("member/insurer/06060012"),
          .spki_sha256 = DigestOf(key),
          .signing_public_key = std::vector<uint8_t>(32, key),
          .certificate_expires_at = kNow + absl::Hours(24 * 365),
          .enrolled_at = kNow};
}

ContributionRow Contribution(const std::string& member, const std::string& request,
                             uint32_t revision) {
  return {.iss = "spiffe://hub.example/" + member + "/agent/1",
          .request_id = request,
          .round_id = base::RoundId("round-1"),
          .member_id = base::MemberId(member),
          .revision = revision,
          .issued_at = kNow,
          .accepted_at = kNow,
          .envelope = "envelope of " + request,
          .payload_digest = DigestOf(9),
          .receipt = "receipt of " + request,
          .log_sequence = 4};
}

TEST_P(StoreContract, KeepsConsentCheckpointsAndFindsTheNewest) {
  const base::MemberId member("member/insurer/06060012");
  const auto row = [&member](uint64_t size, const std::string& key) {
    return ConsentCheckpointRow{.member_id = member,
                                .verifier_key = key,
                                .size = size,
                                .root = DigestOf(static_cast<uint8_t>(size)),
                                .note = "note of " + std::to_string(size),
                                .accepted_at = kNow};
  };
  auto transaction = Write();
  EXPECT_FALSE(transaction->FindConsentCheckpoint(member)->has_value());
  ASSERT_TRUE(transaction->InsertConsentCheckpoint(row(64, "k1")).ok());
  ASSERT_TRUE(transaction->InsertConsentCheckpoint(row(128, "k1")).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertConsentCheckpoint(row(128, "k1"))));
  EXPECT_EQ((*transaction->FindConsentCheckpoint(member))->size, 128u);
  ASSERT_TRUE(transaction->InsertConsentCheckpoint(row(64, "k2")).ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();  // it holds a lock of the store
  Reopen();
  const auto newest = *Read()->FindConsentCheckpoint(member);
  ASSERT_TRUE(newest.has_value());
  EXPECT_EQ(newest->verifier_key, "k2") << "the newest is the last one, not the largest";
  EXPECT_EQ(newest->note, "note of 64");
  EXPECT_EQ(newest->root, DigestOf(64));
  EXPECT_EQ(newest->accepted_at, kNow);
  EXPECT_FALSE(Read()->FindConsentCheckpoint(base::MemberId("member/insurer/x"))->has_value());
}

TEST_P(StoreContract, KeepsWhatWasCommittedAcrossReopening) {
  {
    auto transaction = Write();
    ASSERT_TRUE(transaction->InsertMember(Member("member/insurer/06060012")).ok());
    ASSERT_TRUE(transaction->InsertIdentity(Identity("spiffe://h/a", 1)).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  Reopen();
  auto snapshot = Read();
  const auto member = snapshot->FindMember(base::MemberId("member/insurer/06060012"));
  ASSERT_TRUE(member.ok() && member->has_value());
  EXPECT_EQ((*member)->name, "鶴岡健康保険組合");
  EXPECT_EQ((*member)->insurer_numbers, (std::vector<std::string>{"06060012", "06060020"}));
  EXPECT_EQ((*member)->invited_at, kNow);
  EXPECT_FALSE((*member)->revoked_at.has_value());
  const auto identity = snapshot->FindIdentityByKey(DigestOf(1));
  ASSERT_TRUE(identity.ok() && identity->has_value());
  EXPECT_EQ((*identity)->spiffe_id, "spiffe://h/a");
  EXPECT_EQ((*identity)->signing_public_key.size(), 32u);
}

TEST_P(StoreContract, ForgetsATransactionWithoutCommit) {
  ASSERT_TRUE(Write()->InsertMember(Member("member/insurer/06060012")).ok());
  const auto member = Read()->FindMember(base::MemberId("member/insurer/06060012"));
  ASSERT_TRUE(member.ok());
  EXPECT_FALSE(member->has_value());
}

TEST_P(StoreContract, ASnapshotDoesNotSeeLaterCommits) {
  auto before = Read();
  ASSERT_TRUE(before->Head().ok());  // the view begins with its first read
  auto transaction = Write();
  ASSERT_TRUE(transaction->InsertMember(Member("member/insurer/06060012")).ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  EXPECT_TRUE(before->ListMembers("", 10)->empty());
  EXPECT_EQ(Read()->ListMembers("", 10)->size(), 1u);
}

TEST_P(StoreContract, AKeyIsInsertedOnceAndUpdatedOnlyWhenThere) {
  auto transaction = Write();
  MemberRow member = Member("member/insurer/06060012");
  EXPECT_TRUE(absl::IsNotFound(transaction->UpdateMember(member)));
  ASSERT_TRUE(transaction->InsertMember(member).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertMember(member)));
  member.revoked_at = kNow;
  EXPECT_TRUE(transaction->UpdateMember(member).ok());
  EXPECT_TRUE(transaction->FindMember(member.id)->value().revoked_at.has_value());
}

TEST_P(StoreContract, OneTlsKeyBelongsToOneIdentity) {
  auto transaction = Write();
  ASSERT_TRUE(transaction->InsertIdentity(Identity("spiffe://h/a", 1)).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertIdentity(Identity("spiffe://h/b", 1))));
}

TEST_P(StoreContract, AContributionIsUniqueByRequestAndByRevisionOfTheMember) {
  auto transaction = Write();
  ASSERT_TRUE(transaction->InsertRound(Round("round-1")).ok());
  const std::string a = "member/insurer/06060012";
  ASSERT_TRUE(transaction->InsertContribution(Contribution(a, "r1", 1)).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertContribution(Contribution(a, "r1", 2))));
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertContribution(Contribution(a, "r2", 1))));
  ContributionRow other_agent = Contribution(a, "r3", 1);
  other_agent.iss = "spiffe://hub.example/" + a + "/agent/2";
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertContribution(other_agent)));
  EXPECT_TRUE(transaction->InsertContribution(Contribution(a, "r2", 2)).ok());
}

TEST_P(StoreContract, OnlyTheNewestRevisionOfEachMemberIsListed) {
  auto transaction = Write();
  ASSERT_TRUE(transaction->InsertRound(Round("round-1")).ok());
  ASSERT_TRUE(transaction->InsertContribution(Contribution("member/b", "b1", 1)).ok());
  ASSERT_TRUE(transaction->InsertContribution(Contribution("member/a", "a1", 1)).ok());
  ASSERT_TRUE(transaction->InsertContribution(Contribution("member/a", "a2", 2)).ok());
  const auto latest = transaction->LatestContributions(base::RoundId("round-1"), true);
  ASSERT_TRUE(latest.ok());
  ASSERT_EQ(latest->size(), 2u);
  EXPECT_EQ((*latest)[0].request_id, "a2");
  EXPECT_EQ((*latest)[0].envelope, "envelope of a2");
  EXPECT_EQ((*latest)[1].request_id, "b1");
  EXPECT_TRUE(
      transaction->LatestContributions(base::RoundId("round-1"), false)->front().envelope.empty());
}

TEST_P(StoreContract, ADescriptorIsFrozenByteForByte) {
  RoundRow round = Round("round-1");
  auto transaction = Write();
  ASSERT_TRUE(transaction->InsertRound(round).ok());
  RoundRow changed = round;
  changed.descriptor = "other";
  changed.state = v1::ROUND_STATE_CLOSED;
  changed.closed_at = kNow;
  ASSERT_TRUE(transaction->UpdateRound(changed).ok());
  const auto found = transaction->FindRound(round.id);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->descriptor, round.descriptor);
  EXPECT_EQ((*found)->state, v1::ROUND_STATE_CLOSED);
}

TEST_P(StoreContract, HeldRoundsAreFoundByPrefectureAndYear) {
  auto transaction = Write();
  const auto add = [&](const std::string& id, const std::string& area, int year,
                       v1::RoundState state) {
    RoundRow round = Round(id);
    round.area_code = area;
    round.fiscal_year = year;
    round.state = state;
    round.held_at = kNow;
    ASSERT_TRUE(transaction->InsertRound(round).ok());
  };
  add("round-3", "0602", 2011, v1::ROUND_STATE_HELD);
  add("round-1", "0604", 2011, v1::ROUND_STATE_HELD);
  add("round-2", "0604", 2011, v1::ROUND_STATE_CLOSED);
  add("round-4", "0604", 2012, v1::ROUND_STATE_HELD);
  add("round-5", "0704", 2011, v1::ROUND_STATE_HELD);
  const auto held = transaction->ListHeldRounds("06", 2011);
  ASSERT_TRUE(held.ok()) << held.status();
  ASSERT_EQ(held->size(), 2u);
  EXPECT_EQ((*held)[0].id.value(), "round-1");
  EXPECT_EQ((*held)[1].id.value(), "round-3");
  EXPECT_EQ((*held)[1].area_code, "0602");
  EXPECT_EQ((*held)[1].held_at, kNow);
}

TEST_P(StoreContract, EveryRoundIsVisitedOnceHoweverManyPagesThereAre) {
  auto transaction = Write();
  for (const int number : {1000, 1001, 1501}) {  // two whole pages, and one more each time
    for (int i = number - 1; i >= 0; --i) {
      const RoundRow round = Round(absl::StrCat("round-", 10'000 + i));
      if ((*transaction->FindRound(round.id)).has_value()) break;
      ASSERT_TRUE(transaction->InsertRound(round).ok());
    }
    std::vector<std::string> seen;
    ASSERT_TRUE(ForEachRound(*transaction, [&](const RoundRow& round) {
                  seen.push_back(round.id.value());
                  return true;
                }).ok());
    ASSERT_EQ(seen.size(), static_cast<size_t>(number));
    for (int i = 0; i < number; ++i) {
      EXPECT_EQ(seen[static_cast<size_t>(i)], absl::StrCat("round-", 10'000 + i));
    }
  }
  int visits = 0;
  ASSERT_TRUE(ForEachRound(*transaction, [&](const RoundRow&) { return ++visits < 3; }).ok());
  EXPECT_EQ(visits, 3) << "false stops";
  const absl::Status failed = ForEachRound(
      *transaction, [](const RoundRow&) -> absl::StatusOr<bool> { return absl::AbortedError(""); });
  EXPECT_TRUE(absl::IsAborted(failed));
}

TEST_P(StoreContract, LogEntriesAreNumberedWithoutGaps) {
  auto transaction = Write();
  EXPECT_EQ(transaction->Head()->size, 0u);
  EXPECT_FALSE(transaction->InsertEntry({.sequence = 1, .json = "{}"}).ok());
  ASSERT_TRUE(transaction->InsertEntry({.sequence = 0, .json = "{}"}).ok());
  EXPECT_FALSE(transaction->InsertEntry({.sequence = 0, .json = "{}"}).ok());
  ASSERT_TRUE(transaction->InsertEntry({.sequence = 1, .json = "{\"a\":1}"}).ok());
  EXPECT_EQ(transaction->Head()->size, 2u);
  EXPECT_EQ(transaction->ListEntries(1, 10)->front().json, "{\"a\":1}");
}

TEST_P(StoreContract, WritersWaitForEachOther) {
  // Each of four threads appends 25 entries; a lost update would leave a gap or a double.
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < 25; ++i) {
        auto transaction = store_->Write();
        ASSERT_TRUE(transaction.ok());
        const auto head = (*transaction)->Head();
        ASSERT_TRUE((*transaction)->InsertEntry({.sequence = head->size, .json = "{}"}).ok());
        ASSERT_TRUE((*transaction)->Commit().ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Read()->Head()->size, 100u);
}

TEST_P(StoreContract, AnotherKeyOpensNothing) {
  store_.reset();
  const auto opened = GetParam().open(folder_, 2);
  EXPECT_TRUE(absl::IsDataLoss(opened.status())) << opened.status();
}

INSTANTIATE_TEST_SUITE_P(Implementations, StoreContract, testing::Values(Sqlcipher()), NameOf);

}  // namespace
}  // namespace renkei::hub::store
