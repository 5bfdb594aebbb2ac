// The life of a policy: proposed, approved by a second person, in force, superseded; and what it
// does to rounds.
#include "absl/strings/str_replace.h"
#include "policy/base/files.h"
#include "policy/rules/policy_document.h"
#include "tests/integration/hub/people_world.h"

namespace renkei::hub {
namespace {

using grpc::StatusCode;

std::string Version(int version, const std::string& from = "", const std::string& to = "") {
  const std::string text = policy::rules::Policy::Default()->text();
  std::string changed =
      absl::StrReplaceAll(text, {{"\nversion: 1\n", absl::StrCat("\nversion: ", version, "\n")}});
  if (!from.empty()) changed = absl::StrReplaceAll(changed, {{from, to}});
  return changed;
}
std::string Stricter(int version) {
  return Version(version, "min_cell_persons: 10", "min_cell_persons: 15");
}

class OnePerson : public PeopleWorld {};

TEST_F(OnePerson, TheInitialPolicyIsInForceByTheConfigurationAndSaysSo) {
  const std::vector<v1::PolicyRecord> policies = Policies();
  ASSERT_EQ(policies.size(), 1u);
  EXPECT_EQ(policies[0].id(), "ndb-guideline-default");
  EXPECT_EQ(policies[0].state(), v1::POLICY_STATE_IN_FORCE);
  EXPECT_FALSE(policies[0].two_person());
  ASSERT_EQ(policies[0].signature_size(), 1);
  EXPECT_EQ(policies[0].signature(0).who(), "spiffe://hub.shonai.example/hub");
  EXPECT_FALSE(policies[0].signature(0).has_envelope());
  EXPECT_EQ(crypto::ToBytes(crypto::Sha256(base::AsBytes(policies[0].text()))),
            policies[0].digest());
}

TEST_F(OnePerson, AProposalIsInForceAtOnceAndNewRoundsAreOpenedUnderIt) {
  Agent tsuruoka = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062031");
  Agree(&tsuruoka, 1);
  const v1::Round before = OpenRound();
  v1::PolicyRecord record;
  const grpc::Status status = ProposePolicy(FirstSecretary(), Stricter(2), &record);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  EXPECT_FALSE(record.two_person());
  const v1::Round after = OpenRound();
  EXPECT_EQ(DescriptorOf(after).policy_digest(), record.digest());
  EXPECT_NE(DescriptorOf(before).policy_digest(), record.digest());
  // The older round goes on under its own: the agent gets that text, and its contribution counts.
  v1::GetRoundRequest get;
  get.set_round_id(DescriptorOf(before).round_id());
  v1::GetRoundResponse seen;
  ASSERT_TRUE(RENKEI_CALL(tsuruoka.channel, RoundService, GetRound, get, &seen).ok());
  EXPECT_EQ(seen.policy_text(), policy::rules::Policy::Default()->text());
  EXPECT_TRUE(Submit(tsuruoka, StatementFor(tsuruoka, before)).ok());
  get.set_round_id(DescriptorOf(after).round_id());
  ASSERT_TRUE(RENKEI_CALL(tsuruoka.channel, RoundService, GetRound, get, &seen).ok());
  EXPECT_EQ(seen.policy_text(), Stricter(2));
  tsuruoka.channel.reset();

  const std::vector<v1::PolicyRecord> history = Policies();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].state(), v1::POLICY_STATE_IN_FORCE);
  EXPECT_EQ(history[1].state(), v1::POLICY_STATE_SUPERSEDED);
  EXPECT_TRUE(crypto::VerifyEnvelope(history[0].signature(0).envelope(), crypto::kPolicyType,
                                     SecretariatSigner()->public_key())
                  .ok());
  const std::vector<std::string> approved = Entries("policy.approved");
  ASSERT_EQ(approved.size(), 2u);
  EXPECT_NE(approved[1].find("\"two_person\":false"), std::string::npos);
  EXPECT_NE(approved[1].find("\"policy_id\":\"ndb-guideline-default\""), std::string::npos);
  EXPECT_NE(approved[1].find("\"dsse\":\"" +
                             crypto::ToHex(crypto::Sha256(base::AsBytes(
                                 history[0].signature(0).envelope().SerializeAsString())))),
            std::string::npos);
}

