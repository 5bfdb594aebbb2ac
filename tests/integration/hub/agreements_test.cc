// The life of an agreement: proposed by either side, signed by the other, ended by a notice; and
// what it lets a release be.
#include "tests/integration/hub/agreements_world.h"

namespace renkei::hub {
namespace {

using grpc::StatusCode;

TEST_F(Agreements, AMemberProposesAndTheSecretariatSigns) {
  v1::ProposeAgreementResponse proposed;
  const std::string text = AgreementText(tsuruoka_, 1);
  const grpc::Status status = ProposeByMember(tsuruoka_, text, &proposed);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(proposed.agreement().state(), v1::AGREEMENT_STATE_PROPOSED);
  EXPECT_EQ(proposed.agreement().proposed_by(), v1::ROLE_MEMBER_AGENT);
  EXPECT_FALSE(proposed.agreement().has_secretariat());
  v1::Round none;
  EXPECT_EQ(ReasonOf(Open({"finding_bmi"}, &none)), v1::ERROR_REASON_NO_AGREEMENT);
  // Its own second signature is not the other side's.
  v1::SignAgreementResponse answer;
  v1::SignAgreementRequest own;
  own.set_dua_id(proposed.agreement().dua_id());
  own.set_version(1);
  *own.mutable_envelope() = crypto::SignEnvelope(crypto::kAgreementType, text, *tsuruoka_.signer);
  EXPECT_EQ(
      RENKEI_CALL(tsuruoka_.channel, AgreementService, SignAgreement, own, &answer).error_code(),
      StatusCode::FAILED_PRECONDITION);
  // Nor is a secretariat's of another area, which learns nothing.
  const Person other = MakePerson(v1::ROLE_SECRETARIAT, "0602", "s");
  EXPECT_EQ(ReasonOf(CounterSign(other, proposed.agreement(), &answer)), v1::ERROR_REASON_SCOPE);
  // A key that is not registered for who sends it.
  Person forged = FirstSecretary();
  forged.signer = *crypto::MakeEd25519Signer(crypto::GenerateEd25519Seed(random_));
  EXPECT_EQ(ReasonOf(CounterSign(forged, proposed.agreement(), &answer)),
            v1::ERROR_REASON_SIGNATURE);

  ASSERT_TRUE(CounterSign(FirstSecretary(), proposed.agreement(), &answer).ok());
  EXPECT_EQ(answer.agreement().state(), v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_EQ(answer.agreement().secretariat().payload(), answer.agreement().member().payload());
  EXPECT_TRUE(answer.agreement().has_proposed_at());
  EXPECT_TRUE(answer.agreement().has_activated_at());
  EXPECT_EQ(Entries("dua.proposed").size(), 1u);
  EXPECT_NE(Entries("dua.proposed")[0].find("/member/municipality/062031/"), std::string::npos);
  EXPECT_EQ(Entries("dua.activated").size(), 1u);
  tsuruoka_.agreement = answer.agreement();
  const v1::Round round = OpenRound();
  EXPECT_TRUE(Submit(tsuruoka_, StatementFor(tsuruoka_, round)).ok());
}

TEST_F(Agreements, AMemberProposesForItselfAndForOneAreaOfTheHub) {
  v1::ProposeAgreementResponse proposed;
  const Agent sakata = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062049");
  EXPECT_EQ(ReasonOf(ProposeByMember(tsuruoka_, AgreementText(sakata, 1), &proposed)),
            v1::ERROR_REASON_SCOPE);
  EXPECT_EQ(ReasonOf(ProposeByMember(
                tsuruoka_, absl::StrReplaceAll(AgreementText(tsuruoka_, 1), {{"0604", "0603"}}),
                &proposed)),
            v1::ERROR_REASON_AGREEMENT_SCOPE);
  EXPECT_EQ(ReasonOf(ProposeByMember(
                tsuruoka_, AgreementText(tsuruoka_, 1, "*", "area: \"0602\"\n"), &proposed)),
            v1::ERROR_REASON_AGREEMENT_SCOPE);
  EXPECT_EQ(Entries("dua.proposed").size(), 0u);
}

TEST_F(Agreements, AMemberHasAtMostTwentyProposalsOpen) {
  v1::ProposeAgreementResponse response;
  std::string text = AgreementText(tsuruoka_, 1);
  const auto propose = [&](int number) {
    clock_.offset += absl::Seconds(2);
    const std::string id = absl::StrCat("-bcce-b302099a8", absl::Dec(number, absl::kZeroPad3));
    return ProposeByMember(tsuruoka_, absl::StrReplaceAll(text, {{"-bcce-b302099a8001", id}}),
                           &response);
  };
  v1::AgreementRecord first, ended;
  for (int i = 1; i <= 20; ++i) {
    const grpc::Status status = propose(i);
    ASSERT_TRUE(status.ok()) << i << ": " << status.error_message();
    if (i == 1) first = response.agreement();
  }
  EXPECT_TRUE(propose(20).ok()) << "the same again is no other";
  EXPECT_EQ(propose(21).error_code(), StatusCode::RESOURCE_EXHAUSTED);
  v1::ProposeAgreementResponse by_secretariat;
  EXPECT_TRUE(Propose(AgreementText(tsuruoka_, 9), &by_secretariat).ok());
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, first, &ended).ok());
  EXPECT_TRUE(propose(21).ok());
}

TEST_F(Agreements, AProposalIsTakenBackAtOnceAndCannotBeSignedAfterwards) {
  v1::ProposeAgreementResponse proposed;
  ASSERT_TRUE(Propose(AgreementText(tsuruoka_, 1), &proposed).ok());
  v1::AgreementRecord record;
  ASSERT_TRUE(Withdraw(secretariat_, proposed.agreement(), &record).ok());
  EXPECT_EQ(record.state(), v1::AGREEMENT_STATE_ENDED);
  EXPECT_FALSE(record.has_notice_at());
  v1::SignAgreementResponse answer;
  EXPECT_EQ(ReasonOf(Sign(tsuruoka_, proposed.agreement(), &answer)), v1::ERROR_REASON_REVISION);
  EXPECT_EQ(Entries("dua.ended").size(), 1u);
  // What was never in force stands in nobody's way, and is superseded by nothing.
  v1::ProposeAgreementResponse second, third;
  ASSERT_TRUE(Propose(Revised(AgreementText(tsuruoka_, 1), 2), &second).ok());
  ASSERT_TRUE(Propose(Revised(AgreementText(tsuruoka_, 1), 3), &third).ok());
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, third.agreement(), &record).ok());
  EXPECT_TRUE(Sign(tsuruoka_, second.agreement(), &answer).ok());
  EXPECT_EQ(Entries("dua.superseded").size(), 0u);
}

