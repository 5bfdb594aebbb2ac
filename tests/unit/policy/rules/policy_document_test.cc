#include "policy/rules/policy_document.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::rules {
namespace {

std::string DefaultText() { return Policy::Default()->text(); }

TEST(Policy, ShippedDocumentHasTheGuidelinesThresholds) {
  const auto policy = Policy::Default();
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->document().min_cell_persons(), 10u);
  EXPECT_EQ(policy->document().min_contributors(), 3u);
  EXPECT_EQ(policy->document().population_edition(), "juki-2025-01-01");
  EXPECT_EQ(policy->document().consent_checkpoint_max_age_days(), 31u);
  EXPECT_EQ(policy->document().release_within_days(), 120u);
  EXPECT_EQ(policy->document().contribution_max_age_days(), 7u);
  EXPECT_EQ(policy->digest(), crypto::Sha256(base::AsBytes(policy->text())));
}

TEST(Policy, ThresholdsFollowThePopulationBandsAtTheirEdges) {
  const auto policy = Policy::Default();
  ASSERT_TRUE(policy.ok());
  const v1::PolicyDocument& p = policy->document();
  EXPECT_TRUE(ThresholdOfMunicipality(p, 0).hide);
  EXPECT_TRUE(ThresholdOfMunicipality(p, 1999).hide);
  EXPECT_FALSE(ThresholdOfMunicipality(p, 2000).hide);
  EXPECT_EQ(ThresholdOfMunicipality(p, 2000).min_cell, 20);
  EXPECT_EQ(ThresholdOfMunicipality(p, 24999).min_cell, 20);
  EXPECT_EQ(ThresholdOfMunicipality(p, 25000).min_cell, 10);
}

TEST(Policy, EveryFaultIsNamedAtOnceWithItsPlace) {
  const std::string text = absl::StrReplaceAll(
      DefaultText(), {{"min_cell_persons: 10", "min_cell_persons: 9"},
                      {"min_contributors: 3", "min_contributors: 2"},
                      {"contribution_max_age_days: 7", "contribution_max_age_days: 8"}});
  EXPECT_EQ(Policy::Faults(text, "p"),
            (std::vector<std::string>{
                "p:6: min_cell_persons: must be at least 10 and at most 100000; a policy only "
                "tightens",
                "p:10: min_contributors: must be at least 3 and at most 100000; a policy only "
                "tightens",
                "p:17: contribution_max_age_days: must be 1 to 7"}));
  EXPECT_EQ(Policy::Faults("", "p").front().substr(0, 5), "p: id");
  EXPECT_TRUE(Policy::Faults(DefaultText(), "p").empty());
  const std::string large(kMaxPolicyTextBytes + 1, '#');
  EXPECT_EQ(Policy::Faults(large, "p").size(), 1u);
  EXPECT_EQ(Policy::Parse(large, "p").status().code(), absl::StatusCode::kResourceExhausted);
}

struct Fault {
  const char* from;
  const char* to;
  const char* message;
};

class FaultyPolicy : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyPolicy, IsRefusedWithFileLineAndField) {
  const std::string text = absl::StrReplaceAll(DefaultText(), {{GetParam().from, GetParam().to}});
  ASSERT_NE(text, DefaultText());
  const auto parsed = Policy::Parse(text, "p.textproto");
  ASSERT_FALSE(parsed.ok());
  EXPECT_TRUE(absl::StrContains(parsed.status().message(), GetParam().message)) << parsed.status();
}

INSTANTIATE_TEST_SUITE_P(
    EveryField, FaultyPolicy,
    ::testing::Values(
        Fault{"version: 1", "version: 1 dominance_percent: 80", "p.textproto:4:"},
        Fault{"id: \"ndb-guideline-default\"", "id: \"\"", "p.textproto:3: id"},
        Fault{"version: 1", "version: 0", "p.textproto:4: version"},
        Fault{"min_cell_persons: 10", "min_cell_persons: 9", "p.textproto:6: min_cell_persons"},
        Fault{"below_persons: 25000", "below_persons: 2000", "p.textproto:8: population_band"},
        Fault{"min_cell_persons: 20", "min_cell_persons: 9", "p.textproto:8: population_band"},
        Fault{"min_cell_persons: 20", "hide: true min_cell_persons: 20", "must be 0 with hide"},
        Fault{"hide: true", "min_cell_persons: 15", "at most the smaller band's"},
        Fault{"below_persons: 2000 hide: true",
              "below_persons: 1000 min_cell_persons: 30 } population_band { below_persons: 2000 "
              "hide: true",
              "must be stricter"},
        Fault{"population_band { below_persons: 2000 hide: true }", "",
              "below 2000 persons may be shown"},
        Fault{"population_band { below_persons: 25000 min_cell_persons: 20 }", "", "at least 20"},
        Fault{"below_persons: 2000 ", "below_persons: 1999 ", "below 2000 persons may be shown"},
        Fault{"below_persons: 25000", "below_persons: 24999", "at least 20"},
        Fault{"min_cell_persons: 20", "min_cell_persons: 19", "at least 20"},
        Fault{"\"juki-2025-01-01\"", "\"\"", "p.textproto:9: population_edition"},
        Fault{"min_contributors: 3", "min_contributors: 2", "p.textproto:10: min_contributors"},
        Fault{"colluders: 0", "colluders: 1", "p.textproto:11: colluders"},
        Fault{"audit_denominators: false", "audit_denominators: true", "p.textproto:12"},
        Fault{"insurer_by_municipality_needs_agreement: true",
              "insurer_by_municipality_needs_agreement: false", "p.textproto:13"},
        Fault{"member_level_needs_agreement: true", "member_level_needs_agreement: false",
              "p.textproto:14"},
        Fault{"age_days: 31", "age_days: 32", "p.textproto:15"},
        Fault{"release_within_days: 120", "release_within_days: 121", "p.textproto:16"},
        Fault{"contribution_max_age_days: 7", "contribution_max_age_days: 0", "p.textproto:17"},
        Fault{"LEVEL_FIVE_YEAR_BANDS", "LEVEL_UNSPECIFIED", "p.textproto:19: ladder: name a level"},
        Fault{"LEVEL_FIVE_YEAR_BANDS", "LEVEL_POSTCODE", "Unknown enumeration value"},
        Fault{"LEVEL_SEX", "LEVEL_FIVE_YEAR_BANDS", "p.textproto:20: ladder: a step before it"},
        Fault{"LEVEL_KIND_BY_MUNICIPALITY\nladder: WITHHELD_LEVEL_FIVE_YEAR_BANDS",
              "LEVEL_MUNICIPALITY\nladder: WITHHELD_LEVEL_KIND_BY_MUNICIPALITY",
              "p.textproto:19: ladder: a step before it withholds this level"},
        Fault{"ladder: WITHHELD_LEVEL_SEX",
              "ladder: WITHHELD_LEVEL_AGE_BANDS\nladder: WITHHELD_LEVEL_SEX",
              "p.textproto:23: ladder: a ladder has at most 5 steps"},
        Fault{"version: 1", "version: 1\nrounding: 7", "p.textproto:5: rounding: name ROUNDING"},
        Fault{"version: 1", "version: 1\nrounding: ROUNDING_NEAREST_5",
              "Unknown enumeration value"}));

