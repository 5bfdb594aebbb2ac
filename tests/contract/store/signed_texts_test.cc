// What every Store must do with agreements and policies.
#include <cstdint>

#include "tests/contract/store/store_contract.h"

namespace renkei::hub::store {
namespace {

class SignedTextsContract : public StoreContract {};

TEST_P(SignedTextsContract, AgreementsAreListedInPages) {
  auto transaction = Write();
  for (const uint32_t version : {1u, 2u, 10u}) {
    ASSERT_TRUE(transaction
                    ->InsertAgreement({.dua_id = "a",
                                       .version = version,
                                       .member_id = base::MemberId("member/x"),
                                       .state = v1::AGREEMENT_STATE_PROPOSED,
                                       .text = "t",
                                       .secretariat_envelope = "s",
                                       .changed_at = kNow})
                    .ok());
  }
  EXPECT_EQ(transaction->ListAgreements(base::MemberId(), "", 0, 2)->size(), 2u);
  const auto rest = transaction->ListAgreements(base::MemberId("member/x"), "a", 2, 2);
  ASSERT_EQ(rest->size(), 1u);
  EXPECT_EQ(rest->front().version, 10u);
  EXPECT_TRUE(transaction->ListAgreements(base::MemberId("member/y"), "", 0, 2)->empty());
}

AgreementRow Agreement(const std::string& id, uint32_t version) {
  return {.dua_id = id,
          .version = version,
          .member_id = base::MemberId("member/x"),
          .state = v1::AGREEMENT_STATE_PROPOSED,
          .digest = DigestOf(5),
          .text = "t",
          .member_envelope = "m",
          .changed_at = kNow,
          .proposed_at = kNow,
          .proposed_by = v1::ROLE_MEMBER_AGENT};
}

TEST_P(SignedTextsContract, OpenProposalsAreCountedByMemberAndSide) {
  auto transaction = Write();
  AgreementRow others = Agreement("d", 1), by_secretariat = Agreement("e", 1);
  others.member_id = base::MemberId("member/y");
  by_secretariat.proposed_by = v1::ROLE_SECRETARIAT;
  AgreementRow taken_back = Agreement("c", 1);
  for (const AgreementRow& row : {Agreement("a", 1), Agreement("a", 2), Agreement("b", 1),
                                  taken_back, others, by_secretariat}) {
    ASSERT_TRUE(transaction->InsertAgreement(row).ok());
  }
  taken_back.state = v1::AGREEMENT_STATE_ENDED;
  ASSERT_TRUE(transaction->UpdateAgreement(taken_back).ok());
  const base::MemberId member("member/x");
  EXPECT_EQ(*transaction->CountOpenProposals(member, v1::ROLE_MEMBER_AGENT), 3);
  EXPECT_EQ(*transaction->CountOpenProposals(member, v1::ROLE_SECRETARIAT), 1);
  EXPECT_EQ(*transaction->CountOpenProposals(base::MemberId("member/z"), v1::ROLE_MEMBER_AGENT), 0);
}

TEST_P(SignedTextsContract, AnAgreementKeepsWhoDidWhatWhenAndItsTextNeverChanges) {
  AgreementRow row = Agreement("a", 1);
  auto transaction = Write();
  EXPECT_TRUE(absl::IsNotFound(transaction->UpdateAgreement(row)));
  ASSERT_TRUE(transaction->InsertAgreement(row).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertAgreement(row)));
  row.state = v1::AGREEMENT_STATE_ACTIVE;
  row.secretariat_envelope = "s";
  row.activated_at = kNow + absl::Hours(1);
  row.notice_at = kNow + absl::Hours(2);
  row.notice_by = v1::ROLE_SECRETARIAT;
  row.ends_at = kNow + absl::Hours(3);
  row.text = "another";
  ASSERT_TRUE(transaction->UpdateAgreement(row).ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  Reopen();
  const AgreementRow found = Read()->FindAgreement("a", 1)->value();
  EXPECT_EQ(found.text, "t");
  EXPECT_EQ(found.digest, DigestOf(5));
  EXPECT_EQ(found.secretariat_envelope, "s");
  EXPECT_EQ(found.member_envelope, "m");
  EXPECT_EQ(found.state, v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_EQ(found.proposed_at, kNow);
  EXPECT_EQ(found.proposed_by, v1::ROLE_MEMBER_AGENT);
  EXPECT_EQ(found.activated_at, kNow + absl::Hours(1));
  EXPECT_EQ(found.notice_at, kNow + absl::Hours(2));
  EXPECT_EQ(found.notice_by, v1::ROLE_SECRETARIAT);
  EXPECT_EQ(found.ends_at, kNow + absl::Hours(3));
}

TEST_P(SignedTextsContract, AgreementsPastTheirNoticeAreFoundUntilTheyHaveEnded) {
  auto transaction = Write();
  for (const int hour : {1, 2, 3}) {
    AgreementRow row = Agreement(std::string(1, static_cast<char>('a' + hour)), 1);
    row.state = v1::AGREEMENT_STATE_ACTIVE;
    row.ends_at = kNow + absl::Hours(hour);
    ASSERT_TRUE(transaction->InsertAgreement(row).ok());
  }
  ASSERT_TRUE(transaction->InsertAgreement(Agreement("without", 1)).ok());
  EXPECT_TRUE(transaction->ListAgreementsPastNotice(kNow, 9)->empty());
  auto past = *transaction->ListAgreementsPastNotice(kNow + absl::Hours(2), 9);
  ASSERT_EQ(past.size(), 2u);
  EXPECT_EQ(past[0].dua_id, "b");
  EXPECT_EQ(past[1].dua_id, "c");
  EXPECT_EQ(transaction->ListAgreementsPastNotice(kNow + absl::Hours(2), 1)->size(), 1u);
  past[0].state = v1::AGREEMENT_STATE_ENDED;
  ASSERT_TRUE(transaction->UpdateAgreement(past[0]).ok());
  EXPECT_EQ(transaction->ListAgreementsPastNotice(kNow + absl::Hours(2), 9)->size(), 1u);
}

PolicyRow Policy(uint8_t digest, const std::string& id, uint32_t version, uint64_t sequence) {
  return {.digest = DigestOf(digest),
          .text = "text of " + id,
          .loaded_at = kNow,
          .id = id,
          .version = version,
          .proposed_sequence = sequence};
}

TEST_P(SignedTextsContract, APolicyIsKeptOnceAndItsTextNeverChanges) {
  auto transaction = Write();
  PolicyRow row = Policy(1, "p", 3, 7);
  EXPECT_TRUE(absl::IsNotFound(transaction->UpdatePolicy(row)));
  ASSERT_TRUE(transaction->InsertPolicy(row).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertPolicy(row)));
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertPolicy(Policy(2, "p", 3, 8))))
      << "one text for an id and version";
  row.in_force_at = kNow + absl::Hours(1);
  row.in_force_sequence = 9;
  row.text = "another";
  ASSERT_TRUE(transaction->UpdatePolicy(row).ok());
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  Reopen();
  const PolicyRow found = Read()->FindPolicy(DigestOf(1))->value();
  EXPECT_EQ(found.text, "text of p");
  EXPECT_EQ(found.id, "p");
  EXPECT_EQ(found.version, 3u);
  EXPECT_EQ(found.loaded_at, kNow);
  EXPECT_EQ(found.proposed_sequence, 7u);
  EXPECT_EQ(found.in_force_at, kNow + absl::Hours(1));
  EXPECT_EQ(found.in_force_sequence, 9u);
  EXPECT_FALSE(Read()->FindPolicy(DigestOf(2))->has_value());
}

