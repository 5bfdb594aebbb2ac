// Several releases of one area and year at a hub with its real store: what replaces what, what is
// held, and what readers learn of it.
#include "absl/time/civil_time.h"
#include "tests/integration/hub/agreements_world.h"

namespace renkei::hub {
namespace {

class ReleaseLedger : public Agreements {
 protected:
  void SetUp() override {
    Agreements::SetUp();
    Agree(&tsuruoka_, 1);
    EnrolOthers();
  }

  // A round in which the first `members` members have `persons` more with the finding, half of them
  // in each of two places: of one place they would be its people by type of insurer.
  v1::Round Corrected(int members, uint64_t persons,
                      const std::vector<std::string>& indicators = {"finding_bmi"}) {
    const v1::Round round = OpenRound(indicators);
    for (int i = 0; i < 5; ++i) {
      const Agent& agent = i == 0 ? tsuruoka_ : others_[static_cast<size_t>(i - 1)];
      v1::ContributionStatement statement = StatementFor(agent, round);
      for (const int first_of_place : {0, 2 * 7 * 2}) {
        if (i >= members) break;
        statement.set_count(first_of_place, statement.count(first_of_place) + persons / 2);
      }
      EXPECT_TRUE(Submit(agent, statement).ok());
    }
    EXPECT_TRUE(Close(round).ok());
    return round;
  }