TEST_F(OnePerson, ThePolicyInForceOutlivesARestart) {
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(FirstSecretary(), Stricter(2), &record).ok());
  server_->Stop(absl::Seconds(1));
  server_.reset();
  StartServer();
  EXPECT_EQ(Policies()[0].digest(), record.digest());
  EXPECT_EQ(Policies()[0].state(), v1::POLICY_STATE_IN_FORCE);
  EXPECT_NE(
      Entries("log.started").back().find(crypto::ToHex(*crypto::DigestFromBytes(record.digest()))),
      std::string::npos);
}

TEST_F(OnePerson, AnotherPolicyFileAfterTheFirstStartIsRefusedNotFollowed) {
  server_->Stop(absl::Seconds(1));
  server_.reset();
  std::ofstream(Path("other.textproto")) << Stricter(2);
  std::ofstream(Path("hub/hub.textproto"), std::ios::app)
      << "policy_file: \"" << Path("other.textproto") << "\"\n";
  const auto refused = app::Server::Start(Path("hub"), clock_, random_);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition) << refused.status();
  EXPECT_NE(std::string(refused.status().message()).find("renkei policy propose"),
            std::string::npos);
  std::ofstream(Path("other.textproto")) << policy::rules::Policy::Default()->text();
  EXPECT_TRUE(app::Server::Start(Path("hub"), clock_, random_).ok()) << "the known one";
}

