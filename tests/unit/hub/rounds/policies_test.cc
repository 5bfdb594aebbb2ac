// Who counts as a person, for how long a signature counts, and which versions an id may have.
#include "hub/rounds/policies.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/rounds/policy_in_force.h"
#include "policy/base/error.h"
#include "policy/base/random.h"
#include "policy/crypto/dsse.h"
#include "policy/crypto/ed25519.h"
#include "tests/support/hub_store.h"

namespace renkei::hub::rounds {
namespace {

constexpr char kSato[] = "spiffe://hub.example/secretariat/0604/sato";
constexpr char kSatoOfAnotherArea[] = "spiffe://hub.example/secretariat/0603/sato";
constexpr char kSuzuki[] = "spiffe://hub.example/secretariat/0604/suzuki";

class PoliciesTest : public HubStoreTest {
 protected:
  void SetUp() override {
    HubStoreTest::SetUp();
    terms_.two_person = true;
    terms_.population_editions = {
        policy::rules::Policy::Default()->document().population_edition()};
  }
  static std::string Text(int version, const std::string& id = "ndb-guideline-default",
                          const std::string& comment = "") {
    return absl::StrCat(
        absl::StrReplaceAll(policy::rules::Policy::Default()->text(),
                            {{"version: 1\n", absl::StrCat("version: ", version, "\n")},
                             {"ndb-guideline-default", id}}),
        comment);
  }
  log::Act By(const std::string& who) { return {.who = who, .now = now_, .random = &random_}; }
  // The state after the call, or its error. Each certificate has a key of its own.
  absl::StatusOr<v1::PolicyState> Call(const std::string& who, const std::string& text,
                                       bool propose) {
    const auto signer = *crypto::MakeEd25519Signer(
        base::Secret::Copy(std::vector<uint8_t>(32, who == kSato     ? 1
                                                    : who == kSuzuki ? 2
                                                                     : 3)));
    const v1::DsseEnvelope envelope = crypto::SignEnvelope(crypto::kPolicyType, text, *signer);
    auto transaction = *store_->Write();
    const auto row =
        propose ? ProposePolicy(*transaction, terms_, signer->public_key(), envelope, By(who))
                : ApprovePolicy(*transaction, terms_, signer->public_key(),
                                policy::rules::Policy::Parse(text, "test")->digest(), envelope,
                                By(who));
    if (!row.ok()) return row.status();
    const auto in_force = *transaction->FindPolicyInForce();
    const auto record = ToProto(*transaction, terms_, *row, in_force);
    EXPECT_TRUE(transaction->Commit().ok());
    return record->state();
  }
  absl::StatusOr<v1::PolicyState> Propose(const std::string& who, const std::string& text) {
    return Call(who, text, true);
  }
  absl::StatusOr<v1::PolicyState> Approve(const std::string& who, const std::string& text) {
    return Call(who, text, false);
  }
  // The policy in force by the configuration of one person, before two were asked for.
  void AdoptByOnePerson() {
    terms_.two_person = false;
    auto transaction = *store_->Write();
    ASSERT_TRUE(AdoptInitialPolicy(*transaction, terms_, *policy::rules::Policy::Default(), false,
                                   By("spiffe://hub.example/operator/hub"))
                    .ok());
    ASSERT_TRUE(transaction->Commit().ok());
    terms_.two_person = true;
  }
  bool IsAnyInForce() { return PolicyInForce(**store_->Read(), terms_).ok(); }