  std::vector<v1::ReleaseHead> List() {
    v1::ListReleasesRequest request;
    v1::ListReleasesResponse response;
    EXPECT_TRUE(RENKEI_CALL(secretariat_, ReleaseService, ListReleases, request, &response).ok());
    return {response.head().begin(), response.head().end()};
  }
  uint64_t Numerator(uint64_t release = 0) {
    v1::QueryIndicatorsRequest query;
    query.set_area_code("0604");
    query.set_fiscal_year(2011);
    query.add_indicator("finding_bmi");
    query.set_release_number(release);
    v1::QueryIndicatorsResponse answer;
    EXPECT_TRUE(RENKEI_CALL(secretariat_, IndicatorService, QueryIndicators, query, &answer).ok());
    return answer.row_size() == 1 ? answer.row(0).cell().numerator() : 0;
  }
  v1::QueryRegionResponse Prefecture() {
    v1::QueryRegionRequest query;
    query.set_prefecture_code("06");
    query.set_fiscal_year(2011);
    v1::QueryRegionResponse answer;
    EXPECT_TRUE(RENKEI_CALL(auditor_, IndicatorService, QueryRegion, query, &answer).ok());
    return answer;
  }
  // Does the prefecture's sum say that figures in it await a correction, and of which areas?
  std::vector<std::string> AreasUnderRevision() {
    const v1::QueryRegionResponse answer = Prefecture();
    std::vector<std::string> codes;
    for (const v1::RegionArea& area : answer.area()) {
      if (area.under_revision()) codes.push_back(area.area_code());
    }
    return codes;
  }
  v1::RoundState StateOf(const v1::Round& round) {
    v1::GetRoundRequest request;
    request.set_round_id(DescriptorOf(round).round_id());
    v1::GetRoundResponse response;
    EXPECT_TRUE(RENKEI_CALL(secretariat_, RoundService, GetRound, request, &response).ok());
    return response.round().state();
  }
  // The clock to the middle of the next month, so that the day says nothing.
  void ToNextMonth() {
    const absl::CivilMonth month = absl::ToCivilMonth(clock_.Now(), base::Jst());
    clock_.offset += absl::FromCivil(absl::CivilDay(month + 1) + 1, base::Jst()) - clock_.Now();
  }
};

TEST_F(ReleaseLedger, ACorrectionOfEnoughMembersReplacesTheReleaseAndTheOldOneStaysReadable) {
  const v1::Release first = Released(Fill());
  const uint64_t before = Numerator();
  const v1::Release second = Released(Corrected(4, 20));
  EXPECT_EQ(second.number(), 2u);
  EXPECT_EQ(second.replaces_size(), 1);
  EXPECT_EQ(second.replaces(0), 1u);
  EXPECT_EQ(Numerator(), before + 80);
  EXPECT_EQ(Numerator(1), before);
  const v1::QueryRegionResponse prefecture = Prefecture();
  ASSERT_EQ(prefecture.row_size(), 1);
  EXPECT_EQ(prefecture.row(0).cell().numerator(), before + 80);
  const std::vector<v1::ReleaseHead> heads = List();
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(heads[0].replaces_size(), 0);
  ASSERT_EQ(heads[1].replaces_size(), 1);
  EXPECT_EQ(heads[1].replaces(0), 1u);
  EXPECT_FALSE(heads[1].under_revision());
}

TEST_F(ReleaseLedger, ACorrectionOfOneMemberIsHeldUntilOthersBringTheirs) {
  const v1::Round first = Fill();
  Released(first);
  const uint64_t before = Numerator();
  const v1::Round lone = Corrected(1, 50);
  const grpc::Status held = MakeRelease(lone);
  EXPECT_EQ(ReasonOf(held), v1::ERROR_REASON_HELD) << held.error_message();
  EXPECT_NE(held.error_message().find("stay as published"), std::string::npos);
  EXPECT_EQ(StateOf(lone), v1::ROUND_STATE_HELD);
  EXPECT_EQ(ReasonOf(MakeRelease(lone)), v1::ERROR_REASON_HELD) << "nobody overrides a hold";
  EXPECT_EQ(Entries("release.held").size(), 1u);
  EXPECT_EQ(Numerator(), before);
  EXPECT_EQ(List().size(), 1u);
  // Readers are told on the first of the month, of the whole prefecture and year.
  EXPECT_FALSE(List()[0].under_revision());
  EXPECT_TRUE(AreasUnderRevision().empty());
  ToNextMonth();
  EXPECT_TRUE(List()[0].under_revision());
  EXPECT_EQ(AreasUnderRevision(), std::vector<std::string>{"0604"}) << "of those that are added";
  v1::ReleaseHead again;
  ASSERT_TRUE(MakeRelease(first, &again).ok());
  EXPECT_TRUE(again.under_revision()) << "asking for the stored release says so too";
  EXPECT_EQ(Released(Corrected(3, 50)).number(), 2u);
  EXPECT_EQ(Numerator(), before + 150);
  EXPECT_TRUE(List()[1].under_revision()) << "the day of the release is not told either";
  ToNextMonth();
  EXPECT_FALSE(List()[1].under_revision());
}

TEST_F(ReleaseLedger, AnIndicatorThatWaitsIsNotReplacedByAnother) {
  Released(Fill());
  EXPECT_EQ(ReasonOf(MakeRelease(Corrected(1, 50))), v1::ERROR_REASON_HELD);
  ToNextMonth();
  Released(Fill({"finding_waist"}));
  ToNextMonth();
  EXPECT_TRUE(List()[0].under_revision());
}

TEST_F(ReleaseLedger, NothingWaitsOfAnIndicatorThatNeverWasReleased) {
  Released(Fill({"finding_waist"}));
  v1::AgreementRecord record;
  const v1::Round pending = Fill();
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, tsuruoka_.agreement, &record).ok());
  EXPECT_EQ(ReasonOf(MakeRelease(pending)), v1::ERROR_REASON_HELD);
  ToNextMonth();
  EXPECT_FALSE(List()[0].under_revision());
}

TEST_F(ReleaseLedger, WhoeverRecallsIsNotTheDifferenceOfTwoIndicatorsDenominators) {
  Released(Fill({"finding_waist"}));
  v1::AgreementRecord record;
  const v1::Round pending = Fill();
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, tsuruoka_.agreement, &record).ok());
  // I17: the denominators of the two indicators would tell who left.
  EXPECT_EQ(ReasonOf(MakeRelease(pending)), v1::ERROR_REASON_HELD);
  EXPECT_EQ(StateOf(pending), v1::ROUND_STATE_HELD);
}

