// Which way a policy changes, field by field.
#include "policy/rules/policy_changes.h"

#include <gtest/gtest.h>

#include <functional>
#include <tuple>

#include "policy/rules/policy_document.h"

namespace renkei::policy::rules {
namespace {

const v1::PolicyDocument& Shipped() {
  static const auto* policy = new Policy(*Policy::Default());
  return policy->document();
}

struct Row {
  const char* field;
  std::function<void(v1::PolicyDocument&)> change;
  Direction direction;
  bool binds_release;
};

const std::vector<Row>& Table() {
  using P = v1::PolicyDocument;
  static const auto* rows = new std::vector<Row>{
      {"id", [](P& p) { p.set_id("x"); }, Direction::kNeither, false},
      {"version", [](P& p) { p.set_version(9); }, Direction::kNeither, false},
      {"source", [](P& p) { p.set_source("x"); }, Direction::kNeither, false},
      {"min_cell_persons", [](P& p) { p.set_min_cell_persons(11); }, Direction::kTightens, true},
      {"population_band[0..1999]",
       [](P& p) {
         p.mutable_population_band(0)->set_hide(false);
         p.mutable_population_band(0)->set_min_cell_persons(30);
       },
       Direction::kLoosens, true},
      {"population_band[2000..24999]",
       [](P& p) { p.mutable_population_band(1)->set_min_cell_persons(21); }, Direction::kTightens,
       true},
      {"population_band[2000..24999]",
       [](P& p) {
         p.mutable_population_band(1)->set_min_cell_persons(0);
         p.mutable_population_band(1)->set_hide(true);
       },
       Direction::kTightens, true},
      {"population_band[25000..29999]",
       [](P& p) { p.mutable_population_band(1)->set_below_persons(30000); }, Direction::kTightens,
       true},
      {"population_band[1500..1999]",
       [](P& p) { p.mutable_population_band(0)->set_below_persons(1500); }, Direction::kLoosens,
       true},
      {"population_edition", [](P& p) { p.set_population_edition("x"); }, Direction::kEither, true},
      {"min_contributors", [](P& p) { p.set_min_contributors(4); }, Direction::kTightens, true},
      {"colluders", [](P& p) { p.set_colluders(1); }, Direction::kTightens, true},
      {"audit_denominators", [](P& p) { p.set_audit_denominators(true); }, Direction::kTightens,
       true},
      {"insurer_by_municipality_needs_agreement",
       [](P& p) { p.set_insurer_by_municipality_needs_agreement(false); }, Direction::kLoosens,
       true},
      {"member_level_needs_agreement", [](P& p) { p.set_member_level_needs_agreement(false); },
       Direction::kLoosens, true},
      {"consent_checkpoint_max_age_days", [](P& p) { p.set_consent_checkpoint_max_age_days(30); },
       Direction::kTightens, false},
      {"release_within_days", [](P& p) { p.set_release_within_days(119); }, Direction::kTightens,
       true},
      {"contribution_max_age_days", [](P& p) { p.set_contribution_max_age_days(6); },
       Direction::kTightens, false},
      {"ladder", [](P& p) { p.mutable_ladder()->Truncate(2); }, Direction::kNeither, false},
      {"rounding", [](P& p) { p.set_rounding(v1::ROUNDING_UP_10); }, Direction::kTightens, true},
      {"noise.family", [](P& p) { p.mutable_noise()->add_family("claims"); }, Direction::kEither,
       true},
  };
  return *rows;
}

TEST(PolicyChanges, AreNamedWithTheirDirection) {
  EXPECT_TRUE(ComparePolicies(Shipped(), Shipped()).empty());
  for (const Row& row : Table()) {
    SCOPED_TRACE(row.field);
    v1::PolicyDocument changed = Shipped();
    row.change(changed);
    const std::vector<PolicyChange> changes = ComparePolicies(Shipped(), changed);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].field, row.field);
    EXPECT_EQ(changes[0].direction, row.direction);
    EXPECT_EQ(changes[0].binds_release, row.binds_release);
    EXPECT_NE(changes[0].from, changes[0].to);
  }
}

TEST(PolicyChanges, TurnRoundWhenTheDocumentsDo) {
  for (const Row& row : Table()) {
    SCOPED_TRACE(row.field);
    v1::PolicyDocument changed = Shipped();
    row.change(changed);
    const std::vector<PolicyChange> back = ComparePolicies(changed, Shipped());
    ASSERT_EQ(back.size(), 1u);
    const Direction expected = row.direction == Direction::kTightens  ? Direction::kLoosens
                               : row.direction == Direction::kLoosens ? Direction::kTightens
                                                                      : row.direction;
    EXPECT_EQ(back[0].direction, expected);
  }
}

