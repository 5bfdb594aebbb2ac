// What a noise release is refused for and what it costs, whatever the counts are: the anchor, the
// thresholds of agreements, members that come and go, kinds of members, and budgets that somebody
// would like to raise.
#include "tests/integration/hub/noise_world.h"

namespace renkei::hub {
namespace {

class NoiseTerms : public NoiseWorld {
 protected:
  grpc::Status Check(const v1::Round& round, v1::CheckReleaseResponse* response) {
    v1::CheckReleaseRequest request;
    request.set_round_id(DescriptorOf(round).round_id());
    return RENKEI_CALL(secretariat_, ReleaseService, CheckRelease, request, response);
  }
  // Make and check both refuse by the rule, the refusal is an entry, and nothing was drawn.
  void ExpectRefused(const v1::Round& round, const std::string& rule) {
    const size_t denied = Entries("compute.denied").size();
    const size_t charged = Entries("noise.charged").size();
    const grpc::Status made = MakeRelease(round);
    EXPECT_EQ(made.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << made.error_message();
    EXPECT_EQ(base::DetailOf(transport::FromGrpc(made)).rule(), rule) << made.error_message();
    v1::CheckReleaseResponse unused;
    EXPECT_EQ(Check(round, &unused).error_message(), made.error_message());
    EXPECT_EQ(Entries("compute.denied").size(), denied + 1);
    EXPECT_EQ(Entries("noise.charged").size(), charged);
    EXPECT_TRUE(KeyFiles().empty());
  }
  v1::Round FilledBy(const std::vector<const Agent*>& agents, const std::string& indicator,
                     uint32_t year = 2011) {
    const v1::Round round = OpenRound({indicator}, year);
    for (const Agent* agent : agents) {
      const grpc::Status status = Submit(*agent, StatementFor(*agent, round));
      EXPECT_TRUE(status.ok()) << status.error_message();
    }
    EXPECT_TRUE(Close(round).ok());
    return round;
  }
  std::vector<const Agent*> Everybody() const {
    std::vector<const Agent*> all = {&tsuruoka_};
    for (const Agent& agent : others_) all.push_back(&agent);
    return all;
  }
  // Of a release of the round, as a check says it.
  std::string RhoOf(const v1::Round& round) {
    v1::CheckReleaseResponse check;
    const grpc::Status status = Check(round, &check);
    EXPECT_TRUE(status.ok()) << status.error_message();
    const v1::NoiseTerms& terms = check.noise().terms();
    return absl::StrCat(terms.rho_numerator(), "/", terms.rho_denominator());
  }
  void PutInForce(const std::string& text) {
    v1::PolicyRecord record;
    const grpc::Status status = ProposePolicy(FirstSecretary(), text, &record);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  }
};

TEST_F(NoiseTerms, WithoutAnAnchorFileNothingIsDrawn) {
  const v1::Round round = Fill();
  server_.reset();
  const std::string path = app::ConfigPath(Path("hub"));
  const std::string config = *base::ReadFile(path, 1 << 16);
  const size_t line = config.find("anchor_file");
  ASSERT_NE(line, std::string::npos);
  std::ofstream(path) << config.substr(0, line) << config.substr(config.find('\n', line) + 1);
  StartServer();
  ExpectRefused(round, "anchor_file");
  server_.reset();
  std::ofstream(path) << config;
  StartServer();
  EXPECT_TRUE(MakeRelease(round).ok());
}

TEST_F(NoiseTerms, AnAgreementsSmallestCellNeedsNoiseThatReachesIt) {
  const v1::Round round = Fill();
  const std::string text = AgreementText(tsuruoka_, 1);
  AgreeOn(&tsuruoka_, Revised(text, 2, "min_cell_persons: 21\n"));
  ExpectRefused(round, "agreement.min_cell_persons");
  // sigma = 10: two standard deviations are 20 persons.
  AgreeOn(&tsuruoka_, Revised(text, 3, "min_cell_persons: 20\n"));
  EXPECT_TRUE(MakeRelease(round).ok());
}

TEST_F(NoiseTerms, FewMembersThatJoinOrLeaveAreNotToldFromTwoReleases) {
  const std::vector<const Agent*> all = Everybody();
  const std::vector<const Agent*> four(all.begin(), all.end() - 1);
  Released(FilledBy(all, "finding_bmi"));
  ExpectRefused(FilledBy(four, "finding_bmi"), "policy.min_contributors");
  EXPECT_TRUE(MakeRelease(FilledBy(four, "finding_waist")).ok()) << "never released before";
  ExpectRefused(FilledBy(all, "finding_waist"), "policy.min_contributors");
  EXPECT_TRUE(MakeRelease(FilledBy(all, "finding_bmi")).ok());
}

TEST_F(NoiseTerms, WhoAgreedToBeShownAloneMayJoinAndLeave) {
  const std::vector<const Agent*> all = Everybody();
  const std::vector<const Agent*> four(all.begin(), all.end() - 1);
  AgreeOn(&others_.back(),
          Revised(AgreementText(others_.back(), 5), 2, "allow_member_level_display: true\n"));
  Released(FilledBy(all, "finding_bmi"));
  EXPECT_TRUE(MakeRelease(FilledBy(four, "finding_bmi")).ok());
}

TEST_F(NoiseTerms, WhoTakesPartWithoutTheMeasureIsNotThereForIt) {
  Released(Fill());
  const v1::Round round = OpenRound();
  for (const Agent* agent : Everybody()) {
    v1::ContributionStatement statement = StatementFor(*agent, round);
    if (agent == &tsuruoka_) {
      statement.set_collected(0, false);
      for (int c = 0; c < statement.count_size(); ++c) statement.set_count(c, 0);
    }
    ASSERT_TRUE(Submit(*agent, statement).ok());
  }
  ASSERT_TRUE(Close(round).ok());
  ExpectRefused(round, "policy.min_contributors");
}

TEST_F(NoiseTerms, APersonIsPaidForOncePerKindOfMembers) {
  EXPECT_EQ(RhoOf(Fill()), "1/100");
  Agent insurer = Enrol(v1::MEMBER_KIND_INSURER, "01130012", {"01130012"});
  Agree(&insurer, 9);
  std::vector<const Agent*> all = Everybody();
  EXPECT_EQ(RhoOf(FilledBy(all, "finding_bmi")), "1/100") << "asked, but counted nobody";
  all.push_back(&insurer);
  const v1::Round both = FilledBy(all, "finding_bmi");
  EXPECT_EQ(RhoOf(both), "1/50");
  ASSERT_TRUE(MakeRelease(both).ok());
  EXPECT_NE(Entries("noise.charged").back().find("\"rho\":\"1/50\""), std::string::npos);
}

class SmallBudget : public NoiseTerms {
 protected:
  std::string PolicyText() override { return NoisePolicy("numerator: 1 denominator: 200"); }
};

TEST_F(SmallBudget, ThatWasRefusedIsRaisedForOtherYearsOnly) {
  const v1::Round refused = Fill();
  EXPECT_EQ(MakeRelease(refused).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  PutInForce(NoisePolicy("numerator: 1 denominator: 1", 2));
  EXPECT_EQ(MakeRelease(refused).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(MakeRelease(Fill()).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Entries("noise.charged").empty());
  EXPECT_TRUE(MakeRelease(FilledBy(Everybody(), "finding_bmi", 2012)).ok());
}

TEST_F(SmallBudget, ThatMembersWereAskedUnderIsNotRaised) {
  OpenRound();
  PutInForce(NoisePolicy("numerator: 1 denominator: 1", 2));
  EXPECT_EQ(MakeRelease(Fill()).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

class TwoCouncils : public NoiseTerms {
 protected:
  std::string PolicyText() override {
    return absl::StrReplaceAll(NoisePolicy(kThreeReleases),
                               {{"councils_per_person: 1", "councils_per_person: 2"}});
  }
};

TEST_F(TwoCouncils, DoNotBecomeOneToMakeAReleaseOfTheYearCheaper) {
  EXPECT_EQ(RhoOf(Fill()), "1/50");
  PutInForce(NoisePolicy(kThreeReleases, 2));
  EXPECT_EQ(RhoOf(Fill()), "1/50");
  EXPECT_EQ(RhoOf(FilledBy(Everybody(), "finding_bmi", 2012)), "1/100");
}

}  // namespace
}  // namespace renkei::hub
