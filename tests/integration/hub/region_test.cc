// The figures of a prefecture at a hub with its real store: what is added for whom, and that they
// are sums of what each reader could read of the areas.
#include <utility>

#include "tests/integration/hub/agreements_world.h"

namespace renkei::hub {
namespace {

// Four members take part in 0604 庄内 and 0602 最上, one in 庄内 alone.
class Regions : public Agreements {
 protected:
  void SetUp() override {
    Agreements::SetUp();
    Agree(&tsuruoka_, 1);
    EnrolOthers();
    mogami_seed_ = std::string(32, 'm');
    mogami_ =
        MakePerson(v1::ROLE_SECRETARIAT, "0602", "saito",
                   *crypto::MakeEd25519Signer(base::Secret::Copy(base::AsBytes(mogami_seed_))));
    for (size_t i = 0; i < others_.size(); ++i) {
      shonai_agreements_.push_back(others_[i].agreement);
      AsMogami([&] {
        AgreeOn(&others_[i], absl::StrReplaceAll(AgreementText(others_[i], 6 + static_cast<int>(i)),
                                                 {{"\"0604\"", "\"0602\""}}));
      });
      mogami_agreements_.push_back(std::exchange(others_[i].agreement, shonai_agreements_[i]));
    }
  }
  void TearDown() override {
    mogami_.channel.reset();
    Agreements::TearDown();
  }

  // The secretariat is that of 0602 meanwhile.
  template <typename Act>
  void AsMogami(Act act) {
    const std::string seed = secretariat_bundle_.signing_seed();
    std::swap(secretariat_, mogami_.channel);
    secretariat_bundle_.set_signing_seed(mogami_seed_);
    act();
    secretariat_bundle_.set_signing_seed(seed);
    std::swap(secretariat_, mogami_.channel);
  }

  // Released in 最上; where `few` is set, 6 men of 40 to 44 of the whole area have the finding.
  v1::Release ReleasedInMogami(const std::vector<std::string>& indicators, bool few = false) {
    v1::Release release;
    AsMogami([&] {
      v1::OpenRoundRequest request;
      request.set_area_code("0602");
      request.set_fiscal_year(2011);
      for (const std::string& indicator : indicators) request.add_indicator(indicator);
      v1::OpenRoundResponse response;
      grpc::Status status = RENKEI_CALL(secretariat_, RoundService, OpenRound, request, &response);
      ASSERT_TRUE(status.ok()) << status.error_message();
      for (size_t i = 0; i < others_.size(); ++i) {
        others_[i].agreement = mogami_agreements_[i];
        v1::ContributionStatement statement = StatementFor(others_[i], response.round());
        for (int place = 0; few && place < statement.count_size() / (2 * 7 * 2); ++place) {
          const int first = place * 2 * 7 * 2;
          statement.set_count(first, i == 0 && place == 0 ? 6 : 0);
          statement.set_count(first + 1, 500 - statement.count(first));
        }
        status = Submit(others_[i], statement);
        EXPECT_TRUE(status.ok()) << status.error_message();
        others_[i].agreement = shonai_agreements_[i];
      }
      EXPECT_TRUE(Close(response.round()).ok());
      release = Released(response.round());
    });
    return release;
  }