TEST(PolicyChanges, EveryFieldOfTheDocumentIsCompared) {
  // A field that is added later and forgotten here would change a policy unseen.
  const auto* descriptor = v1::PolicyDocument::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const std::string name = descriptor->field(i)->name();
    EXPECT_TRUE(std::any_of(Table().begin(), Table().end(), [&](const Row& row) {
      return std::string(row.field).substr(0, name.size()) == name;
    })) << name;
  }
}

TEST(PolicyChanges, KeepARoundFromItsReleaseWhenTheyBindIt) {
  EXPECT_TRUE(StricterAtRelease(Shipped(), Shipped()).empty());
  for (const Row& row : Table()) {
    SCOPED_TRACE(row.field);
    v1::PolicyDocument changed = Shipped();
    row.change(changed);
    const bool stricter =
        row.direction == Direction::kTightens || row.direction == Direction::kEither;
    EXPECT_EQ(StricterAtRelease(Shipped(), changed).empty(), !(stricter && row.binds_release));
  }
}

TEST(PolicyChanges, MoreNoiseAndASmallerBudgetTighten) {
  v1::PolicyDocument from = Shipped();
  v1::NoiseLane& lane = *from.mutable_noise();
  lane.add_family("claims");
  lane.add_family("checkup");
  lane.mutable_variance()->set_numerator(60);
  lane.mutable_variance()->set_denominator(1);
  lane.mutable_rho_per_data_year()->set_numerator(1);
  lane.mutable_rho_per_data_year()->set_denominator(2);
  lane.set_councils_per_person(1);
  using N = v1::NoiseLane;
  const std::tuple<const char*, std::function<void(N&)>, Direction> rows[] = {
      {"noise.variance", [](N& n) { n.mutable_variance()->set_numerator(61); },
       Direction::kTightens},
      {"noise.variance", [](N& n) { n.mutable_variance()->set_denominator(2); },
       Direction::kLoosens},
      {"noise.rho_per_data_year", [](N& n) { n.mutable_rho_per_data_year()->set_denominator(3); },
       Direction::kTightens},
      {"noise.rho_per_data_year", [](N& n) { n.mutable_rho_per_data_year()->set_numerator(2); },
       Direction::kLoosens},
      {"noise.person_may_move_cell", [](N& n) { n.set_person_may_move_cell(true); },
       Direction::kTightens},
      {"noise.councils_per_person", [](N& n) { n.set_councils_per_person(2); },
       Direction::kTightens},
      {"noise.family", [](N& n) { n.add_family("absence"); }, Direction::kEither},
  };
  for (const auto& [field, change, direction] : rows) {
    SCOPED_TRACE(field);
    v1::PolicyDocument to = from;
    change(*to.mutable_noise());
    const std::vector<PolicyChange> changes = ComparePolicies(from, to);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].field, field);
    EXPECT_EQ(changes[0].direction, direction);
    EXPECT_TRUE(changes[0].binds_release);
  }
  v1::PolicyDocument same = from;
  same.mutable_noise()->mutable_variance()->set_numerator(120);
  same.mutable_noise()->mutable_variance()->set_denominator(2);
  same.mutable_noise()->mutable_family()->SwapElements(0, 1);
  EXPECT_TRUE(ComparePolicies(from, same).empty()) << "the same noise for the same families";
  // A lane that was not there: its other fields say how, not which way.
  const std::vector<PolicyChange> whole = ComparePolicies(Shipped(), from);
  ASSERT_EQ(whole.size(), 4u);
  EXPECT_EQ(whole[0].to, "checkup, claims");
  EXPECT_EQ(whole[1].to, "60/1");
  EXPECT_EQ(whole[1].direction, Direction::kNeither);
}

TEST(PolicyChanges, OneStricterBandAmongLooserOnesBinds) {
  v1::PolicyDocument changed = Shipped();
  changed.mutable_population_band(0)->set_below_persons(1000);
  changed.mutable_population_band(1)->set_min_cell_persons(25);
  const auto stricter = StricterAtRelease(Shipped(), changed);
  ASSERT_EQ(stricter.size(), 1u);
  EXPECT_EQ(stricter[0].field, "population_band[2000..24999]");
}

TEST(PolicyChanges, OneRoundingForAnotherIsNeitherStricterNorLooser) {
  v1::PolicyDocument from = Shipped();
  from.set_rounding(v1::ROUNDING_UP_10);
  v1::PolicyDocument to = Shipped();
  to.set_rounding(v1::ROUNDING_SMALL_COUNT);
  const std::vector<PolicyChange> changes = ComparePolicies(from, to);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].direction, Direction::kEither);
  EXPECT_EQ(changes[0].from, "up_10");
  EXPECT_EQ(changes[0].to, "small_count");
  EXPECT_EQ(StricterAtRelease(from, to).size(), 1u);
}

}  // namespace
}  // namespace renkei::policy::rules
