// Later versions of an agreement: what they end, and what they do to what was contributed before.
#include "tests/integration/hub/agreements_world.h"

namespace renkei::hub {
namespace {

TEST_F(Agreements, ANoticeEndsWhatWasProposedBeforeItSoThatNobodyBringsItBackAlone) {
  Agree(&tsuruoka_, 1, "*", "notice_days: 10\n");
  v1::ProposeAgreementResponse later;
  ASSERT_TRUE(ProposeByMember(tsuruoka_, Revised(AgreementText(tsuruoka_, 1), 2), &later).ok());
  v1::AgreementRecord record;
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, tsuruoka_.agreement, &record).ok());
  const Person secretariat = MakePerson(v1::ROLE_SECRETARIAT, "0604", "t");
  v1::SignAgreementResponse answer;
  EXPECT_EQ(ReasonOf(CounterSign(secretariat, later.agreement(), &answer)),
            v1::ERROR_REASON_REVISION);
  // What is proposed after the notice is a new wish of both.
  ASSERT_TRUE(ProposeByMember(tsuruoka_, Revised(AgreementText(tsuruoka_, 1), 3), &later).ok());
  EXPECT_TRUE(CounterSign(secretariat, later.agreement(), &answer).ok());
}

TEST_F(Agreements, AVersionThatIsNotValidYetDoesNotEndTheOneInForce) {
  Agree(&tsuruoka_, 1);
  v1::ProposeAgreementResponse later;
  const std::string text =
      absl::StrReplaceAll(Revised(AgreementText(tsuruoka_, 1), 2),
                          {{"valid_from: \"2020-04-01\"", "valid_from: \"2090-04-01\""}});
  ASSERT_TRUE(Propose(text, &later).ok());
  v1::SignAgreementResponse answer;
  const grpc::Status status = Sign(tsuruoka_, later.agreement(), &answer);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_REVISION);
  EXPECT_EQ(Entries("dua.superseded").size(), 0u);
}

TEST_F(Agreements, ALaterVersionForAnotherAreaIsRefused) {
  Agree(&tsuruoka_, 1);
  v1::ProposeAgreementResponse later;
  const std::string text = absl::StrReplaceAll(Revised(AgreementText(tsuruoka_, 1), 2),
                                               {{"area: \"0604\"", "area: \"0602\""}});
  EXPECT_EQ(ReasonOf(ProposeByMember(tsuruoka_, text, &later)), v1::ERROR_REASON_REVISION);
}

TEST_F(Agreements, AStricterThresholdAfterContributingIsAppliedAtTheRelease) {
  Agree(&tsuruoka_, 1);
  EnrolOthers();
  const v1::Round round = Fill();
  // The whole area has 84,000 with and 126,000 without.
  AgreeOn(&tsuruoka_, Revised(AgreementText(tsuruoka_, 1), 2, "min_cell_persons: 100000\n"));
  const v1::Release release = Released(round);
  for (const v1::ReleaseCell& cell : release.table(0).cell()) {
    if (cell.state() != v1::CELL_STATE_PUBLISHED) continue;
    EXPECT_TRUE(cell.numerator() == 0 || cell.numerator() >= 100000) << cell.ShortDebugString();
  }
  EXPECT_EQ(AreaCell(release).state(), v1::CELL_STATE_SUPPRESSED);
  EXPECT_EQ(release.agreement_digest_size(), 6) << "both versions of the one";
}

TEST_F(Agreements, AStricterNumberOfMembersAfterContributingIsAppliedAtTheRelease) {
  Agree(&tsuruoka_, 1);
  EnrolOthers();
  const v1::Round round = Fill();
  AgreeOn(&tsuruoka_, Revised(AgreementText(tsuruoka_, 1), 2, "min_contributors: 6\n"));
  EXPECT_EQ(ReasonOf(MakeRelease(round)), v1::ERROR_REASON_TOO_FEW_MEMBERS);
}

TEST_F(Agreements, ALooserVersionAfterContributingLoosensNothing) {
  Agree(&tsuruoka_, 1, "*", "min_contributors: 6\n");
  EnrolOthers();
  const v1::Round round = Fill();
  AgreeOn(&tsuruoka_, Revised(AgreementText(tsuruoka_, 1), 2));
  EXPECT_EQ(ReasonOf(MakeRelease(round)), v1::ERROR_REASON_TOO_FEW_MEMBERS);
}

TEST_F(Agreements, ANarrowerVersionTakesTheContributionOut) {
  Agree(&tsuruoka_, 1);
  EnrolOthers();
  const v1::Round round = Fill();
  AgreeOn(&tsuruoka_, Revised(AgreementText(tsuruoka_, 1, "finding_waist"), 2));
  EXPECT_EQ(AreaCell(Released(round)).denominator(), 4 * kOneMember);
}

}  // namespace
}  // namespace renkei::hub
