#include "hub/indicators/view.h"

#include <gtest/gtest.h>

#include <memory>

#include "hub/indicators/release_tables.h"
#include "policy/base/error.h"
#include "policy/disclosure/protect.h"
#include "policy/rules/policy_document.h"
#include "policy/tables/labels.h"

namespace renkei::hub::indicators {
namespace {

namespace base = policy::base;
namespace disclosure = policy::disclosure;
namespace tables = policy::tables;

// Four workplaces in one town, two measures; nobody over 70, seven men of 40 with the first
// finding.
v1::Release SmallRelease() {
  disclosure::ProtectRequest request;
  request.layout = std::make_shared<const tables::Layout>(*tables::Layout::Make(
      "0604", base::FiscalYear(2011), {{"mets_rate", 1}, {"checkup_rate", 2}}, {"062031"}));
  request.policy = policy::rules::Policy::Default()->document();
  request.population_persons["062031"] = 120000;
  for (const tables::MeasureVersion& version : request.layout->measures()) {
    v1::Measure measure;
    measure.set_id(version.id);
    measure.set_version(version.version);
    request.measures.push_back(measure);
  }
  for (int i = 0; i < 4; ++i) {
    auto cube = std::make_shared<tables::Cube>(request.layout);
    for (int m = 0; m < 2; ++m) {
      for (int s = 0; s < 2; ++s) {
        for (int b = 0; b < 6; ++b) {
          cube->counts()[request.layout->Index(m, 0, s, b, 0)] = 30 + 10 * m;
          cube->counts()[request.layout->Index(m, 0, s, b, 1)] = 70;
        }
      }
    }
    cube->counts()[request.layout->Index(0, 0, 0, 0, 0)] = i == 0 ? 7 : 0;
    disclosure::PooledContribution c;
    c.member = base::MemberId("member/workplace/" + std::to_string(i));
    c.kind = v1::MEMBER_KIND_WORKPLACE;
    c.cube = cube;
    request.contributions.push_back(c);
  }
  const auto table = disclosure::Protect(request, std::vector<uint8_t>(32, 0));
  EXPECT_TRUE(table.ok()) << table.status();
  v1::Release release;
  release.set_area_code("0604");
  release.set_area_name("庄内");
  release.set_fiscal_year(2011);
  for (v1::ReleaseTable& t : BuildTables(*table)) *release.add_table() = std::move(t);
  return release;
}

TEST(BuildTables, PrintsValueAndIntervalOfPublishedCellsOnly) {
  const v1::Release release = SmallRelease();
  ASSERT_EQ(release.table_size(), 2);
  EXPECT_EQ(release.table(1).measure().id(), "checkup_rate");
  EXPECT_EQ(release.table(1).measure().version(), 2u);
  EXPECT_EQ(release.table(0).reason_size(), 1);
  EXPECT_EQ(release.table(0).reason(0), v1::TABLE_REASON_SMALL_COUNTS);
  EXPECT_EQ(release.table(1).reason_size(), 0);
  EXPECT_EQ(release.table(1).loss(), v1::LOSS_CLASS_BELOW_1);
  int suppressed = 0;
  for (const v1::ReleaseTable& table : release.table()) {
    for (const v1::ReleaseCell& cell : table.cell()) {
      if (cell.state() == v1::CELL_STATE_PUBLISHED && cell.denominator() > 0) {
        EXPECT_LE(cell.ci_lower_tenths(), cell.value_tenths());
        EXPECT_GE(cell.ci_upper_tenths(), cell.value_tenths());
        EXPECT_NE(cell.members(), v1::MEMBERS_CLASS_UNSPECIFIED);
        continue;
      }
      suppressed += cell.state() == v1::CELL_STATE_SUPPRESSED;
      v1::ReleaseCell bare;
      bare.set_municipality(cell.municipality());
      bare.set_member_kind(cell.member_kind());
      bare.set_sex(cell.sex());
      bare.set_age_band(cell.age_band());
      bare.set_state(cell.state());
      // Nothing beyond its place and state, to the byte.
      EXPECT_EQ(cell.SerializeAsString(), bare.SerializeAsString());
    }
  }
  EXPECT_GT(suppressed, 0);
}

TEST(ViewRelease, WithoutBreakdownIsOneRowPerIndicator) {
  ViewQuery query;
  const auto rows = ViewRelease(SmallRelease(), query);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2u);
  const ViewRow& row = (*rows)[1];
  EXPECT_EQ(row.indicator, "checkup_rate");
  EXPECT_EQ(row.cell.sex(), v1::SEX_BOTH);
  EXPECT_EQ(row.cell.age_band(), "40-74");
  EXPECT_EQ(row.cell.numerator(), 4u * 12 * 40);
  EXPECT_EQ(row.cell.denominator(), 4u * 12 * 110);
  EXPECT_EQ(row.cell.value_tenths(), 364u);
}

TEST(ViewRelease, BySexAndAgeIsTwentyFourRowsInAStableOrder) {
  ViewQuery query;
  query.indicators.push_back("checkup_rate");
  query.municipality = "062031";
  query.by = Breakdown::kSexAge;
  const auto rows = ViewRelease(SmallRelease(), query);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 24u);
  EXPECT_EQ((*rows)[0].cell.sex(), v1::SEX_MALE);
  EXPECT_EQ((*rows)[0].cell.age_band(), "40-44");
  EXPECT_EQ((*rows)[7].cell.age_band(), "40-74");
  EXPECT_EQ((*rows)[8].cell.sex(), v1::SEX_FEMALE);
  EXPECT_EQ((*rows)[23].cell.sex(), v1::SEX_BOTH);
  EXPECT_EQ((*rows)[23].cell.age_band(), "40-74");
  // Nobody of 70-74: published, without numbers.
  EXPECT_EQ((*rows)[6].cell.state(), v1::CELL_STATE_PUBLISHED);
  EXPECT_EQ((*rows)[6].cell.denominator(), 0u);
}

