// Caps on how fine a release is: whole levels are hidden, and what stays is what it was.
#include "hub/releases/granularity.h"

#include <gtest/gtest.h>

namespace renkei::hub::releases {
namespace {

v1::ReleaseCell Cell(const std::string& municipality, const std::string& band) {
  v1::ReleaseCell cell;
  cell.set_municipality(municipality);
  cell.set_sex(v1::SEX_BOTH);
  cell.set_age_band(band);
  cell.set_state(v1::CELL_STATE_PUBLISHED);
  cell.set_numerator(40);
  cell.set_denominator(100);
  cell.set_value_tenths(400);
  cell.set_ci_lower_tenths(309);
  cell.set_ci_upper_tenths(498);
  cell.set_members(v1::MEMBERS_CLASS_3_4);
  return cell;
}

std::vector<v1::ReleaseTable> Tables() {
  v1::ReleaseTable table;
  table.set_loss(v1::LOSS_CLASS_BELOW_1);
  table.add_reason(v1::TABLE_REASON_POPULATION);
  for (const char* place : {"", "062031", "unknown"}) {
    for (const char* band : {"40-44", "70-74", "40-64", "65-74", "40-74"}) {
      *table.add_cell() = Cell(place, band);
    }
  }
  return {table, table};
}

v1::DataUseAgreement Terms(v1::FinestGeography geography, v1::FinestAge age) {
  v1::DataUseAgreement terms;
  terms.set_finest_geography(geography);
  terms.set_finest_age(age);
  return terms;
}

// Place and band of what is still shown.
std::vector<std::string> Shown(const v1::ReleaseTable& table) {
  std::vector<std::string> shown;
  for (const v1::ReleaseCell& cell : table.cell()) {
    if (cell.state() == v1::CELL_STATE_PUBLISHED) {
      shown.push_back(cell.municipality() + "/" + cell.age_band());
    }
  }
  return shown;
}

TEST(Granularity, WithoutACapNothingChanges) {
  Granularity caps;
  caps.Cap(Terms(v1::FINEST_GEOGRAPHY_UNSPECIFIED, v1::FINEST_AGE_UNSPECIFIED));
  caps.Cap(Terms(v1::FINEST_GEOGRAPHY_MUNICIPALITY, v1::FINEST_AGE_FIVE_YEARS));
  std::vector<v1::ReleaseTable> tables = Tables();
  HideFiner(caps, &tables);
  EXPECT_EQ(tables[0].SerializeAsString(), Tables()[0].SerializeAsString());
}

TEST(Granularity, EveryRowOfTheCaps) {
  struct Row {
    v1::FinestGeography geography;
    v1::FinestAge age;
    std::vector<std::string> shown;
  };
  const Row rows[] = {
      {v1::FINEST_GEOGRAPHY_AREA,
       v1::FINEST_AGE_FIVE_YEARS,
       {"/40-44", "/70-74", "/40-64", "/65-74", "/40-74"}},
      {v1::FINEST_GEOGRAPHY_MUNICIPALITY,
       v1::FINEST_AGE_TWO_BANDS,
       {"/40-64", "/65-74", "/40-74", "062031/40-64", "062031/65-74", "062031/40-74",
        "unknown/40-64", "unknown/65-74", "unknown/40-74"}},
      {v1::FINEST_GEOGRAPHY_MUNICIPALITY,
       v1::FINEST_AGE_ALL,
       {"/40-74", "062031/40-74", "unknown/40-74"}},
      {v1::FINEST_GEOGRAPHY_AREA, v1::FINEST_AGE_TWO_BANDS, {"/40-64", "/65-74", "/40-74"}},
      {v1::FINEST_GEOGRAPHY_AREA, v1::FINEST_AGE_ALL, {"/40-74"}},
  };
  for (const Row& row : rows) {
    Granularity caps;
    caps.Cap(Terms(row.geography, row.age));
    std::vector<v1::ReleaseTable> tables = Tables();
    HideFiner(caps, &tables);
    for (const v1::ReleaseTable& table : tables) {
      EXPECT_EQ(Shown(table), row.shown) << row.geography << row.age;
      EXPECT_EQ(table.loss(), v1::LOSS_CLASS_ABOVE_20);
      ASSERT_EQ(table.reason_size(), 2);
      EXPECT_EQ(table.reason(0), v1::TABLE_REASON_AGREEMENT);
      EXPECT_EQ(table.reason(1), v1::TABLE_REASON_POPULATION);
    }
  }
}

TEST(Granularity, TheStrictestOfSeveralAgreementsRulesInAnyOrder) {
  const v1::DataUseAgreement coarse = Terms(v1::FINEST_GEOGRAPHY_AREA, v1::FINEST_AGE_FIVE_YEARS);
  const v1::DataUseAgreement old = Terms(v1::FINEST_GEOGRAPHY_MUNICIPALITY, v1::FINEST_AGE_ALL);
  for (const bool turned : {false, true}) {
    Granularity caps;
    caps.Cap(turned ? old : coarse);
    caps.Cap(turned ? coarse : old);
    EXPECT_EQ(caps.geography, v1::FINEST_GEOGRAPHY_AREA);
    EXPECT_EQ(caps.age, v1::FINEST_AGE_ALL);
  }
}

TEST(Granularity, AHiddenCellLooksLikeEveryOther) {
  Granularity caps;
  caps.Cap(Terms(v1::FINEST_GEOGRAPHY_AREA, v1::FINEST_AGE_FIVE_YEARS));
  std::vector<v1::ReleaseTable> tables = Tables();
  tables[0].mutable_cell(5)->set_state(v1::CELL_STATE_SUPPRESSED);
  v1::ReleaseCell* hidden = tables[0].mutable_cell(5);
  *hidden = v1::ReleaseCell();
  hidden->set_municipality("062031");
  hidden->set_sex(v1::SEX_BOTH);
  hidden->set_age_band("40-44");
  hidden->set_state(v1::CELL_STATE_SUPPRESSED);
  v1::ReleaseCell* nobody = tables[0].mutable_cell(6);
  nobody->clear_numerator();
  nobody->clear_denominator();
  HideFiner(caps, &tables);
  for (int c = 6; c < 15; ++c) {
    v1::ReleaseCell expected = tables[0].cell(5);
    expected.set_municipality(tables[0].cell(c).municipality());
    expected.set_age_band(tables[0].cell(c).age_band());
    EXPECT_EQ(tables[0].cell(c).SerializeAsString(), expected.SerializeAsString()) << c;
  }
}

TEST(Granularity, WhereNobodyCanBeThereIsNothingToHide) {
  Granularity caps;
  caps.Cap(Terms(v1::FINEST_GEOGRAPHY_AREA, v1::FINEST_AGE_ALL));
  v1::ReleaseTable table;
  v1::ReleaseCell cell;
  cell.set_municipality("062031");
  cell.set_age_band("40-44");
  cell.set_state(v1::CELL_STATE_PUBLISHED);
  cell.set_structurally_empty(true);
  *table.add_cell() = cell;
  cell.set_structurally_empty(false);
  cell.set_state(v1::CELL_STATE_NOT_COLLECTED);
  *table.add_cell() = cell;
  std::vector<v1::ReleaseTable> tables = {table};
  HideFiner(caps, &tables);
  EXPECT_EQ(tables[0].SerializeAsString(), table.SerializeAsString());
}

}  // namespace
}  // namespace renkei::hub::releases
