// Groupings at a hub with its real store (privacy 5.4), and areas whose borders changed (5.5).
#include <iterator>

#include "hub/app/data_folder.h"
#include "hub/store/sqlcipher_store.h"
#include "tests/integration/hub/noise_world.h"

namespace renkei::hub {
namespace {

using grpc::StatusCode;

using Codes = std::vector<std::string>;

class Groupings : public Agreements {
 protected:
  void SetUp() override {
    Agreements::SetUp();
    // Only municipalities take part, so that a union shows their own insured.
    const std::string agreed = "allow_insurer_type_by_municipality: true\n";
    Agree(&tsuruoka_, 1, "*", agreed);
    EnrolOthers(agreed);
  }

  grpc::Status Group(uint64_t release, const std::string& name, const Codes& codes,
                     v1::ReleaseHead* head = nullptr,
                     std::shared_ptr<grpc::Channel> channel = nullptr) {
    v1::MakeGroupingRequest request;
    request.set_release_number(release);
    request.mutable_grouping()->set_name(name);
    for (const std::string& code : codes) request.mutable_grouping()->add_municipality(code);
    v1::MakeGroupingResponse response;
    const grpc::Status status = RENKEI_CALL(channel == nullptr ? secretariat_ : channel,
                                            ReleaseService, MakeGrouping, request, &response);
    if (head != nullptr) *head = response.head();
    return status;
  }
  v1::QueryIndicatorsResponse Query(uint64_t release) {
    v1::QueryIndicatorsRequest query;
    query.set_area_code("0604");
    query.set_fiscal_year(2011);
    query.add_indicator("finding_bmi");
    query.set_release_number(release);
    v1::QueryIndicatorsResponse answer;
    EXPECT_TRUE(RENKEI_CALL(secretariat_, IndicatorService, QueryIndicators, query, &answer).ok());
    return answer;
  }
  // Of the third municipality three persons have the finding; the fourth has fewer than the others.
  v1::Round WithAFew() {
    const v1::Round round = OpenRound();
    for (int i = 0; i < 5; ++i) {
      const Agent& agent = i == 0 ? tsuruoka_ : others_[static_cast<size_t>(i - 1)];
      v1::ContributionStatement statement = StatementFor(agent, round);
      for (int cell = 0; cell < 14; ++cell) {
        const uint64_t few = i == 0 && cell == 0 ? 3 : 0;
        statement.set_count((2 * 14 + cell) * 2, few);
        statement.set_count((2 * 14 + cell) * 2 + 1, 500 - few);
        statement.set_count((3 * 14 + cell) * 2, 100);
      }
      EXPECT_TRUE(Submit(agent, statement).ok());
    }
    EXPECT_TRUE(Close(round).ok());
    return round;
  }
  void ExpectReason(const grpc::Status& status, StatusCode code, v1::ErrorReason reason) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(v1::ErrorReason_Name(ReasonOf(status)), v1::ErrorReason_Name(reason));
  }

