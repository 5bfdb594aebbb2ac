// A series keeps the layout of its first release (R13).
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "policy/rules/decide.h"
#include "policy/rules/policy_document.h"

namespace renkei::policy::rules {
namespace {

constexpr v1::WithheldLevel kSex = v1::WITHHELD_LEVEL_SEX;
constexpr v1::WithheldLevel kTown = v1::WITHHELD_LEVEL_MUNICIPALITY;

WithheldLevels Of(const std::vector<v1::WithheldLevel>& steps) {
  return MakeOfferedLayout(steps).levels();
}

Decision Decide(const WithheldLevels& withheld, const std::vector<WithheldLevels>& in_series) {
  static const auto* policy = new Policy(*Policy::Default());
  ReleaseRequest r;
  r.round_state = v1::ROUND_STATE_CLOSED;
  r.now = absl::FromUnixSeconds(1'800'000'000);
  r.issued_at = {r.now, r.now, r.now};
  r.protected_and_clean = true;
  r.withheld = withheld;
  r.withheld_in_series = in_series;
  return DecideRelease(r, policy->document());
}

TEST(DecideLayout, AFirstReleaseChoosesAndLaterOnesKeepIt) {
  for (const auto& steps : std::vector<std::vector<v1::WithheldLevel>>{{}, {kSex}, {kSex, kTown}}) {
    EXPECT_TRUE(Decide(Of(steps), {}).permitted());
    EXPECT_TRUE(Decide(Of(steps), {Of(steps)}).permitted());
  }
  // What is withheld counts, not the order of the steps.
  EXPECT_TRUE(Decide(Of({kTown, kSex}), {Of({kSex, kTown})}).permitted());
}

TEST(DecideLayout, NeitherACoarserNorAFinerOneThanTheSeriesPasses) {
  const struct {
    WithheldLevels withheld;
    std::vector<WithheldLevels> in_series;
  } rows[] = {
      {Of({kSex}), {Of({})}},
      {Of({}), {Of({kSex})}},
      {Of({kTown}), {Of({kSex})}},
      {Of({kSex, kTown}), {Of({kSex})}},
      // Indicators of several layouts fit none.
      {Of({kSex}), {Of({kSex}), Of({})}},
      {Of({}), {Of({kSex}), Of({})}},
  };
  for (const auto& row : rows) {
    const Decision d = Decide(row.withheld, row.in_series);
    ASSERT_FALSE(d.permitted());
    EXPECT_EQ(d.refusal().gate, Gate::kDisclosure);
    EXPECT_EQ(d.refusal().reason, v1::ERROR_REASON_LAYOUT_MISMATCH);
    EXPECT_EQ(d.refusal().code, absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(d.refusal().rule, "release.layout");
    EXPECT_FALSE(d.refusal().would_pass.empty());
  }
  EXPECT_TRUE(absl::StrContains(Decide(Of({}), {Of({kSex})}).refusal().message, "without sex"));
}

}  // namespace
}  // namespace renkei::policy::rules