TEST_F(Agreements, ANoticeRunsForItsDaysAndThenNothingIsAccepted) {
  Agree(&tsuruoka_, 1, "*", "notice_days: 10\n");
  const v1::Round round = OpenRound();
  v1::AgreementRecord record, again;
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, tsuruoka_.agreement, &record).ok());
  EXPECT_EQ(record.state(), v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_EQ(record.notice_by(), v1::ROLE_MEMBER_AGENT);
  EXPECT_EQ(record.ends_at().seconds() - record.notice_at().seconds(), 10 * 24 * 3600);
  clock_.offset = absl::Hours(24 * 3);
  ASSERT_TRUE(Withdraw(secretariat_, tsuruoka_.agreement, &again).ok());
  EXPECT_EQ(again.SerializeAsString(), record.SerializeAsString()) << "a later one moves nothing";
  EXPECT_EQ(Entries("dua.notice_given").size(), 1u);
  EXPECT_NE(Entries("dua.notice_given")[0].find("\"expires_at\":\""), std::string::npos);

  clock_.offset = absl::Hours(24 * 10) - absl::Minutes(1);
  const v1::ContributionStatement in_time = StatementFor(tsuruoka_, round);
  EXPECT_TRUE(Submit(tsuruoka_, in_time).ok());
  clock_.offset = absl::Hours(24 * 10) + absl::Minutes(1);
  v1::ContributionStatement late = StatementFor(tsuruoka_, round);
  late.set_revision(2);
  late.set_supersedes(in_time.request_id());
  EXPECT_EQ(ReasonOf(Submit(tsuruoka_, late)), v1::ERROR_REASON_NO_AGREEMENT);
  v1::Round none;
  EXPECT_EQ(ReasonOf(Open({"finding_waist"}, &none)), v1::ERROR_REASON_NO_AGREEMENT);
  // The caretaker makes it a state and an entry.
  for (int i = 0; i < 200 && Entries("dua.ended").empty(); ++i)
    absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(Entries("dua.ended").size(), 1u);
}