  // A release of the year by an area of other borders, as an edition before the change left it.
  void PutReleaseOfOtherBorders(const Codes& municipalities) {
    server_.reset();
    std::ifstream file(Path("hub.secret"), std::ios::binary);
    const std::string root((std::istreambuf_iterator<char>(file)), {});
    const auto deployment = app::ReadDeploymentId(Path("hub"));
    ASSERT_TRUE(deployment.ok()) << deployment.status();
    auto store = store::SqlcipherStore::Open(app::DatabasePath(Path("hub")),
                                             app::DeriveKey(base::Secret::Copy(base::AsBytes(root)),
                                                            *deployment, app::kDatabaseKeyLabel));
    ASSERT_TRUE(store.ok()) << store.status();
    auto transaction = (*store)->Write();
    ASSERT_TRUE(transaction.ok());
    v1::RoundDescriptor descriptor;
    descriptor.set_area_code("0699");
    descriptor.set_fiscal_year(2011);
    for (const std::string& code : municipalities) descriptor.add_municipality(code);
    store::RoundRow round;
    round.id = base::RoundId("01890a5d-ac96-774b-bcce-b302099a8057");
    round.area_code = "0699";
    round.fiscal_year = 2011;
    round.descriptor = descriptor.SerializeAsString();
    round.state = v1::ROUND_STATE_RELEASED;
    round.opened_at = round.deadline = clock_.Now();
    round.release_number = 1;
    ASSERT_TRUE((*transaction)->InsertRound(round).ok());
    store::ReleaseRow release;
    release.number = 1;
    release.round_id = round.id;
    release.area_code = "0699";
    release.fiscal_year = 2011;
    release.created_at = clock_.Now();
    ASSERT_TRUE((*transaction)->InsertRelease(release, {}).ok());
    ASSERT_TRUE((*transaction)->Commit().ok());
    transaction->reset();
    store->reset();
    StartServer();
    for (Agent& agent : others_) Connect(&agent);
    Connect(&tsuruoka_);
  }
};

TEST_F(Groupings, AUnionIsANumberedReleaseThatReplacesNothing) {
  const v1::Round round = Fill();
  Released(round);
  v1::ReleaseHead head;
  const grpc::Status status = Group(1, "北部", {"062049", "062031"}, &head);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(head.number(), 2u);
  EXPECT_EQ(head.grouping_name(), "北部");
  EXPECT_EQ(head.replaces_size(), 0);
  EXPECT_EQ(head.indicator_size(), 1);
  const v1::Release release = ReadRelease(2);
  EXPECT_EQ(release.grouping().municipality(0), "062031");
  EXPECT_EQ(release.table(0).cell_size(), 4 * 30);
  EXPECT_EQ(AreaCell(release).numerator(), 5u * 2 * 14 * 200);
  EXPECT_EQ(AreaCell(release).denominator(), 5u * 2 * 14 * 500);
  EXPECT_EQ(Entries("grouping.admitted").size(), 1u);
  EXPECT_EQ(Entries("grouping.admitted")[0].find("北部"), std::string::npos);
  // A question without a number is about the area; one with the number says what it shows.
  EXPECT_EQ(Query(0).release_number(), 1u);
  EXPECT_EQ(Query(2).row(0).area_name(), "庄内 [北部]");
  // The prefecture has the area's release, and its union is no part beside it.
  v1::QueryRegionRequest of_prefecture;
  of_prefecture.set_prefecture_code("06");
  of_prefecture.set_fiscal_year(2011);
  v1::QueryRegionResponse sum;
  ASSERT_TRUE(RENKEI_CALL(auditor_, IndicatorService, QueryRegion, of_prefecture, &sum).ok());
  EXPECT_EQ(sum.indicator(0).part(3).release_number(), 1u);
  EXPECT_EQ(sum.row(0).cell().denominator(), 5 * kOneMember);
  EXPECT_EQ(Query(2).row(0).cell().numerator(), 5u * 2 * 14 * 200);
  v1::ReleaseHead again;
  EXPECT_TRUE(MakeRelease(round, &again).ok());
  EXPECT_EQ(again.number(), 1u);
}

TEST_F(Groupings, TheSameNameAndSetGiveTheStoredOneAndOtherwiseTheyExist) {
  Released(Fill());
  v1::ReleaseHead first, again;
  ASSERT_TRUE(Group(1, "北部", {"062031", "062049"}, &first).ok());
  ASSERT_TRUE(Group(1, "北部", {"062049", "062031"}, &again).ok());
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  ExpectReason(Group(1, "北部", {"062031", "064262"}), StatusCode::ALREADY_EXISTS,
               v1::ERROR_REASON_CONFLICT);
  ExpectReason(Group(1, "他", {"062031", "062049"}), StatusCode::ALREADY_EXISTS,
               v1::ERROR_REASON_CONFLICT);
  EXPECT_EQ(Entries("grouping.admitted").size(), 1u);
}

TEST_F(Groupings, WhatIsNoUnionOfTheReleaseIsRefused) {
  Released(Fill());
  const std::pair<const char*, Codes> bad[] = {
      {"", {"062031", "062049"}},
      {"a\nb", {"062031", "062049"}},
      {"one", {"062031"}},
      {"other", {"062031", "011002"}},
      {"unknown", {"062031", "unknown"}},
      {"all", {"062031", "062049", "064262", "064289", "064611"}}};
  for (const auto& [name, codes] : bad) {
    ExpectReason(Group(1, name, codes), StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_MALFORMED);
  }
  ASSERT_TRUE(Group(1, "北部", {"062031", "062049"}).ok());
  ExpectReason(Group(2, "of a grouping", {"062031", "064262"}), StatusCode::INVALID_ARGUMENT,
               v1::ERROR_REASON_MALFORMED);
  EXPECT_TRUE(Entries("grouping.refused").empty()) << "mistakes of the caller are no refusals";
}

TEST_F(Groupings, AreForTheSecretariatOfTheArea) {
  Released(Fill());
  const Codes codes = {"062031", "062049"};
  const Person other = MakePerson(v1::ROLE_SECRETARIAT, "0602", "saito");
  for (const auto& channel : {other.channel, tsuruoka_.channel, auditor_}) {
    EXPECT_EQ(Group(1, "北部", codes, nullptr, channel).error_code(),
              StatusCode::PERMISSION_DENIED);
    EXPECT_EQ(Group(9, "北部", codes, nullptr, channel).error_code(),
              StatusCode::PERMISSION_DENIED);
  }
}

TEST_F(Groupings, OfTwoThatDifferByAFewPersonsTheSecondIsRefusedWithoutAReason) {
  Released(WithAFew());
  const grpc::Status first = Group(1, "北部", {"062031", "062049"});
  ASSERT_TRUE(first.ok()) << first.error_message();
  const grpc::Status second = Group(1, "三つ", {"062031", "062049", "064262"});
  ExpectReason(second, StatusCode::FAILED_PRECONDITION, v1::ERROR_REASON_HELD);
  const std::vector<std::string> refused = Entries("grouping.refused");
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].find("reason"), std::string::npos);
  EXPECT_EQ(ReadRelease(2).grouping().name(), "北部");
}