TEST(ViewRelease, BySexAndAge2AddsTheTwoGroups) {
  ViewQuery query;
  query.indicators.push_back("checkup_rate");
  query.by = Breakdown::kSexAge2;
  const auto rows = ViewRelease(SmallRelease(), query);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 30u);
  EXPECT_EQ((*rows)[7].cell.age_band(), "40-64");
  EXPECT_EQ((*rows)[8].cell.age_band(), "65-74");
  EXPECT_EQ((*rows)[9].cell.age_band(), "40-74");
}

TEST(ViewRelease, KeepsTheOrderOfTheAskedIndicators) {
  ViewQuery query;
  query.indicators.push_back("checkup_rate");
  query.indicators.push_back("mets_rate");
  const auto rows = ViewRelease(SmallRelease(), query);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ((*rows)[0].indicator, "checkup_rate");
  EXPECT_EQ((*rows)[1].indicator, "mets_rate");
}

TEST(ViewRelease, RefusesWhatTheReleaseDoesNotHave) {
  const v1::Release release = SmallRelease();
  ViewQuery indicator;
  indicator.indicators = {"smoking"};
  EXPECT_EQ(ViewRelease(release, indicator).status().code(), absl::StatusCode::kNotFound);
  ViewQuery place;
  place.municipality = "062049";
  EXPECT_EQ(ViewRelease(release, place).status().code(), absl::StatusCode::kNotFound);
  ViewQuery kind;
  kind.member_kind = static_cast<v1::MemberKind>(9);
  EXPECT_EQ(ViewRelease(release, kind).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ViewRelease, SaysThatAGroupingHasNoMunicipalities) {
  v1::Release release = SmallRelease();
  release.mutable_grouping()->set_name("川南");
  for (v1::ReleaseTable& table : *release.mutable_table()) {
    for (v1::ReleaseCell& cell : *table.mutable_cell()) cell.clear_municipality();
  }
  EXPECT_TRUE(ViewRelease(release, {}).ok());
  ViewQuery query;
  query.municipality = "062031";
  const absl::Status refused = ViewRelease(release, query).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base::DetailOf(refused).field(), "municipality");
  EXPECT_EQ(base::DetailOf(refused).would_pass(), "no municipality, or the release of the area");
}

TEST(MembersClass, HasItsEdges) {
  const std::pair<int, const char*> rows[] = {{0, ""},    {1, "1-2"},  {2, "1-2"},
                                              {3, "3-4"}, {4, "3-4"},  {5, "5-9"},
                                              {9, "5-9"}, {10, "10+"}, {99, "10+"}};
  for (const auto& [members, label] : rows) {
    EXPECT_EQ(tables::MembersClassLabel(MembersClassOf(members)), label) << members;
  }
}

}  // namespace
}  // namespace renkei::hub::indicators