TEST_F(Agreements, NobodyWithdrawsFromTheAgreementOfOthers) {
  Agree(&tsuruoka_, 1);
  const Agent sakata = Enrol(v1::MEMBER_KIND_MUNICIPALITY, "062049");
  const Person other = MakePerson(v1::ROLE_SECRETARIAT, "0602", "s");
  v1::AgreementRecord record;
  for (const auto& channel : {sakata.channel, other.channel}) {
    const grpc::Status hidden = Withdraw(channel, tsuruoka_.agreement, &record);
    EXPECT_EQ(ReasonOf(hidden), v1::ERROR_REASON_SCOPE);
    v1::AgreementRecord nothing;
    nothing.set_dua_id("none");
    nothing.set_version(1);
    EXPECT_EQ(hidden.error_message(), Withdraw(channel, nothing, &record).error_message());
  }
  EXPECT_EQ(ReasonOf(Withdraw(auditor_, tsuruoka_.agreement, &record)), v1::ERROR_REASON_ROLE);
  EXPECT_EQ(Entries("dua.notice_given").size(), 0u);
}

TEST_F(Agreements, WhoeverRecallsIsLeftOutOfWhatIsNotReleased) {
  Agree(&tsuruoka_, 1);  // withdrawal_effect is not stated: recall
  EnrolOthers();
  const v1::Round pending = Fill({"finding_waist"});
  v1::AgreementRecord record;
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, tsuruoka_.agreement, &record).ok());
  EXPECT_EQ(record.state(), v1::AGREEMENT_STATE_ENDED) << "no days of notice were agreed";
  const v1::Release after = Released(pending);
  EXPECT_EQ(AreaCell(after).denominator(), 4 * kOneMember);
  EXPECT_EQ(after.agreement_digest_size(), 4);
  const std::vector<std::string> left = Entries("contribution.rejected");
  ASSERT_EQ(left.size(), 1u);
  EXPECT_NE(left[0].find("member/municipality/062031"), std::string::npos);
}

TEST_F(Agreements, WhoeverOnlyStopsStaysInWhatWasAccepted) {
  Agree(&tsuruoka_, 1, "*", "withdrawal_effect: WITHDRAWAL_EFFECT_STOP_NEXT\n");
  EnrolOthers();
  const v1::Round pending = Fill();
  v1::AgreementRecord record;
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, tsuruoka_.agreement, &record).ok());
  EXPECT_EQ(AreaCell(Released(pending)).denominator(), 5 * kOneMember);
  EXPECT_EQ(DescriptorOf(OpenRound({"finding_waist"})).member_size(), 4);
}

TEST_F(Agreements, UnderNoticeEverythingGoesOn) {
  Agree(&tsuruoka_, 1, "*", "notice_days: 30\n");
  EnrolOthers();
  v1::AgreementRecord record;
  ASSERT_TRUE(Withdraw(secretariat_, tsuruoka_.agreement, &record).ok());
  EXPECT_EQ(AreaCell(Released(Fill())).denominator(), 5 * kOneMember);
}

TEST_F(Agreements, AStricterAgreementUnderAnotherIdCountsToo) {
  Agree(&tsuruoka_, 1);
  EnrolOthers();
  const v1::Round round = Fill();
  AgreeOn(&tsuruoka_, AgreementText(tsuruoka_, 8, "*", "min_contributors: 6\n"));
  EXPECT_EQ(ReasonOf(MakeRelease(round)), v1::ERROR_REASON_TOO_FEW_MEMBERS);
}

