// Releases of the noise lane at a hub with its real store: once drawn, once charged, never both
// lanes; what readers see, and what a question before the release says.
#include <cmath>

#include "absl/strings/ascii.h"
#include "tests/integration/hub/noise_world.h"

namespace renkei::hub {
namespace {

class NoiseRelease : public NoiseWorld {
 protected:
  v1::CheckReleaseResponse CheckOf(const v1::Round& round) {
    v1::CheckReleaseRequest request;
    request.set_round_id(DescriptorOf(round).round_id());
    v1::CheckReleaseResponse response;
    const grpc::Status status =
        RENKEI_CALL(secretariat_, ReleaseService, CheckRelease, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
};

TEST_F(NoiseRelease, SaysWhatItsNoiseIsAndCarriesIt) {
  const v1::Release release = Released(Fill());
  EXPECT_EQ(release.noise().variance_numerator(), 100u);
  EXPECT_EQ(release.noise().variance_denominator(), 1u);
  EXPECT_EQ(release.noise().rho_numerator(), 1u);
  EXPECT_EQ(release.noise().rho_denominator(), 100u);
  // 5 members of one kind: 6 places x 2 sexes x 7 bands of noise in the total.
  const v1::ReleaseCell& area = AreaCell(release);
  const double sigma = std::sqrt(84 * 100.0);
  const double error = static_cast<double>(area.numerator()) - 5 * 84 * 200.0;
  EXPECT_LT(std::abs(error), 7 * sigma);
  EXPECT_EQ(area.members(), v1::MEMBERS_CLASS_UNSPECIFIED) << "who is in a cell depends on data";
  EXPECT_FALSE(area.without_rate());
  EXPECT_LT(area.ci_lower_tenths(), area.value_tenths());
  EXPECT_GT(area.ci_upper_tenths(), area.value_tenths());
  int exact = 0, shown = 0;
  for (const v1::ReleaseCell& cell : release.table(0).cell()) {
    if (cell.denominator() == 0) continue;
    ++shown;
    exact += cell.numerator() % 1000 == 0;
    EXPECT_LE(cell.numerator(), cell.denominator());
  }
  EXPECT_GE(shown, 60) << "the area, all kinds and the kind that takes part";
  EXPECT_LT(exact, shown / 2);
  // A municipality's figures would be one member's.
  for (const v1::ReleaseCell& cell : release.table(0).cell()) {
    if (cell.municipality() == "062031") {
      EXPECT_EQ(cell.state(), v1::CELL_STATE_SUPPRESSED);
    }
  }
  v1::QueryIndicatorsRequest query;
  query.set_area_code("0604");
  query.set_fiscal_year(2011);
  v1::QueryIndicatorsResponse answer;
  ASSERT_TRUE(RENKEI_CALL(secretariat_, IndicatorService, QueryIndicators, query, &answer).ok());
  EXPECT_EQ(answer.noise().variance_numerator(), 100u);
  // A prefecture's sum would not say how large its noise is.
  v1::QueryRegionRequest of_prefecture;
  of_prefecture.set_prefecture_code("06");
  of_prefecture.set_fiscal_year(2011);
  v1::QueryRegionResponse sum;
  const grpc::Status refused =
      RENKEI_CALL(auditor_, IndicatorService, QueryRegion, of_prefecture, &sum);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(base::DetailOf(transport::FromGrpc(refused)).rule(), "release.noise");
}

TEST_F(NoiseRelease, AskingAgainGivesTheStoredBytesAndChargesNothing) {
  const v1::Round round = Fill();
  v1::ReleaseHead first, again;
  ASSERT_TRUE(MakeRelease(round, &first).ok());
  EXPECT_TRUE(first.with_noise());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(MakeRelease(round, &again).ok());
    ASSERT_EQ(again.SerializeAsString(), first.SerializeAsString());
  }
  const std::vector<std::string> charged = Entries("noise.charged");
  ASSERT_EQ(charged.size(), 1u);
  EXPECT_NE(charged[0].find("\"rho\":\"1/100\""), std::string::npos) << charged[0];
  EXPECT_NE(charged[0].find("\"fy\":2011"), std::string::npos);
  EXPECT_TRUE(KeyFiles().empty());
  TakeOver();
  EXPECT_EQ(HundredthsSpent(), 1);
}

TEST_F(NoiseRelease, WhenTheBudgetIsGoneItIsRefusedWithoutAFigure) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Released(Fill()).number(), i + 1u);
  const v1::Round round = Fill();
  EXPECT_FALSE(CheckOf(round).noise().budget_suffices());
  const grpc::Status refused = MakeRelease(round);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const v1::ErrorDetail detail = base::DetailOf(transport::FromGrpc(refused));
  EXPECT_EQ(detail.rule(), "policy.noise_budget");
  for (const std::string& text : {refused.error_message(), detail.would_pass()}) {
    EXPECT_EQ(text.find_first_of("0123456789"), std::string::npos) << text;
  }
  EXPECT_EQ(Entries("noise.charged").size(), 3u);
  EXPECT_EQ(Entries("compute.denied").size(), 1u);
  EXPECT_TRUE(KeyFiles().empty()) << "nothing was drawn";
  // R16: a larger budget is for later data years.
  v1::PolicyRecord record;
  const std::string raised = NoisePolicy("numerator: 1 denominator: 1", 2);
  const grpc::Status proposed = ProposePolicy(FirstSecretary(), raised, &record);
  ASSERT_TRUE(proposed.ok()) << proposed.error_message();
  ASSERT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  EXPECT_EQ(MakeRelease(Fill()).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(NoiseRelease, ACheckSaysPriceAndPlacesAndDependsOnNoCount) {
  const v1::Round round = Fill();
  const v1::CheckReleaseResponse check = CheckOf(round);
  EXPECT_EQ(check.noise().terms().rho_denominator(), 100u);
  EXPECT_EQ(check.noise().rho_per_data_year().numerator(), 3u);
  EXPECT_TRUE(check.noise().budget_suffices());
  ASSERT_EQ(check.table_size(), 1);
  EXPECT_EQ(check.table(0).loss(), v1::LOSS_CLASS_UNSPECIFIED);
  EXPECT_EQ(check.table(0).slice(0).state(), v1::SLICE_STATE_SHOWN);
  EXPECT_TRUE(KeyFiles().empty()) << "a question draws nothing";
  // The same members with nobody to count.
  const v1::Round empty = OpenRound();
  for (int i = 0; i < 5; ++i) {
    const Agent& agent = i == 0 ? tsuruoka_ : others_[static_cast<size_t>(i - 1)];
    v1::ContributionStatement statement = StatementFor(agent, empty);
    for (int c = 0; c < statement.count_size(); ++c) statement.set_count(c, 0);
    ASSERT_TRUE(Submit(agent, statement).ok());
  }
  ASSERT_TRUE(Close(empty).ok());
  EXPECT_EQ(CheckOf(empty).SerializeAsString(), check.SerializeAsString());
}

TEST_F(NoiseRelease, FewMembersAreStillTooFew) {
  const v1::Round round = OpenRound();
  for (const Agent* agent : {&tsuruoka_, &others_[0]}) {
    ASSERT_TRUE(Submit(*agent, StatementFor(*agent, round)).ok());
  }
  ASSERT_TRUE(Close(round).ok());
  EXPECT_EQ(ReasonOf(MakeRelease(round)), v1::ERROR_REASON_TOO_FEW_MEMBERS);
  EXPECT_TRUE(Entries("noise.charged").empty());
}

TEST_F(NoiseRelease, AFamilyReleasedWithNoiseIsNeverReleasedExactly) {
  Released(Fill());
  v1::PolicyRecord record;
  const std::string exact = absl::StrReplaceAll(policy::rules::Policy::Default()->text(),
                                                {{"version: 1\n", "version: 2\n"}});
  ASSERT_TRUE(ProposePolicy(FirstSecretary(), exact, &record).ok());
  // Another indicator and year, of the same family.
  v1::OpenRoundRequest request;
  request.set_area_code("0604");
  request.set_fiscal_year(2012);
  request.add_indicator("finding_waist");
  v1::OpenRoundResponse opened;
  ASSERT_TRUE(RENKEI_CALL(secretariat_, RoundService, OpenRound, request, &opened).ok());
  for (int i = 0; i < 5; ++i) {
    const Agent& agent = i == 0 ? tsuruoka_ : others_[static_cast<size_t>(i - 1)];
    ASSERT_TRUE(Submit(agent, StatementFor(agent, opened.round())).ok());
  }
  ASSERT_TRUE(Close(opened.round()).ok());
  const grpc::Status refused = MakeRelease(opened.round());
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_ALREADY_RELEASED) << refused.error_message();
  EXPECT_NE(refused.error_message().find("one lane"), std::string::npos);
  EXPECT_EQ(Entries("compute.denied").size(), 1u);
}

TEST_F(NoiseRelease, ARoundUnderWayDoesNotChangeLanesWithThePolicy) {
  const v1::Round round = Fill();
  v1::PolicyRecord record;
  const std::string exact = absl::StrReplaceAll(policy::rules::Policy::Default()->text(),
                                                {{"version: 1\n", "version: 2\n"}});
  ASSERT_TRUE(ProposePolicy(FirstSecretary(), exact, &record).ok());
  EXPECT_EQ(ReasonOf(MakeRelease(round)), v1::ERROR_REASON_POLICY_STALE);
}

class ExactFirst : public NoiseRelease {
 protected:
  std::string PolicyText() override { return ""; }
};

TEST_F(ExactFirst, AFamilyReleasedExactlyIsNeverReleasedWithNoise) {
  EXPECT_FALSE(Released(Fill()).has_noise());
  v1::PolicyRecord record;
  ASSERT_TRUE(ProposePolicy(FirstSecretary(), NoisePolicy(kThreeReleases, 2), &record).ok());
  const grpc::Status refused = MakeRelease(Fill({"finding_waist"}));
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_ALREADY_RELEASED) << refused.error_message();
  EXPECT_TRUE(Entries("noise.charged").empty());
}

TEST_F(ExactFirst, APolicyNamesFamiliesOfTheCatalogueAndAllThatAreLinked) {
  v1::PolicyRecord record;
  const auto propose = [&](const std::string& families) {
    return ProposePolicy(
        FirstSecretary(),
        absl::StrReplaceAll(NoisePolicy(kThreeReleases, 2),
                            {{"  family: \"checkup\"\n  family: \"guidance\"\n", families}}),
        &record);
  };
  EXPECT_EQ(propose("  family: \"nonesuch\"\n").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const grpc::Status split = propose("  family: \"checkup\"\n");
  EXPECT_EQ(split.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(split.error_message().find("guidance"), std::string::npos) << split.error_message();
  EXPECT_TRUE(propose("  family: \"claims\"\n").ok());
}

}  // namespace
}  // namespace renkei::hub