TEST_F(OnePerson, VersionsOfAnIdRise) {
  v1::PolicyRecord first, again;
  const Person secretary = FirstSecretary();
  ASSERT_TRUE(ProposePolicy(secretary, Stricter(2), &first).ok());
  ASSERT_TRUE(ProposePolicy(secretary, Stricter(2), &again).ok());
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(Entries("policy.proposed").size(), 2u);
  const grpc::Status same = ProposePolicy(secretary, Version(2), &again);
  EXPECT_EQ(same.error_code(), StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(ReasonOf(same), v1::ERROR_REASON_CONFLICT);
  const grpc::Status older = ProposePolicy(secretary, Stricter(1), &again);
  EXPECT_EQ(older.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(older), v1::ERROR_REASON_REVISION);
  // Another id has versions of its own.
  EXPECT_TRUE(ProposePolicy(secretary, Version(1, "ndb-guideline-default", "shonai"), &again).ok());
}

TEST_F(OnePerson, WhatIsNoPolicyIsRefusedWithItsPlace) {
  v1::PolicyRecord record;
  const Person secretary = FirstSecretary();
  const grpc::Status faulty =
      ProposePolicy(secretary, Version(2, "min_cell_persons: 10", "min_cell_persons: 9"), &record);
  EXPECT_EQ(faulty.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(faulty), v1::ERROR_REASON_MALFORMED);
  EXPECT_NE(faulty.error_message().find("policy:6: min_cell_persons"), std::string::npos)
      << faulty.error_message();
  const grpc::Status edition =
      ProposePolicy(secretary, Version(2, "juki-2025-01-01", "juki-2031-01-01"), &record);
  EXPECT_EQ(edition.error_code(), StatusCode::INVALID_ARGUMENT);
  v1::ProposePolicyRequest request;
  v1::ProposePolicyResponse response;
  *request.mutable_envelope() =
      crypto::SignEnvelope(crypto::kAgreementType, Stricter(2), *secretary.signer);
  const grpc::Status type =
      RENKEI_CALL(secretariat_, PolicyService, ProposePolicy, request, &response);
  EXPECT_EQ(ReasonOf(type), v1::ERROR_REASON_WRONG_TYPE);
  const auto stranger = *crypto::MakeEd25519Signer(crypto::GenerateEd25519Seed(random_));
  *request.mutable_envelope() = crypto::SignEnvelope(crypto::kPolicyType, Stricter(2), *stranger);
  const grpc::Status forged =
      RENKEI_CALL(secretariat_, PolicyService, ProposePolicy, request, &response);
  EXPECT_EQ(ReasonOf(forged), v1::ERROR_REASON_SIGNATURE);
  EXPECT_EQ(Policies().size(), 1u);
}

TEST_F(OnePerson, OnlyTheSecretariatProposesAndOnlyItAndAuditorsRead) {
  v1::ProposePolicyRequest propose;
  v1::ProposePolicyResponse proposed;
  v1::ListPoliciesRequest list;
  v1::ListPoliciesResponse listed;
  for (const auto& channel : {operator_, auditor_}) {
    EXPECT_EQ(ReasonOf(RENKEI_CALL(channel, PolicyService, ProposePolicy, propose, &proposed)),
              v1::ERROR_REASON_ROLE);
  }
  EXPECT_EQ(ReasonOf(RENKEI_CALL(operator_, PolicyService, ListPolicies, list, &listed)),
            v1::ERROR_REASON_ROLE);
  EXPECT_TRUE(RENKEI_CALL(secretariat_, PolicyService, ListPolicies, list, &listed).ok());
  EXPECT_EQ(Entries("access.denied").size(), 2u);
}

TEST_F(OnePerson, TheHistoryIsReadInPages) {
  v1::PolicyRecord record;
  for (int version = 2; version <= 4; ++version) {
    ASSERT_TRUE(ProposePolicy(FirstSecretary(), Version(version), &record).ok());
  }
  v1::ListPoliciesRequest list;
  list.set_page_size(3);
  v1::ListPoliciesResponse listed;
  ASSERT_TRUE(RENKEI_CALL(auditor_, PolicyService, ListPolicies, list, &listed).ok());
  ASSERT_EQ(listed.policy_size(), 3);
  EXPECT_EQ(listed.policy(0).version(), 4u);
  list.set_page_token(listed.next_page_token());
  ASSERT_TRUE(RENKEI_CALL(auditor_, PolicyService, ListPolicies, list, &listed).ok());
  ASSERT_EQ(listed.policy_size(), 1);
  EXPECT_EQ(listed.policy(0).version(), 1u);
  EXPECT_TRUE(listed.next_page_token().empty());
}

TEST_F(OnePerson, ACheckSaysWhatChangesForOpenAndClosedRoundsAndChangesNothing) {
  Agent tsuruoka = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062031");
  Agree(&tsuruoka, 1);
  tsuruoka.channel.reset();
  const v1::Round open = OpenRound();
  const v1::Round closed = OpenRound({"finding_waist"});
  ASSERT_TRUE(Close(closed).ok());
  v1::CheckPolicyRequest request;
  v1::CheckPolicyResponse response;
  request.set_policy_text(
      Version(2, "contribution_max_age_days: 7", "contribution_max_age_days: 6"));
  ASSERT_TRUE(RENKEI_CALL(secretariat_, PolicyService, CheckPolicy, request, &response).ok());
  ASSERT_EQ(response.round_size(), 2);
  EXPECT_FALSE(response.round(0).blocks_release());
  request.set_policy_text(Stricter(2));
  ASSERT_TRUE(RENKEI_CALL(secretariat_, PolicyService, CheckPolicy, request, &response).ok());
  ASSERT_EQ(response.round_size(), 2);
  for (const auto& round : response.round()) {
    EXPECT_TRUE(round.blocks_release());
    ASSERT_EQ(round.field_size(), 1);
    EXPECT_EQ(round.field(0), "min_cell_persons");
  }
  EXPECT_EQ(response.round(0).state(), v1::ROUND_STATE_OPEN);
  EXPECT_EQ(response.round(1).state(), v1::ROUND_STATE_CLOSED);
  EXPECT_EQ(response.in_force_digest(), Policies()[0].digest());
  // Another area's secretariat sees its own rounds only.
  const Person other = MakePerson(v1::ROLE_SECRETARIAT, "0602", "s");
  ASSERT_TRUE(RENKEI_CALL(other.channel, PolicyService, CheckPolicy, request, &response).ok());
  EXPECT_EQ(response.round_size(), 0);
  request.set_policy_text("min_cell_persons: 9");
  EXPECT_EQ(RENKEI_CALL(secretariat_, PolicyService, CheckPolicy, request, &response).error_code(),
            StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Policies().size(), 1u);
}

class TwoPersons : public PeopleWorld {
 protected:
  std::string MoreConfig() override { return "two_person: true\n"; }
  void SetUp() override {
    HubWorld::SetUp();
    first_ = FirstSecretary();
    second_ = MakePerson(v1::ROLE_SECRETARIAT, "0604", "secretariat-2");
  }
  void TearDown() override {
    first_.channel.reset();
    second_.channel.reset();
    HubWorld::TearDown();
  }
  void ApproveInitial() {
    v1::PolicyRecord record;
    const std::string text = policy::rules::Policy::Default()->text();
    ASSERT_TRUE(ApprovePolicy(first_, text, &record).ok());
    EXPECT_EQ(record.state(), v1::POLICY_STATE_PROPOSED);
    ASSERT_TRUE(ApprovePolicy(second_, text, &record).ok());
    ASSERT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  }
  Person first_, second_;
};

TEST_F(TwoPersons, NothingStartsBeforeTwoPersonsHaveSignedTheInitialPolicy) {
  EXPECT_EQ(Entries("policy.proposed").size(), 1u);
  EXPECT_EQ(Entries("policy.approved").size(), 0u);
  EXPECT_EQ(Policies()[0].state(), v1::POLICY_STATE_PROPOSED);
  EXPECT_TRUE(Policies()[0].two_person());
  Agent tsuruoka = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062031");
  v1::ProposeAgreementResponse proposed;
  EXPECT_EQ(ReasonOf(Propose(AgreementText(tsuruoka, 1), &proposed)),
            v1::ERROR_REASON_POLICY_STALE);
  ApproveInitial();
  EXPECT_EQ(Entries("policy.approved").size(), 2u);
  Agree(&tsuruoka, 1);
  const v1::Round round = OpenRound();
  EXPECT_TRUE(Submit(tsuruoka, StatementFor(tsuruoka, round)).ok());
  tsuruoka.channel.reset();
}

TEST_F(TwoPersons, AProposalWaitsForAnotherPerson) {
  ApproveInitial();
  const std::string before = Policies()[0].digest();
  Agent tsuruoka = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062031");
  Agree(&tsuruoka, 1);
  tsuruoka.channel.reset();
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(first_, Stricter(2), &record).ok());
  EXPECT_EQ(record.state(), v1::POLICY_STATE_PROPOSED);
  ASSERT_TRUE(ApprovePolicy(first_, Stricter(2), &record).ok()) << "signed already";
  EXPECT_EQ(record.state(), v1::POLICY_STATE_PROPOSED) << "one person counts once";
  EXPECT_EQ(record.signature_size(), 1);
  EXPECT_EQ(DescriptorOf(OpenRound()).policy_digest(), before);
  ASSERT_TRUE(ApprovePolicy(second_, Stricter(2), &record).ok());
  EXPECT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  ASSERT_EQ(record.signature_size(), 2);
  EXPECT_EQ(record.signature(0).who(), first_.spiffe_id);
  EXPECT_EQ(record.signature(1).who(), second_.spiffe_id);
  EXPECT_EQ(DescriptorOf(OpenRound({"finding_waist"})).policy_digest(), record.digest());
}