  Terms terms_;
  base::SystemRandom random_;
  absl::Time now_ = absl::FromUnixSeconds(1'795'000'000);
};

TEST_F(PoliciesTest, OnePersonWithTwoCertificatesIsOnePerson) {
  EXPECT_EQ(PersonOf(kSato), PersonOf(kSatoOfAnotherArea));
  EXPECT_NE(PersonOf(kSato), PersonOf(kSuzuki));
  EXPECT_EQ(PersonOf("spiffe://hub.example/operator/sato"), "sato");
  EXPECT_EQ(PersonOf("no id"), "no id");
  ASSERT_TRUE(Propose(kSato, Text(1)).ok());
  EXPECT_EQ(*Approve(kSatoOfAnotherArea, Text(1)), v1::POLICY_STATE_PROPOSED);
  EXPECT_FALSE(IsAnyInForce());
  EXPECT_EQ(*Approve(kSuzuki, Text(1)), v1::POLICY_STATE_IN_FORCE);
  EXPECT_TRUE(IsAnyInForce());
}

TEST_F(PoliciesTest, AnOldSignatureUnderOneCertificateIsMadeAgainUnderTheOther) {
  ASSERT_TRUE(Propose(kSato, Text(1)).ok());
  now_ += absl::Hours(73);
  EXPECT_EQ(*Approve(kSatoOfAnotherArea, Text(1)), v1::POLICY_STATE_PROPOSED);
  now_ += absl::Hours(1);
  EXPECT_EQ(*Approve(kSuzuki, Text(1)), v1::POLICY_STATE_IN_FORCE);
}

TEST_F(PoliciesTest, ThePolicyInForceTooNeedsTwoPersonsWithin72Hours) {
  AdoptByOnePerson();
  EXPECT_FALSE(IsAnyInForce());
  const std::string text = policy::rules::Policy::Default()->text();
  ASSERT_TRUE(Approve(kSato, text).ok());
  now_ += absl::Hours(72) + absl::Seconds(1);
  ASSERT_TRUE(Approve(kSuzuki, text).ok());
  EXPECT_FALSE(IsAnyInForce()) << "two attempts of one person each";
  ASSERT_TRUE(Approve(kSato, text).ok());
  EXPECT_TRUE(IsAnyInForce());
  // What was approved stays approved, whoever signs later.
  now_ += absl::Hours(1000);
  ASSERT_TRUE(Approve(kSuzuki, text).ok());
  EXPECT_TRUE(IsAnyInForce());
  ASSERT_TRUE(Approve(kSatoOfAnotherArea, text).ok());
  EXPECT_TRUE(IsAnyInForce());
}

TEST_F(PoliciesTest, ExactlyWithin72HoursIsInTime) {
  ASSERT_TRUE(Propose(kSato, Text(1)).ok());
  now_ += absl::Hours(72);
  EXPECT_EQ(*Approve(kSuzuki, Text(1)), v1::POLICY_STATE_IN_FORCE);
}

TEST_F(PoliciesTest, AVersionThatWasOvertakenStaysSoWhenAnotherPolicyIsInForce) {
  ASSERT_TRUE(Propose(kSato, Text(1)).ok());
  ASSERT_TRUE(Propose(kSato, Text(2)).ok());
  ASSERT_EQ(*Approve(kSuzuki, Text(2)), v1::POLICY_STATE_IN_FORCE);
  ASSERT_TRUE(Propose(kSato, Text(1, "shonai")).ok());
  ASSERT_EQ(*Approve(kSuzuki, Text(1, "shonai")), v1::POLICY_STATE_IN_FORCE);
  const absl::Status refused = Approve(kSuzuki, Text(1)).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::DetailOf(refused).reason(), v1::ERROR_REASON_REVISION);
  EXPECT_EQ(*Propose(kSato, Text(1)), v1::POLICY_STATE_OVERTAKEN);
  EXPECT_EQ(*Propose(kSato, Text(2)), v1::POLICY_STATE_SUPERSEDED);
}

TEST_F(PoliciesTest, AProposalThatNobodyFollowsTakesOneNumberAndNoMore) {
  EXPECT_EQ(Propose(kSato, Text(1'000'000)).status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Propose(kSato, Text(1)).ok());
  EXPECT_EQ(Propose(kSuzuki, Text(1, "ndb-guideline-default", "# mine\n")).status().code(),
            absl::StatusCode::kAlreadyExists);
  const absl::Status gap = Propose(kSuzuki, Text(3)).status();
  EXPECT_EQ(gap.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::DetailOf(gap).would_pass(), "version: 2");
  ASSERT_TRUE(Propose(kSuzuki, Text(2)).ok());
  EXPECT_EQ(*Approve(kSato, Text(2)), v1::POLICY_STATE_IN_FORCE);
}

}  // namespace
}  // namespace renkei::hub::rounds