  static v1::QueryRegionRequest Question(const std::vector<std::string>& indicators = {},
                                         uint32_t fiscal_year = 2011) {
    v1::QueryRegionRequest request;
    request.set_prefecture_code("06");
    request.set_fiscal_year(fiscal_year);
    request.set_by(v1::BREAKDOWN_SEX_AGE2);
    for (const std::string& indicator : indicators) request.add_indicator(indicator);
    return request;
  }
  static grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel,
                          const v1::QueryRegionRequest& request,
                          v1::QueryRegionResponse* response) {
    return RENKEI_CALL(channel, IndicatorService, QueryRegion, request, response);
  }
  static v1::QueryRegionResponse Answer(const std::shared_ptr<grpc::Channel>& channel,
                                        const v1::QueryRegionRequest& request) {
    v1::QueryRegionResponse response;
    const grpc::Status status = Ask(channel, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  static std::string Standings(const v1::RegionIndicator& indicator) {
    std::string out;
    for (const v1::RegionPart& part : indicator.part()) {
      absl::StrAppend(&out, part.area_code(), " ",
                      v1::AreaStanding_Name(part.standing()).substr(sizeof("AREA_STANDING_") - 1),
                      part.release_number() == 0 ? "" : absl::StrCat(" ", part.release_number()),
                      "; ");
    }
    return out;
  }
  // What a reader of the releases would add up for the row; nullptr: a part of it is hidden.
  static std::unique_ptr<v1::ReleaseCell> AddedUp(const v1::IndicatorRow& row,
                                                  const std::vector<v1::Release>& releases) {
    auto sum = std::make_unique<v1::ReleaseCell>();
    for (const v1::Release& release : releases) {
      for (const v1::ReleaseTable& table : release.table()) {
        if (table.measure().id() != row.indicator()) continue;
        for (const v1::ReleaseCell& cell : table.cell()) {
          if (!cell.municipality().empty() || cell.member_kind() != row.cell().member_kind() ||
              cell.sex() != row.cell().sex() || cell.age_band() != row.cell().age_band()) {
            continue;
          }
          if (cell.state() != v1::CELL_STATE_PUBLISHED) return nullptr;
          sum->set_numerator(sum->numerator() + cell.numerator());
          sum->set_denominator(sum->denominator() + cell.denominator());
        }
      }
    }
    return sum;
  }

  Person mogami_;
  std::string mogami_seed_;
  std::vector<v1::AgreementRecord> shonai_agreements_, mogami_agreements_;
};

TEST_F(Regions, AreTheSumsOfWhatTheirAreasShow) {
  const v1::Release shonai = Released(Fill());
  const v1::Release mogami = ReleasedInMogami({"finding_bmi"}, /*few=*/true);
  const size_t entries = Entries("").size();
  for (const bool nation : {false, true}) {
    v1::QueryRegionRequest question = Question();
    if (nation) {
      question.clear_prefecture_code();
      question.set_nation(true);
    }
    const v1::QueryRegionResponse answer = Answer(auditor_, question);
    ASSERT_EQ(answer.row_size(), 30);
    int hidden = 0;
    for (const v1::IndicatorRow& row : answer.row()) {
      EXPECT_EQ(row.area_code(), nation ? "00" : "06");
      EXPECT_EQ(row.area_name(), nation ? "全国" : "山形県");
      EXPECT_FALSE(row.name_ja().empty());
      const auto expected = AddedUp(row, {shonai, mogami});
      if (expected == nullptr) {
        ++hidden;
        EXPECT_EQ(row.cell().state(), v1::CELL_STATE_SUPPRESSED);
        EXPECT_EQ(row.cell().denominator(), 0u);
        continue;
      }
      EXPECT_EQ(row.cell().state(), v1::CELL_STATE_PUBLISHED);
      EXPECT_EQ(row.cell().numerator(), expected->numerator());
      EXPECT_EQ(row.cell().denominator(), expected->denominator());
      EXPECT_EQ(
          row.cell().value_tenths(),
          (2000 * expected->numerator() + expected->denominator()) / (2 * expected->denominator()));
    }
    EXPECT_GT(hidden, 0) << "the few of 最上";
    EXPECT_LT(hidden, 30);
    ASSERT_EQ(answer.indicator_size(), 1);
    EXPECT_TRUE(answer.indicator(0).may_count_twice());
    EXPECT_EQ(answer.area_size(), nation ? 335 : 4);
    EXPECT_EQ(answer.indicator(0).part_size(), answer.area_size());
    if (!nation) {
      EXPECT_EQ(Standings(answer.indicator(0)),
                "0601 NOT_RELEASED; 0602 ADDED 2; 0603 NOT_RELEASED; 0604 ADDED 1; ");
    }
  }
  EXPECT_EQ(Entries("").size(), entries) << "reading is no act";
}

TEST_F(Regions, AReaderHasHisOwnAreasAndLearnsNothingOfOthers) {
  const v1::Release shonai = Released(Fill());
  const std::string alone = Answer(secretariat_, Question()).SerializeAsString();
  const std::string of_member = Answer(tsuruoka_.channel, Question()).SerializeAsString();
  v1::QueryRegionResponse answer;
  EXPECT_EQ(ReasonOf(Ask(mogami_.channel, Question(), &answer)), v1::ERROR_REASON_NOT_FOUND);
  const v1::Release mogami = ReleasedInMogami({"finding_bmi", "finding_waist"});
  // To the byte, whether the other area has a release or not.
  answer = Answer(secretariat_, Question());
  EXPECT_EQ(answer.SerializeAsString(), alone);
  EXPECT_EQ(Answer(tsuruoka_.channel, Question()).SerializeAsString(), of_member);
  EXPECT_EQ(alone, of_member);
  ASSERT_EQ(answer.indicator_size(), 1);
  EXPECT_EQ(Standings(answer.indicator(0)),
            "0601 NOT_READABLE; 0602 NOT_READABLE; 0603 NOT_READABLE; 0604 ADDED 1; ");
  EXPECT_FALSE(answer.indicator(0).may_count_twice());
  for (const v1::IndicatorRow& row : answer.row()) {
    EXPECT_EQ(row.cell().denominator(), AddedUp(row, {shonai})->denominator());
  }
  EXPECT_EQ(ReasonOf(Ask(secretariat_, Question({"finding_waist"}), &answer)),
            v1::ERROR_REASON_NOT_FOUND);
  // Who takes part in both has both; the area whose release lacks an indicator is named.
  answer = Answer(others_[0].channel, Question({"finding_waist", "finding_bmi"}));
  ASSERT_EQ(answer.indicator_size(), 2);
  EXPECT_EQ(Standings(answer.indicator(0)),
            "0601 NOT_READABLE; 0602 ADDED 2; 0603 NOT_READABLE; 0604 NOT_RELEASED; ");
  EXPECT_EQ(Standings(answer.indicator(1)),
            "0601 NOT_READABLE; 0602 ADDED 2; 0603 NOT_READABLE; 0604 ADDED 1; ");
  EXPECT_EQ(answer.row(0).indicator(), "finding_waist");
  EXPECT_EQ(answer.row(30).cell().denominator(),
            AddedUp(answer.row(30), {shonai, mogami})->denominator());
}

TEST_F(Regions, TakeTheNewestReleaseOfEachIndicator) {
  Released(Fill({"finding_bmi", "finding_waist"}));
  ReleasedInMogami({"finding_bmi"});
  const v1::Release lipid = Released(Fill({"finding_lipid"}));
  const v1::QueryRegionResponse answer = Answer(auditor_, Question());
  ASSERT_EQ(answer.indicator_size(), 3);
  EXPECT_EQ(answer.indicator(0).part(3).release_number(), 1u);
  EXPECT_EQ(answer.indicator(1).part(3).release_number(), 1u);
  EXPECT_EQ(answer.indicator(2).measure().id(), "finding_lipid");
  EXPECT_EQ(answer.indicator(2).part(3).release_number(), lipid.number());
  EXPECT_EQ(answer.indicator(2).part(1).standing(), v1::AREA_STANDING_NOT_RELEASED);
}

TEST_F(Regions, AreRefusedWhereNothingCanBeAdded) {
  Released(Fill());
  v1::QueryRegionResponse answer;
  v1::QueryRegionRequest question = Question();
  question.set_prefecture_code("13");
  EXPECT_EQ(ReasonOf(Ask(secretariat_, question, &answer)), v1::ERROR_REASON_SCOPE);
  EXPECT_EQ(ReasonOf(Ask(tsuruoka_.channel, question, &answer)), v1::ERROR_REASON_SCOPE);
  EXPECT_EQ(ReasonOf(Ask(auditor_, question, &answer)), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Ask(operator_, Question(), &answer)), v1::ERROR_REASON_ROLE);
  for (const char* unknown : {"48", "6", "0604", ""}) {
    question.set_prefecture_code(unknown);
    const grpc::Status refused = Ask(auditor_, question, &answer);
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << unknown;
    EXPECT_EQ(base::DetailOf(transport::FromGrpc(refused)).field(), "prefecture_code");
  }
  question = Question();
  question.set_nation(true);
  EXPECT_EQ(ReasonOf(Ask(auditor_, question, &answer)), v1::ERROR_REASON_MALFORMED);
  EXPECT_EQ(ReasonOf(Ask(auditor_, Question({}, 2012), &answer)), v1::ERROR_REASON_NOT_FOUND);
  const grpc::Status missing = Ask(auditor_, Question({"finding_bmi", "no_such"}), &answer);
  EXPECT_EQ(ReasonOf(missing), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_NE(missing.error_message().find("'no_such'"), std::string::npos)
      << missing.error_message();
  const grpc::Status alone = Ask(auditor_, Question({"no_such"}), &answer);
  EXPECT_EQ(alone.error_message(), missing.error_message());
}

}  // namespace
}  // namespace renkei::hub
