// A policy that rounds, at a hub with its real store: what a release says and shows, and that a
// series is rounded in one way.
#include "policy/rules/policy_document.h"
#include "tests/integration/hub/agreements_world.h"

namespace renkei::hub {
namespace {

class Rounding : public Agreements {
 protected:
  void SetUp() override {
    Agreements::SetUp();
    Agree(&tsuruoka_, 1);
    EnrolOthers();
  }
  void PutInForce(int version, const std::string& rounding) {
    std::string text =
        absl::StrReplaceAll(policy::rules::Policy::Default()->text(),
                            {{"version: 1\n", absl::StrCat("version: ", version, "\n")}});
    if (!rounding.empty()) absl::StrAppend(&text, "rounding: ", rounding, "\n");
    v1::PolicyRecord record;
    ASSERT_TRUE(ProposePolicy(FirstSecretary(), text, &record).ok());
    ASSERT_EQ(record.state(), v1::POLICY_STATE_IN_FORCE);
  }
  // Every member has `persons` more with the finding in a cell of one place, and half as many in
  // another: what changed in one place only would be its people by type of insurer.
  v1::Round Closed(const std::string& indicator, uint64_t persons) {
    const v1::Round round = OpenRound({indicator});
    for (int i = 0; i < 5; ++i) {
      const Agent& agent = i == 0 ? tsuruoka_ : others_[static_cast<size_t>(i - 1)];
      v1::ContributionStatement statement = StatementFor(agent, round);
      constexpr int kFirstOfNextPlace = 2 * 7 * 2;
      statement.set_count(0, statement.count(0) + persons);
      statement.set_count(kFirstOfNextPlace, statement.count(kFirstOfNextPlace) + persons / 2);
      EXPECT_TRUE(Submit(agent, statement).ok());
    }
    EXPECT_TRUE(Close(round).ok());
    return round;
  }
  // 5 members of kOneMember persons each, 2 in 5 with the finding.
  static constexpr uint64_t kWith = kOneMember * 5 * 2 / 5;
};

TEST_F(Rounding, UpTo10IsWhatReadersSeeAndAreTold) {
  PutInForce(2, "ROUNDING_UP_10");
  const v1::Release release = Released(Closed("finding_bmi", 1));
  EXPECT_EQ(release.rounding(), v1::ROUNDING_UP_10);
  EXPECT_EQ(AreaCell(release).numerator(), kWith + 10) << "5 more, rounded up";
  EXPECT_EQ(AreaCell(release).denominator(), kOneMember * 5 + 10);
  int shown = 0;
  for (const v1::ReleaseCell& cell : release.table(0).cell()) {
    EXPECT_EQ(cell.numerator() % 10, 0u);
    EXPECT_EQ(cell.denominator() % 10, 0u);
    if (cell.denominator() == 0) continue;
    ++shown;
    // Half up, of the rounded counts.
    EXPECT_EQ(cell.value_tenths(),
              (2000 * cell.numerator() + cell.denominator()) / (2 * cell.denominator()));
  }
  EXPECT_GT(shown, 20);
}

TEST_F(Rounding, OfExactCountsThatAreNotSmallChangesNothing) {
  PutInForce(2, "ROUNDING_SMALL_COUNT");
  const v1::Release release = Released(Closed("finding_bmi", 1));
  EXPECT_EQ(release.rounding(), v1::ROUNDING_SMALL_COUNT);
  EXPECT_EQ(AreaCell(release).numerator(), kWith + 5);
}

TEST_F(Rounding, ASeriesKeepsTheRoundingOfItsFirstRelease) {
  const v1::Release exact = Released(Closed("finding_bmi", 1));
  EXPECT_EQ(exact.rounding(), v1::ROUNDING_UNSPECIFIED);
  PutInForce(2, "ROUNDING_UP_10");
  const v1::Round round = Closed("finding_bmi", 41);
  const grpc::Status refused = MakeRelease(round);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_LAYOUT_MISMATCH);
  EXPECT_NE(refused.error_message().find("rounded in one way"), std::string::npos)
      << refused.error_message();
  // Another indicator begins rounded and stays so, of every year.
  EXPECT_EQ(Released(Closed("finding_waist", 1)).rounding(), v1::ROUNDING_UP_10);
  PutInForce(3, "");
  EXPECT_EQ(ReasonOf(MakeRelease(Closed("finding_waist", 51))), v1::ERROR_REASON_LAYOUT_MISMATCH);
  EXPECT_EQ(Released(Closed("finding_bmi", 41)).rounding(), v1::ROUNDING_UNSPECIFIED);
}

TEST_F(Rounding, AStricterPolicyThatRoundsBindsTheRoundsUnderWay) {
  const v1::Round pending = Closed("finding_bmi", 1);
  PutInForce(2, "ROUNDING_SMALL_COUNT");
  EXPECT_EQ(ReasonOf(MakeRelease(pending)), v1::ERROR_REASON_POLICY_STALE);
}

}  // namespace
}  // namespace renkei::hub