TEST_F(ReleaseLedger, WhatCountedCountsForEverWhateverBecomesOfTheAgreements) {
  const v1::Release first = Released(Fill());
  // Three members leave; what they gave to the first release still stands in the ledger.
  v1::AgreementRecord record;
  for (const Agent* agent : {&tsuruoka_, &others_[0], &others_[1]}) {
    ASSERT_TRUE(Withdraw(agent->channel, agent->agreement, &record).ok());
  }
  std::vector<Agent> joined;
  int number = 6;
  for (const char* code : {"062103", "062111", "062120"}) {
    joined.push_back(Enrol(v1::MEMBER_KIND_MUNICIPALITY, code));
    Agree(&joined.back(), number++);
  }
  const v1::Round round = OpenRound({"finding_bmi"});
  EXPECT_EQ(DescriptorOf(round).member_size(), 5);
  for (const std::vector<Agent>* group : {&joined, &others_}) {
    for (const Agent& agent : *group) {
      if (group == &others_ && (&agent == &others_[0] || &agent == &others_[1])) continue;
      v1::ContributionStatement statement = StatementFor(agent, round);
      if (group == &joined) {
        for (int c = 0; c < statement.count_size(); ++c) {
          statement.set_count(c, statement.count(c) + 20);
        }
      }
      ASSERT_TRUE(Submit(agent, statement).ok());
    }
  }
  ASSERT_TRUE(Close(round).ok());
  const v1::Release second = Released(round);
  EXPECT_EQ(second.number(), 2u);
  EXPECT_EQ(AreaCell(second).denominator(), 5 * kOneMember + 3 * 40 * 84);
  joined.clear();
}

TEST_F(ReleaseLedger, AnUnchangedIndicatorIsTheSameTableByteForByte) {
  const v1::Release first = Released(Fill({"finding_bmi", "finding_waist"}));
  const v1::Release second = Released(Corrected(4, 30, {"finding_bmi", "finding_waist"}));
  ASSERT_EQ(first.table(1).measure().id(), "finding_waist");
  EXPECT_EQ(second.table(1).SerializeAsString(), first.table(1).SerializeAsString());
  EXPECT_NE(second.table(0).SerializeAsString(), first.table(0).SerializeAsString());
  const v1::Release third = Released(Corrected(4, 30, {"finding_bmi", "finding_lipid"}));
  // A question goes to the newest release of what it asks for.
  v1::QueryIndicatorsRequest query;
  query.set_area_code("0604");
  query.set_fiscal_year(2011);
  query.add_indicator("finding_waist");
  v1::QueryIndicatorsResponse answer;
  ASSERT_TRUE(RENKEI_CALL(secretariat_, IndicatorService, QueryIndicators, query, &answer).ok());
  EXPECT_EQ(answer.release_number(), 2u);
  EXPECT_EQ(third.table(0).SerializeAsString(), second.table(0).SerializeAsString());
  EXPECT_EQ(ReasonOf(MakeRelease(Corrected(4, 30))), v1::ERROR_REASON_ALREADY_RELEASED);
}

// A12 at the hub: a release is stored bytes.
TEST_F(ReleaseLedger, AThousandRepeatsGiveTheStoredBytes) {
  Released(Fill());
  const v1::Round round = Corrected(4, 20);
  v1::ReleaseHead first, again;
  ASSERT_TRUE(MakeRelease(round, &first).ok());
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(MakeRelease(round, &again).ok());
    ASSERT_EQ(again.SerializeAsString(), first.SerializeAsString());
  }
  EXPECT_EQ(List().size(), 2u);
}

}  // namespace
}  // namespace renkei::hub