TEST_F(TwoPersons, OneKeyInTwoHandsIsOnePerson) {
  const Person twin = MakePerson(v1::ROLE_SECRETARIAT, "0604", "twin", SecretariatSigner());
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(first_, Stricter(2), &record).ok());
  const grpc::Status refused = ApprovePolicy(twin, Stricter(2), &record);
  EXPECT_EQ(refused.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_SIGNATURE);
  EXPECT_EQ(Policies()[0].state(), v1::POLICY_STATE_PROPOSED);
}

TEST_F(TwoPersons, TheSecondSignsTheSameBytesWithItsOwnKey) {
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(first_, Stricter(2), &record).ok());
  v1::ApprovePolicyRequest request;
  v1::ApprovePolicyResponse response;
  request.set_digest(record.digest());
  *request.mutable_envelope() =
      crypto::SignEnvelope(crypto::kPolicyType, Version(2), *second_.signer);
  EXPECT_EQ(
      ReasonOf(RENKEI_CALL(second_.channel, PolicyService, ApprovePolicy, request, &response)),
      v1::ERROR_REASON_CONFLICT);
  *request.mutable_envelope() =
      crypto::SignEnvelope(crypto::kPolicyType, Stricter(2), *first_.signer);
  EXPECT_EQ(
      ReasonOf(RENKEI_CALL(second_.channel, PolicyService, ApprovePolicy, request, &response)),
      v1::ERROR_REASON_SIGNATURE);
  request.set_digest(std::string(32, 'x'));
  EXPECT_EQ(
      RENKEI_CALL(second_.channel, PolicyService, ApprovePolicy, request, &response).error_code(),
      StatusCode::NOT_FOUND);
  request.set_digest("short");
  EXPECT_EQ(
      RENKEI_CALL(second_.channel, PolicyService, ApprovePolicy, request, &response).error_code(),
      StatusCode::INVALID_ARGUMENT);
}

