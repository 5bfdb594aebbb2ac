// A series is rounded as its first release was.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "policy/rules/decide.h"
#include "policy/rules/policy_document.h"

namespace renkei::policy::rules {
namespace {

constexpr v1::Rounding kExact = v1::ROUNDING_UNSPECIFIED;
constexpr v1::Rounding kUp = v1::ROUNDING_UP_10;
constexpr v1::Rounding kSmall = v1::ROUNDING_SMALL_COUNT;

Decision Decide(v1::Rounding rounding, const std::vector<v1::Rounding>& in_series) {
  v1::PolicyDocument policy = Policy::Default()->document();
  policy.set_rounding(rounding);
  ReleaseRequest r;
  r.round_state = v1::ROUND_STATE_CLOSED;
  r.now = absl::FromUnixSeconds(1'800'000'000);
  r.issued_at = {r.now, r.now, r.now};
  r.protected_and_clean = true;
  r.rounding_in_series = in_series;
  return DecideRelease(r, policy);
}

TEST(DecideRounding, AFirstReleaseMayBeRoundedAndLaterOnesKeepIt) {
  for (const v1::Rounding rounding : {kExact, kUp, kSmall}) {
    EXPECT_TRUE(Decide(rounding, {}).permitted());
    EXPECT_TRUE(Decide(rounding, {rounding}).permitted());
    for (const v1::Rounding other : {kExact, kUp, kSmall}) {
      if (other == rounding) continue;
      for (const auto& in_series :
           std::vector<std::vector<v1::Rounding>>{{other}, {rounding, other}}) {
        const Decision d = Decide(rounding, in_series);
        ASSERT_FALSE(d.permitted());
        EXPECT_EQ(d.refusal().rule, "release.rounding");
        EXPECT_EQ(d.refusal().code, absl::StatusCode::kFailedPrecondition);
        EXPECT_EQ(d.refusal().reason, v1::ERROR_REASON_LAYOUT_MISMATCH);
        EXPECT_TRUE(absl::StrContains(d.refusal().would_pass, RoundingWord(other)));
      }
    }
  }
}

}  // namespace
}  // namespace renkei::policy::rules