TEST_F(Agreements, AnUnrelatedAgreementChangesNothing) {
  Agree(&tsuruoka_, 1);
  EnrolOthers();
  const v1::Round round = Fill();
  AgreeOn(&tsuruoka_, AgreementText(tsuruoka_, 8, "finding_waist", "min_contributors: 6\n"));
  EXPECT_EQ(AreaCell(Released(round)).denominator(), 5 * kOneMember);
}

TEST_F(Agreements, ACapOnGeographyHidesEveryMunicipalityAndNotTheArea) {
  Agree(&tsuruoka_, 1, "*", "finest_geography: FINEST_GEOGRAPHY_AREA\n");
  EnrolOthers();
  const v1::Release release = Released(Fill());
  EXPECT_EQ(AreaCell(release).denominator(), 5 * kOneMember);
  for (const v1::ReleaseCell& cell : release.table(0).cell()) {
    if (cell.municipality().empty() || cell.structurally_empty()) continue;
    if (cell.state() == v1::CELL_STATE_NOT_COLLECTED) continue;
    EXPECT_EQ(cell.state(), v1::CELL_STATE_SUPPRESSED) << cell.ShortDebugString();
    EXPECT_EQ(cell.denominator(), 0u);
  }
  // The same at the query.
  v1::QueryIndicatorsRequest query;
  query.set_area_code("0604");
  query.set_fiscal_year(2011);
  query.set_municipality("062049");
  v1::QueryIndicatorsResponse answer;
  ASSERT_TRUE(RENKEI_CALL(secretariat_, IndicatorService, QueryIndicators, query, &answer).ok());
  ASSERT_EQ(answer.row_size(), 1);
  EXPECT_EQ(answer.row(0).cell().state(), v1::CELL_STATE_SUPPRESSED);
}

TEST_F(Agreements, ACapOnAgesThatCameLaterHidesTheFinerBands) {
  Agree(&tsuruoka_, 1);
  EnrolOthers();
  const v1::Round round = Fill();
  AgreeOn(&tsuruoka_,
          Revised(AgreementText(tsuruoka_, 1), 2, "finest_age: FINEST_AGE_TWO_BANDS\n"));
  const v1::Release release = Released(round);
  int shown = 0;
  for (const v1::ReleaseCell& cell : release.table(0).cell()) {
    if (cell.denominator() == 0) continue;
    ++shown;
    EXPECT_TRUE(cell.age_band() == "40-64" || cell.age_band() == "65-74" ||
                cell.age_band() == "40-74")
        << cell.age_band();
  }
  EXPECT_GT(shown, 0);
}

TEST_F(Agreements, AReleaseIsPublicOnlyWhenEveryContributorSaysSo) {
  Agree(&tsuruoka_, 1, "*", "public_release: true\n");
  int number = 2;
  for (const char* code : {"062049", "064262", "064289"}) {
    others_.push_back(Enrol(v1::MEMBER_KIND_MUNICIPALITY, code));
    Agree(&others_.back(), number++, "*", "public_release: true\n");
  }
  EXPECT_TRUE(Released(Fill({"finding_bmi"})).public_release());
  AgreeOn(&tsuruoka_, Revised(AgreementText(tsuruoka_, 1), 2));
  EXPECT_FALSE(Released(Fill({"finding_waist"})).public_release());
}

TEST_F(Agreements, AnotherCouncilsAgreementCoversNoRoundOfThisOne) {
  Agree(&tsuruoka_, 1, "*", "council: \"0602\"\n");
  v1::Round none;
  EXPECT_EQ(ReasonOf(Open({"finding_bmi"}, &none)), v1::ERROR_REASON_NO_AGREEMENT);
  AgreeOn(&tsuruoka_,
          Revised(AgreementText(tsuruoka_, 1), 2, "council: \"0602\"\ncouncil: \"0604\"\n"));
  EXPECT_TRUE(Open({"finding_bmi"}, &none).ok());
}

}  // namespace
}  // namespace renkei::hub
