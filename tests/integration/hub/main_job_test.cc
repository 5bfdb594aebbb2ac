// The main job at the hub: enrolment, agreement, round, contributions, release, query.
#include <set>

#include "absl/strings/str_replace.h"
#include "policy/rules/policy_document.h"
#include "tests/integration/hub/people_world.h"

namespace renkei::hub {
namespace {

class MainJob : public PeopleWorld {
 protected:
  void SetUp() override {
    HubWorld::SetUp();
    for (const char* code : {"062031", "062049", "064262"}) {
      agents_.push_back(Enrol(v1::MEMBER_KIND_MUNICIPALITY, code));
      Agree(&agents_.back(), static_cast<int>(agents_.size()));
    }
  }
  void TearDown() override {
    agents_.clear();
    HubWorld::TearDown();
  }
  std::vector<Agent> agents_;
};

TEST_F(MainJob, FromEnrolmentToTheTableOfTheArea) {
  const v1::Round round = OpenRound();
  const v1::RoundDescriptor descriptor = DescriptorOf(round);
  EXPECT_EQ(descriptor.member_size(), 3);
  EXPECT_EQ(descriptor.municipality_size(), 5);
  EXPECT_EQ(descriptor.audience(), "hub.shonai.example/log/1");
  EXPECT_EQ(round.descriptor_digest(),
            crypto::ToBytes(crypto::Sha256(base::AsBytes(round.descriptor_bytes()))));

  for (const Agent& agent : agents_) {
    const v1::ContributionStatement statement = StatementFor(agent, round);
    v1::SubmitContributionResponse response;
    const grpc::Status status = Submit(agent, statement, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    // The receipt is the hub's word for exactly these bytes.
    EXPECT_TRUE(crypto::VerifyEnvelope(response.receipt(), crypto::kReceiptType,
                                       base::AsBytes(agent.enrolled.receipt_public_key()))
                    .ok());
    v1::ReceiptStatement receipt;
    ASSERT_TRUE(receipt.ParseFromString(response.receipt().payload()));
    EXPECT_EQ(receipt.request_id(), statement.request_id());
    EXPECT_EQ(receipt.payload_sha256(),
              crypto::ToBytes(crypto::Sha256(base::AsBytes(statement.SerializeAsString()))));
    EXPECT_EQ(receipt.revision(), 1u);
  }
  EXPECT_TRUE(Close(round).ok());
  EXPECT_TRUE(Close(round).ok()) << "closing is idempotent";
  v1::ReleaseHead head;
  grpc::Status status = MakeRelease(round, &head);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(head.number(), 1u);

  v1::QueryIndicatorsRequest query;
  query.set_area_code("0604");
  query.set_fiscal_year(2011);
  query.add_indicator("finding_bmi");
  v1::QueryIndicatorsResponse answer;
  status = RENKEI_CALL(secretariat_, IndicatorService, QueryIndicators, query, &answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(answer.row_size(), 1);
  const v1::ReleaseCell& cell = answer.row(0).cell();
  EXPECT_EQ(cell.state(), v1::CELL_STATE_PUBLISHED);
  // 3 members x 6 geographies x 2 sexes x 7 bands x (200 with, 300 without).
  EXPECT_EQ(cell.numerator(), 3u * 6 * 2 * 7 * 200);
  EXPECT_EQ(cell.denominator(), 3u * 6 * 2 * 7 * 500);
  EXPECT_EQ(cell.value_tenths(), 400u);
  EXPECT_EQ(cell.members(), v1::MEMBERS_CLASS_3_4);
  EXPECT_EQ(answer.release_sha256(), head.sha256());
  EXPECT_EQ(answer.row(0).area_name(), "庄内");

  // A member of the round and the auditor read the same release, byte for byte.
  v1::GetReleaseRequest get;
  get.set_number(1);
  v1::GetReleaseResponse to_member, to_auditor;
  EXPECT_TRUE(RENKEI_CALL(agents_[0].channel, ReleaseService, GetRelease, get, &to_member).ok());
  EXPECT_TRUE(RENKEI_CALL(auditor_, ReleaseService, GetRelease, get, &to_auditor).ok());
  EXPECT_EQ(to_member.release_bytes(), to_auditor.release_bytes());
  v1::Release release;
  ASSERT_TRUE(release.ParseFromString(to_member.release_bytes()));
  EXPECT_EQ(release.gates_not_evaluated_size(), 2);
  EXPECT_FALSE(release.two_person());
  EXPECT_EQ(release.agreement_digest_size(), 3);
}

TEST_F(MainJob, EveryAccountableActIsAnEntryAndNoneHoldsACount) {
  const v1::Round round = OpenRound();
  for (const Agent& agent : agents_) ASSERT_TRUE(Submit(agent, StatementFor(agent, round)).ok());
  ASSERT_TRUE(Close(round).ok());
  ASSERT_TRUE(MakeRelease(round).ok());
  EXPECT_EQ(Entries("log.started").size(), 2u);  // init and serve
  EXPECT_NE(Entries("log.started")[0].find("\"two_person\":false"), std::string::npos);
  EXPECT_EQ(Entries("policy.approved").size(), 1u);
  EXPECT_EQ(Entries("identity.code_issued").size(), 3u);
  EXPECT_EQ(Entries("identity.enrolled").size(), 6u);  // three bundles, three agents
  EXPECT_EQ(Entries("dua.proposed").size(), 3u);
  EXPECT_EQ(Entries("dua.signed").size(), 3u);
  EXPECT_EQ(Entries("dua.activated").size(), 3u);
  EXPECT_EQ(Entries("round.opened").size(), 1u);
  EXPECT_EQ(Entries("contribution.accepted").size(), 3u);
  EXPECT_EQ(Entries("round.closed").size(), 1u);
  EXPECT_EQ(Entries("compute.started").size(), 1u);
  EXPECT_EQ(Entries("compute.finished").size(), 1u);
  EXPECT_EQ(Entries("release.recorded").size(), 1u);
  v1::ListEntriesRequest request;
  v1::ListEntriesResponse all;
  ASSERT_TRUE(RENKEI_CALL(auditor_, AuditService, ListEntries, request, &all).ok());
  ASSERT_EQ(static_cast<uint64_t>(all.entry_size()), all.size());
  for (int i = 0; i < all.entry_size(); ++i) {
    EXPECT_EQ(all.entry(i).sequence(), static_cast<uint64_t>(i));
    EXPECT_EQ(all.entry(i).json().find("secretariat-1"), std::string::npos) << "a person's name";
    EXPECT_EQ(all.entry(i).json().find("会員"), std::string::npos);
  }
  // The secretariat sees its own area's entries only.
  v1::ListEntriesResponse own;
  ASSERT_TRUE(RENKEI_CALL(secretariat_, AuditService, ListEntries, request, &own).ok());
  EXPECT_GT(own.entry_size(), 0);
  EXPECT_LT(own.entry_size(), all.entry_size());
  for (const v1::LogEntry& entry : own.entry()) {
    EXPECT_NE(entry.json().find("\"area\":\"0604\""), std::string::npos);
  }
}

TEST_F(MainJob, AnAgentSeesItsOwnParticipationOnly) {
  const v1::Round round = OpenRound();
  ASSERT_TRUE(Submit(agents_[1], StatementFor(agents_[1], round)).ok());
  v1::ListRoundsRequest request;
  v1::ListRoundsResponse response;
  ASSERT_TRUE(RENKEI_CALL(agents_[0].channel, RoundService, ListRounds, request, &response).ok());
  ASSERT_EQ(response.round_size(), 1);
  ASSERT_EQ(response.round(0).participation_size(), 1);
  EXPECT_EQ(response.round(0).participation(0).member(), agents_[0].member_id());
  EXPECT_FALSE(response.round(0).participation(0).contributed());
  v1::GetRoundRequest get;
  get.set_round_id(DescriptorOf(round).round_id());
  v1::GetRoundResponse whole;
  ASSERT_TRUE(RENKEI_CALL(secretariat_, RoundService, GetRound, get, &whole).ok());
  EXPECT_EQ(whole.round().participation_size(), 3);
  EXPECT_NE(whole.policy_text().find("min_cell_persons"), std::string::npos);
  EXPECT_EQ(crypto::ToBytes(crypto::Sha256(base::AsBytes(whole.policy_text()))),
            DescriptorOf(round).policy_digest());
}

TEST_F(MainJob, OnlyTheNewestRevisionCounts) {
  const v1::Round round = OpenRound();
  for (const Agent& agent : agents_) ASSERT_TRUE(Submit(agent, StatementFor(agent, round)).ok());
  v1::ContributionStatement first = StatementFor(agents_[0], round);
  first.set_revision(2);
  // Which id it replaces is known to the member alone; the hub has it as revision 1.
  EXPECT_EQ(ReasonOf(Submit(agents_[0], first)), v1::ERROR_REASON_REVISION);
  EXPECT_EQ(Submit(agents_[0], first).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  first.set_supersedes(base::MakeUuidV7(1, random_));
  EXPECT_EQ(Submit(agents_[0], first).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(MainJob, TheReleaseIsMadeOnceAndNeverAgain) {
  const v1::Round round = OpenRound({"finding_bmi"});
  EXPECT_EQ(ReasonOf(MakeRelease(round)), v1::ERROR_REASON_ROUND_OPEN);
  for (const Agent& agent : agents_) ASSERT_TRUE(Submit(agent, StatementFor(agent, round)).ok());
  ASSERT_TRUE(Close(round).ok());
  v1::ReleaseHead first, again;
  ASSERT_TRUE(MakeRelease(round, &first).ok());
  ASSERT_TRUE(MakeRelease(round, &again).ok());
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(Entries("release.recorded").size(), 1u);

  // R10: the same figures of the same area and year in another round.
  const v1::Round second = OpenRound({"finding_bmi"});
  for (const Agent& agent : agents_) ASSERT_TRUE(Submit(agent, StatementFor(agent, second)).ok());
  ASSERT_TRUE(Close(second).ok());
  const grpc::Status refused = MakeRelease(second);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_ALREADY_RELEASED);
  EXPECT_EQ(Entries("compute.denied").size(), 2u);
}

// The rest of a total is judged with the part that comes later (release_ledger_test.cc of policy).
TEST_F(MainJob, APartIsReleasedAfterItsTotalIfTheTwoFit) {
  const v1::Round total = OpenRound({"finding_bp"});
  const v1::Round larger = OpenRound({"finding_bp_ref"});
  const v1::Round part = OpenRound({"finding_bp_ref"});
  const v1::Round other = OpenRound({"finding_waist"});
  for (const v1::Round& round : {total, larger, part, other}) {
    for (const Agent& agent : agents_) {
      v1::ContributionStatement statement = StatementFor(agent, round);
      const bool is_larger = DescriptorOf(round).round_id() == DescriptorOf(larger).round_id();
      if (is_larger) statement.set_count(0, 201);
      ASSERT_TRUE(Submit(agent, statement).ok());
    }
    ASSERT_TRUE(Close(round).ok());
  }
  ASSERT_TRUE(MakeRelease(total).ok());
  EXPECT_EQ(ReasonOf(MakeRelease(larger)), v1::ERROR_REASON_ALREADY_RELEASED);
  EXPECT_TRUE(MakeRelease(part).ok());
  EXPECT_TRUE(MakeRelease(other).ok());
}

TEST_F(MainJob, SomeClassesOfTheSamePeopleAreNotAskedWithoutTheOthers) {
  v1::Round round;
  EXPECT_EQ(Open({"map_A1", "map_B2"}, &round).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(Open({"map_A1"}, &round).ok());
}

TEST_F(MainJob, AStricterPolicyAppliesToTheRoundsUnderWay) {
  const v1::Round released = OpenRound({"finding_bmi"});
  const v1::Round pending = OpenRound({"finding_waist"});
  for (const v1::Round* round : {&released, &pending}) {
    for (const Agent& agent : agents_) {
      ASSERT_TRUE(Submit(agent, StatementFor(agent, *round)).ok());
    }
    ASSERT_TRUE(Close(*round).ok());
  }
  v1::ReleaseHead first, again;
  ASSERT_TRUE(MakeRelease(released, &first).ok());
  const std::string strict = absl::StrReplaceAll(
      policy::rules::Policy::Default()->text(),
      {{"min_contributors: 3", "min_contributors: 4"}, {"version: 1\n", "version: 2\n"}});
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(FirstSecretary(), strict, &record).ok());
  ASSERT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  const grpc::Status refused = MakeRelease(pending);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << refused.error_message();
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_POLICY_STALE);
  ASSERT_TRUE(MakeRelease(released, &again).ok());
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
}

TEST_F(MainJob, TooFewMembersReleaseNothing) {
  const v1::Round round = OpenRound();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Submit(agents_[static_cast<size_t>(i)],
                       StatementFor(agents_[static_cast<size_t>(i)], round))
                    .ok());
  }
  ASSERT_TRUE(Close(round).ok());
  const grpc::Status refused = MakeRelease(round);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_TOO_FEW_MEMBERS);
}

TEST_F(MainJob, ARoundTakesInWhoseAgreementCoversTheQuestion) {
  Agent narrow = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "064289");
  Agree(&narrow, 9, "finding_waist");
  EXPECT_EQ(DescriptorOf(OpenRound({"finding_bmi"})).member_size(), 3);
  EXPECT_EQ(DescriptorOf(OpenRound({"finding_waist"})).member_size(), 4);
  v1::OpenRoundRequest request;
  request.set_area_code("0604");
  request.set_fiscal_year(2011);
  request.add_indicator("finding_bmi");
  request.add_member(narrow.member_id());
  v1::OpenRoundResponse response;
  const grpc::Status refused =
      RENKEI_CALL(secretariat_, RoundService, OpenRound, request, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_AGREEMENT_SCOPE);
  v1::Round round;
  EXPECT_EQ(Open({"no_such_measure"}, &round).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// Dominance has rules of its own (policy/disclosure/dominance.h): no contribution carries what they
// need, so no round asks for a sum.
TEST_F(MainJob, SumsOverPersonsAreNotAskedFor) {
  v1::Round round;
  for (const char* sum : {"cost_per_capita", "absence_rate", "mean_bmi"}) {
    const grpc::Status refused = Open({"finding_bp", sum}, &round);
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_NE(refused.error_message().find(std::string(sum) + " is a sum over persons"),
              std::string::npos)
        << refused.error_message();
  }
}

// Targets less the n of guidance are those who refused guidance data.
TEST_F(MainJob, GuidanceIsAskedWithItsTargetsOrWithoutTheirParts) {
  v1::Round round;
  const grpc::Status refused = Open({"guidance_motiv_rate", "guidance_use_rate"}, &round);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(refused.error_message().find("need guidance_target_rate beside them"),
            std::string::npos)
      << refused.error_message();
  EXPECT_TRUE(
      Open({"guidance_motiv_rate", "guidance_use_rate", "guidance_target_rate"}, &round).ok());
  EXPECT_TRUE(Open({"guidance_use_rate", "guidance_complete_rate"}, &round).ok());
  for (const char* other : {"tier_medicated", "transition_level_active_done_to_motiv"}) {
    EXPECT_EQ(Open({other, "guidance_use_rate"}, &round).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT)
        << other;
  }
}

// More classes than protection judges: one of the two, in one round or in two.
TEST_F(MainJob, WhatTheCatalogueKeepsApartIsNotReleasedOfOneAreaAndYear) {
  v1::Round round;
  const grpc::Status refused = Open({"continue_rate", "map_transition_A1_B2"}, &round);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(
      refused.error_message().find(
          "continue_rate and map_transition_A1_B2 are not released of the same area and year"),
      std::string::npos)
      << refused.error_message();
  const v1::Round first = OpenRound({"continue_rate"});
  const v1::Round second = OpenRound({"map_transition_A1_B2"});
  for (const v1::Round& each : {first, second}) {
    for (const Agent& agent : agents_) ASSERT_TRUE(Submit(agent, StatementFor(agent, each)).ok());
    ASSERT_TRUE(Close(each).ok());
  }
  ASSERT_TRUE(MakeRelease(first).ok());
  EXPECT_EQ(ReasonOf(MakeRelease(second)), v1::ERROR_REASON_ALREADY_RELEASED);
}

TEST_F(MainJob, AThresholdThatNoIntegerHoldsIsNoAgreement) {
  v1::ProposeAgreementResponse response;
  for (const char* line : {"min_contributors: 3000000000\n", "min_cell_persons: 100001\n"}) {
    const grpc::Status refused = Propose(AgreementText(agents_[0], 8, "*", line), &response);
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << line;
    EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_AGREEMENT_SCOPE);
  }
  EXPECT_TRUE(
      Propose(AgreementText(agents_[0], 8, "*", "min_contributors: 100000\n"), &response).ok());
}

TEST_F(MainJob, OneVersionOfAnAgreementIsInForce) {
  const auto version = [&](int number, int replaces) {
    return absl::StrReplaceAll(
        AgreementText(agents_[0], 1),
        {{"version: 1\n",
          absl::StrCat("version: ", number, "\nsupersedes_version: ", replaces, "\n")}});
  };
  v1::ProposeAgreementResponse second, third, fourth;
  ASSERT_TRUE(Propose(version(2, 1), &second).ok());
  ASSERT_TRUE(Propose(version(3, 1), &third).ok());
  ASSERT_TRUE(Propose(version(4, 1), &fourth).ok());
  v1::SignAgreementResponse answer;
  ASSERT_TRUE(Sign(agents_[0], second.agreement(), &answer).ok());
  ASSERT_TRUE(Sign(agents_[0], fourth.agreement(), &answer).ok());
  EXPECT_EQ(Sign(agents_[0], third.agreement(), &answer).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  v1::ListAgreementsRequest request;
  v1::ListAgreementsResponse list;
  ASSERT_TRUE(
      RENKEI_CALL(agents_[0].channel, AgreementService, ListAgreements, request, &list).ok());
  ASSERT_EQ(list.agreement_size(), 4);
  for (const v1::AgreementRecord& record : list.agreement()) {
    EXPECT_EQ(record.state() == v1::AGREEMENT_STATE_ACTIVE, record.version() == 4)
        << record.version();
  }
}

TEST_F(MainJob, TheSameAgreementTwiceIsOneAndAnotherTextIsRefused) {
  v1::ProposeAgreementResponse response;
  EXPECT_TRUE(Propose(AgreementText(agents_[0], 1), &response).ok());
  EXPECT_EQ(response.agreement().state(), v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_EQ(Entries("dua.proposed").size(), 3u);
  EXPECT_EQ(Propose(AgreementText(agents_[0], 1, "*", "notice_days: 30\n"), &response).error_code(),
            grpc::StatusCode::ALREADY_EXISTS);
  v1::SignAgreementResponse answer;
  EXPECT_EQ(Sign(agents_[1], agents_[0].agreement, &answer).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  // A member lists its own only.
  v1::ListAgreementsRequest request;
  v1::ListAgreementsResponse list;
  ASSERT_TRUE(
      RENKEI_CALL(agents_[0].channel, AgreementService, ListAgreements, request, &list).ok());
  ASSERT_EQ(list.agreement_size(), 1);
  EXPECT_EQ(list.agreement(0).member_id(), agents_[0].member_id());
  request.set_page_size(2);
  ASSERT_TRUE(RENKEI_CALL(secretariat_, AgreementService, ListAgreements, request, &list).ok());
  EXPECT_EQ(list.agreement_size(), 2);
  request.set_page_token(list.next_page_token());
  ASSERT_TRUE(RENKEI_CALL(secretariat_, AgreementService, ListAgreements, request, &list).ok());
  EXPECT_EQ(list.agreement_size(), 1);
}

}  // namespace
}  // namespace renkei::hub