TEST_F(Groupings, AReplacedReleaseHasNoNewOnesAndTheNewOneMay) {
  Released(Fill());
  ASSERT_TRUE(Group(1, "北部", {"062031", "062049"}).ok());
  const v1::Round round = OpenRound();
  for (int i = 0; i < 5; ++i) {
    const Agent& agent = i == 0 ? tsuruoka_ : others_[static_cast<size_t>(i - 1)];
    v1::ContributionStatement statement = StatementFor(agent, round);
    for (int c = 0; c < statement.count_size(); ++c) {
      statement.set_count(c, statement.count(c) + 20);
    }
    ASSERT_TRUE(Submit(agent, statement).ok());
  }
  ASSERT_TRUE(Close(round).ok());
  const v1::Release second = Released(round);
  EXPECT_EQ(second.number(), 3u);
  ASSERT_EQ(second.replaces_size(), 1);
  EXPECT_EQ(second.replaces(0), 1u);
  ExpectReason(Group(1, "南部", {"064262", "064289"}), StatusCode::FAILED_PRECONDITION,
               v1::ERROR_REASON_ALREADY_RELEASED);
  v1::ReleaseHead head;
  const grpc::Status again = Group(3, "北部", {"062031", "062049"}, &head);
  ASSERT_TRUE(again.ok()) << again.error_message();
  EXPECT_EQ(head.number(), 4u);
  EXPECT_EQ(Entries("grouping.refused").size(), 1u);
}