TEST_F(TwoPersons, ASignatureThatNobodyFollowedFor72HoursIsMadeAgain) {
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(first_, Stricter(2), &record).ok());
  clock_.offset = absl::Hours(72) + absl::Minutes(1);
  ASSERT_TRUE(ApprovePolicy(second_, Stricter(2), &record).ok());
  EXPECT_EQ(record.state(), v1::POLICY_STATE_PROPOSED) << "the first has run out";
  clock_.offset += absl::Hours(71);
  ASSERT_TRUE(ApprovePolicy(first_, Stricter(2), &record).ok());
  EXPECT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  EXPECT_EQ(record.signature_size(), 2);
}

TEST_F(TwoPersons, AnOlderVersionIsNotApprovedOverANewerOne) {
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(first_, Version(2), &record).ok());
  ASSERT_TRUE(ProposePolicy(first_, Stricter(3), &record).ok());
  ASSERT_TRUE(ApprovePolicy(second_, Stricter(3), &record).ok());
  const grpc::Status refused = ApprovePolicy(second_, Version(2), &record);
  EXPECT_EQ(refused.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_REVISION);
  EXPECT_EQ(Policies()[1].version(), 2u);
  EXPECT_EQ(Policies()[1].state(), v1::POLICY_STATE_OVERTAKEN);
}

TEST_F(TwoPersons, AnAuditorsSignatureDoesNotCount) {
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(first_, Stricter(2), &record).ok());
  Person auditor = MakePerson(v1::ROLE_AUDITOR, "council", "auditor-2");
  EXPECT_EQ(ReasonOf(ApprovePolicy(auditor, Stricter(2), &record)), v1::ERROR_REASON_ROLE);
  EXPECT_EQ(Policies()[0].state(), v1::POLICY_STATE_PROPOSED);
}

// A hub that ran with one person and is changed to two.
TEST_F(OnePerson, WhoAsksForTwoLaterNeedsTwoForWhatIsInForceToo) {
  Agent tsuruoka = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062031");
  Agree(&tsuruoka, 1);
  const v1::Round round = OpenRound();
  server_->Stop(absl::Seconds(1));
  server_.reset();
  std::string config = *base::ReadFile(Path("hub/hub.textproto"), 1 << 20);
  std::ofstream(Path("hub/hub.textproto")) << config << "two_person: true\n";
  StartServer();
  Connect(&tsuruoka);
  const grpc::Status refused = Submit(tsuruoka, StatementFor(tsuruoka, round));
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_POLICY_STALE) << refused.error_message();
  v1::Round none;
  EXPECT_EQ(ReasonOf(Open({"finding_bmi"}, &none)), v1::ERROR_REASON_POLICY_STALE);
  const std::string text = policy::rules::Policy::Default()->text();
  v1::PolicyRecord record;
  ASSERT_TRUE(ApprovePolicy(FirstSecretary(), text, &record).ok());
  EXPECT_EQ(ReasonOf(Open({"finding_bmi"}, &none)), v1::ERROR_REASON_POLICY_STALE);
  EXPECT_EQ(ReasonOf(Submit(tsuruoka, StatementFor(tsuruoka, round))),
            v1::ERROR_REASON_POLICY_STALE);
  const Person second = MakePerson(v1::ROLE_SECRETARIAT, "0604", "secretariat-2");
  ASSERT_TRUE(ApprovePolicy(second, text, &record).ok());
  EXPECT_EQ(record.signature_size(), 3) << "the hub's own is shown beside them";
  EXPECT_TRUE(Submit(tsuruoka, StatementFor(tsuruoka, round)).ok());
  EXPECT_TRUE(Open({"finding_bmi"}, &none).ok());
  tsuruoka.channel.reset();
}

}  // namespace
}  // namespace renkei::hub