TEST_P(SignedTextsContract, ThePolicyInForceIsTheOneThatCameIntoForceLast) {
  auto transaction = Write();
  EXPECT_FALSE(transaction->FindPolicyInForce()->has_value());
  PolicyRow first = Policy(1, "p", 1, 1), second = Policy(2, "p", 2, 2),
            third = Policy(3, "q", 1, 3);
  first.in_force_sequence = 9;
  second.in_force_sequence = 4;
  for (const PolicyRow& row : {first, second, third}) {
    ASSERT_TRUE(transaction->InsertPolicy(row).ok());
  }
  EXPECT_EQ(transaction->FindPolicyInForce()->value().digest, DigestOf(1));
}

TEST_P(SignedTextsContract, PoliciesAreListedNewestFirstAndVersionsAreKnownById) {
  auto transaction = Write();
  EXPECT_EQ(transaction->FindPolicyVersions("p")->proposed, 0u);
  ASSERT_TRUE(transaction->InsertPolicy(Policy(1, "p", 1, 10)).ok());
  ASSERT_TRUE(transaction->InsertPolicy(Policy(2, "q", 7, 20)).ok());
  ASSERT_TRUE(transaction->InsertPolicy(Policy(3, "p", 5, 30)).ok());
  // A row of the first schema has no id and is no part of the history; there may be several.
  ASSERT_TRUE(transaction->InsertPolicy(Policy(4, "", 0, 0)).ok());
  ASSERT_TRUE(transaction->InsertPolicy(Policy(5, "", 0, 0)).ok());
  EXPECT_EQ(transaction->FindPolicyVersions("p")->proposed, 5u);
  EXPECT_EQ(transaction->FindPolicyVersions("p")->in_force, 0u);
  EXPECT_EQ(transaction->FindPolicyVersions("q")->proposed, 7u);
  PolicyRow was_in_force = Policy(1, "p", 1, 10);
  was_in_force.in_force_sequence = 12;
  ASSERT_TRUE(transaction->UpdatePolicy(was_in_force).ok());
  EXPECT_EQ(transaction->FindPolicyVersions("p")->in_force, 1u);
  EXPECT_EQ(transaction->FindPolicyVersions("p")->proposed, 5u);
  EXPECT_EQ(transaction->FindPolicyVersions("q")->in_force, 0u);
  const auto page = *transaction->ListPolicies(UINT64_MAX, 2);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].digest, DigestOf(3));
  EXPECT_EQ(page[1].digest, DigestOf(2));
  const auto rest = *transaction->ListPolicies(20, 2);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].digest, DigestOf(1));
}