TEST_F(Groupings, CorrectNothingThatWaits) {
  Released(Fill());
  const v1::Round lone = OpenRound();
  for (int i = 0; i < 5; ++i) {
    const Agent& agent = i == 0 ? tsuruoka_ : others_[static_cast<size_t>(i - 1)];
    v1::ContributionStatement statement = StatementFor(agent, lone);
    if (i == 0) statement.set_count(0, statement.count(0) + 50);
    ASSERT_TRUE(Submit(agent, statement).ok());
  }
  ASSERT_TRUE(Close(lone).ok());
  ExpectReason(MakeRelease(lone), StatusCode::FAILED_PRECONDITION, v1::ERROR_REASON_HELD);
  v1::ReleaseHead head;
  ASSERT_TRUE(Group(1, "北部", {"062031", "062049"}, &head).ok());
  EXPECT_FALSE(head.under_revision());
  const absl::CivilMonth month = absl::ToCivilMonth(clock_.Now(), base::Jst());
  clock_.offset += absl::FromCivil(absl::CivilDay(month + 1) + 1, base::Jst()) - clock_.Now();
  ASSERT_TRUE(Group(1, "北部", {"062031", "062049"}, &head).ok()) << "the stored one";
  EXPECT_TRUE(head.under_revision());
}

TEST_F(Groupings, OfARoundedReleaseThereAreNone) {
  v1::PolicyRecord record;
  const std::string text = absl::StrReplaceAll(policy::rules::Policy::Default()->text(),
                                               {{"version: 1\n", "version: 2\n"}}) +
                           "rounding: ROUNDING_UP_10\n";
  ASSERT_TRUE(ProposePolicy(FirstSecretary(), text, &record).ok());
  EXPECT_EQ(Released(Fill()).rounding(), v1::ROUNDING_UP_10);
  ExpectReason(Group(1, "北部", {"062031", "062049"}), StatusCode::FAILED_PRECONDITION,
               v1::ERROR_REASON_LAYOUT_MISMATCH);
  EXPECT_EQ(Entries("grouping.refused").size(), 1u);
}

class GroupingsOfNoise : public NoiseWorld {};

TEST_F(GroupingsOfNoise, AreNone) {
  EXPECT_TRUE(Released(Fill()).has_noise());
  v1::MakeGroupingRequest request;
  request.set_release_number(1);
  request.mutable_grouping()->set_name("北部");
  for (const char* code : {"062031", "062049"}) request.mutable_grouping()->add_municipality(code);
  v1::MakeGroupingResponse response;
  const grpc::Status refused =
      RENKEI_CALL(secretariat_, ReleaseService, MakeGrouping, request, &response);
  EXPECT_EQ(refused.error_code(), StatusCode::FAILED_PRECONDITION) << refused.error_message();
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_LAYOUT_MISMATCH);
}

TEST_F(Groupings, WhenAMemberAgreesToLessThereIsNoNewUnion) {
  Released(Fill());
  v1::AgreementRecord record;
  ASSERT_TRUE(Withdraw(tsuruoka_.channel, tsuruoka_.agreement, &record).ok());
  ExpectReason(Group(1, "北部", {"062031", "062049"}), StatusCode::FAILED_PRECONDITION,
               v1::ERROR_REASON_NO_AGREEMENT);
}

// A13: 鶴岡市 was in another area when that year was released.
TEST_F(Groupings, AYearThatWasReleasedWithinOtherBordersIsNotReleasedAgain) {
  PutReleaseOfOtherBorders({"062031", "999997"});
  const v1::Round round = Fill();
  v1::CheckReleaseRequest check;
  check.set_round_id(DescriptorOf(round).round_id());
  v1::CheckReleaseResponse checked;
  ExpectReason(RENKEI_CALL(secretariat_, ReleaseService, CheckRelease, check, &checked),
               StatusCode::FAILED_PRECONDITION, v1::ERROR_REASON_ALREADY_RELEASED);
  ExpectReason(MakeRelease(round), StatusCode::FAILED_PRECONDITION,
               v1::ERROR_REASON_ALREADY_RELEASED);
  EXPECT_EQ(Entries("compute.denied").size(), 1u);
}

TEST_F(Groupings, AnAreaThatSharesNoMunicipalityIsNoObstacle) {
  PutReleaseOfOtherBorders({"999997"});
  EXPECT_EQ(Released(Fill()).number(), 2u);
}

}  // namespace
}  // namespace renkei::hub