TEST(Policy, MayRound) {
  for (const v1::Rounding rounding : {v1::ROUNDING_UP_10, v1::ROUNDING_SMALL_COUNT}) {
    const auto policy =
        Policy::Parse(DefaultText() + "rounding: " + v1::Rounding_Name(rounding), "p.textproto");
    ASSERT_TRUE(policy.ok()) << policy.status();
    EXPECT_EQ(policy->document().rounding(), rounding);
  }
  EXPECT_EQ(Policy::Default()->document().rounding(), v1::ROUNDING_UNSPECIFIED);
}

constexpr char kNoise[] =
    "noise {\n"
    "  family: \"checkup\"\n"
    "  family: \"guidance\"\n"
    "  variance { numerator: 60 denominator: 1 }\n"
    "  rho_per_data_year { numerator: 1 denominator: 2 }\n"
    "  councils_per_person: 1\n"
    "}\n";

TEST(PolicyNoise, IsReadWhole) {
  const auto policy = Policy::Parse(DefaultText() + kNoise, "p");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->document().noise().family_size(), 2);
  EXPECT_TRUE(
      Policy::Parse(DefaultText() + "noise { kind: 1 }", "p").status().message().find("kind") !=
      std::string::npos)
      << "an unknown field";
}

class FaultyNoise : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyNoise, IsRefusedWithLineAndField) {
  const std::string noise = absl::StrReplaceAll(kNoise, {{GetParam().from, GetParam().to}});
  ASSERT_NE(noise, kNoise);
  const std::vector<std::string> faults = Policy::Faults(DefaultText() + noise, "p");
  ASSERT_EQ(faults.size(), 1u) << faults.size();
  EXPECT_TRUE(absl::StrContains(faults[0], GetParam().message)) << faults[0];
}

INSTANTIATE_TEST_SUITE_P(
    EveryField, FaultyNoise,
    ::testing::Values(
        Fault{"  family: \"checkup\"\n  family: \"guidance\"\n", "", "p:23: noise.family: name"},
        Fault{"\"guidance\"", "\"Guidance\"", "p:25: noise.family: must be"},
        Fault{"\"guidance\"", "\"checkup\"", "p:25: noise.family: names a family twice"},
        Fault{"numerator: 60", "numerator: 0", "p:26: noise.variance: needs"},
        Fault{"60 denominator: 1", "60 denominator: 0", "p:26: noise.variance: needs"},
        Fault{"numerator: 60", "numerator: 1099511627777", "p:26: noise.variance: needs"},
        Fault{"numerator: 60", "numerator: 24", "p:26: noise.variance: must be at least"},
        Fault{"60 denominator: 1", "249 denominator: 10", "p:26: noise.variance: must be at least"},
        Fault{"  variance { numerator: 60 denominator: 1 }\n", "", "noise.variance: needs"},
        Fault{"1 denominator: 2", "3 denominator: 2", "p:27: noise.rho_per_data_year: must be"},
        Fault{"1 denominator: 2", "0 denominator: 2", "p:27: noise.rho_per_data_year: needs"},
        Fault{"councils_per_person: 1", "councils_per_person: 0", "p:28: noise.councils"},
        Fault{"councils_per_person: 1", "councils_per_person: 1000001", "p:28: noise.councils"}));

TEST(PolicyNoise, TheLeastNoiseReachesTheSmallestCellWithTwoStandardDeviations) {
  const auto with = [](const std::string& numerator, const std::string& cell) {
    return Policy::Faults(
        absl::StrReplaceAll(DefaultText() + kNoise,
                            {{"numerator: 60", "numerator: " + numerator},
                             {"min_cell_persons: 10", "min_cell_persons: " + cell}}),
        "p");
  };
  EXPECT_TRUE(with("25", "10").empty());
  EXPECT_TRUE(with("36", "12").empty());
  EXPECT_EQ(with("35", "12").size(), 1u);
  EXPECT_TRUE(with("1099511627776", "10").empty());
}

TEST(Policy, NeedsNoLadder) {
  const std::string text = DefaultText().substr(0, DefaultText().find("ladder"));
  EXPECT_TRUE(Policy::Parse(text, "p.textproto").ok());
}

}  // namespace
}  // namespace renkei::policy::rules