TEST_P(SignedTextsContract, APersonSignsAPolicyOnceAndMaySignAnew) {
  auto transaction = Write();
  PolicySignatureRow row{.digest = DigestOf(1),
                         .spiffe_id = "spiffe://h/b",
                         .public_key = std::vector<uint8_t>(32, 1),
                         .envelope = "one",
                         .signed_at = kNow + absl::Hours(1)};
  EXPECT_FALSE(transaction->InsertPolicySignature(row).ok()) << "of no policy";
  ASSERT_TRUE(transaction->InsertPolicy(Policy(1, "p", 1, 1)).ok());
  EXPECT_TRUE(absl::IsNotFound(transaction->UpdatePolicySignature(row)));
  ASSERT_TRUE(transaction->InsertPolicySignature(row).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(transaction->InsertPolicySignature(row)));
  PolicySignatureRow hub{.digest = DigestOf(1), .spiffe_id = "spiffe://h/hub", .signed_at = kNow};
  ASSERT_TRUE(transaction->InsertPolicySignature(hub).ok());
  auto found = *transaction->ListPolicySignatures(DigestOf(1));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].spiffe_id, "spiffe://h/hub") << "by time";
  EXPECT_TRUE(found[0].envelope.empty());
  EXPECT_EQ(found[1].public_key, row.public_key);
  row.envelope = "two";
  row.public_key.assign(32, 2);
  row.signed_at = kNow + absl::Hours(5);
  ASSERT_TRUE(transaction->UpdatePolicySignature(row).ok());
  found = *transaction->ListPolicySignatures(DigestOf(1));
  EXPECT_EQ(found[1].envelope, "two");
  EXPECT_EQ(found[1].public_key, row.public_key);
  EXPECT_EQ(found[1].signed_at, kNow + absl::Hours(5));
  EXPECT_TRUE(transaction->ListPolicySignatures(DigestOf(2))->empty());
}

INSTANTIATE_TEST_SUITE_P(Implementations, SignedTextsContract, testing::Values(Sqlcipher()),
                         NameOf);

}  // namespace
}  // namespace renkei::hub::store
