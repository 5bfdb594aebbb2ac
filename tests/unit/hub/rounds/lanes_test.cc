// Which lane a round is in, and which families a policy may put into the noise lane.
#include "hub/rounds/lanes.h"

#include <gtest/gtest.h>

#include <memory>

#include "policy/base/error.h"

namespace renkei::hub::rounds {
namespace {

const policy::catalogue::Catalogue& Catalogue() {
  static const auto catalogue = *policy::catalogue::Catalogue::LoadBuiltIn();
  return *catalogue;
}

v1::PolicyDocument With(const std::vector<std::string>& families) {
  v1::PolicyDocument policy;
  for (const std::string& family : families) policy.mutable_noise()->add_family(family);
  return policy;
}

TEST(Lanes, AreOfFamilies) {
  EXPECT_EQ(LaneOf(Catalogue(), With({}), "finding_bmi"), Lane::kExact);
  EXPECT_EQ(LaneOf(Catalogue(), With({"checkup"}), "finding_bmi"), Lane::kNoise);
  EXPECT_EQ(LaneOf(Catalogue(), With({"claims"}), "finding_bmi"), Lane::kExact);
  EXPECT_EQ(LaneOf(Catalogue(), With({"checkup"}), "nonesuch"), Lane::kExact);
}

TEST(Lanes, ARoundIsInOne) {
  const v1::PolicyDocument policy = With({"checkup"});
  EXPECT_EQ(*LaneOfRound(Catalogue(), policy, {"finding_bmi", "finding_waist"}), Lane::kNoise);
  EXPECT_EQ(*LaneOfRound(Catalogue(), policy, {"guidance_use_rate"}), Lane::kExact);
  for (const auto& mixed : {std::vector<std::string>{"finding_bmi", "guidance_use_rate"},
                            {"guidance_use_rate", "finding_bmi"}}) {
    const absl::Status refused = LaneOfRound(Catalogue(), policy, mixed).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(policy::base::DetailOf(refused).would_pass().find("round of their own"),
              std::string::npos);
  }
}

TEST(Lanes, AMeasureThatReadsOtherYearsHasNoNoise) {
  const v1::PolicyDocument policy = With({"checkup", "guidance"});
  for (const char* id : {"improve_rate", "continue_rate"}) {
    ASSERT_NE(Catalogue().FindMeasure(id), nullptr) << id;
    EXPECT_FALSE(LaneOfRound(Catalogue(), policy, {"finding_bmi", id}).ok()) << id;
    EXPECT_TRUE(LaneOfRound(Catalogue(), With({}), {"finding_bmi", id}).ok()) << id;
  }
}

TEST(Lanes, FamiliesThatCountTheSamePersonsAreLinked) {
  EXPECT_TRUE(AreLinked(Catalogue(), "finding_bmi", "finding_waist"));
  EXPECT_TRUE(AreLinked(Catalogue(), "finding_bmi", "guidance_use_rate"));
  EXPECT_TRUE(AreLinked(Catalogue(), "guidance_use_rate", "finding_bmi"));
  EXPECT_TRUE(AreLinked(Catalogue(), "finding_bmi", "nonesuch"));
}

TEST(Lanes, APolicyNamesKnownFamiliesAndAllThatCountTheSamePersons) {
  EXPECT_TRUE(CheckNoiseFamilies(Catalogue(), With({})).ok());
  EXPECT_TRUE(CheckNoiseFamilies(Catalogue(), With({"claims"})).ok());
  EXPECT_TRUE(CheckNoiseFamilies(Catalogue(), With({"guidance", "checkup", "absence"})).ok());
  EXPECT_FALSE(CheckNoiseFamilies(Catalogue(), With({"claims", "nonesuch"})).ok());
  // Who was guided is counted out of a checkup measure's numerator.
  EXPECT_FALSE(CheckNoiseFamilies(Catalogue(), With({"checkup"})).ok());
  EXPECT_FALSE(CheckNoiseFamilies(Catalogue(), With({"guidance"})).ok());
}

}  // namespace
}  // namespace renkei::hub::rounds
