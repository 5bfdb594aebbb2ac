#include "hub/releases/granularity.h"

#include <algorithm>

namespace renkei::hub::releases {
namespace {

constexpr char kAllAges[] = "40-74";

bool IsTwoBands(const std::string& band) { return band == "40-64" || band == "65-74"; }

bool IsFiner(const v1::ReleaseCell& cell, const Granularity& caps) {
  if (caps.geography == v1::FINEST_GEOGRAPHY_AREA && !cell.municipality().empty()) return true;
  switch (caps.age) {
    case v1::FINEST_AGE_TWO_BANDS:
      return cell.age_band() != kAllAges && !IsTwoBands(cell.age_band());
    case v1::FINEST_AGE_ALL:
      return cell.age_band() != kAllAges;
    default:
      return false;
  }
}

void Hide(v1::ReleaseCell* cell) {
  cell->set_state(v1::CELL_STATE_SUPPRESSED);
  cell->clear_numerator();
  cell->clear_denominator();
  cell->clear_value_tenths();
  cell->clear_ci_lower_tenths();
  cell->clear_ci_upper_tenths();
  cell->clear_members();
}

void AddReason(v1::TableReason reason, v1::ReleaseTable* table) {
  auto* reasons = table->mutable_reason();
  if (std::find(reasons->begin(), reasons->end(), reason) != reasons->end()) return;
  reasons->Add(reason);
  std::sort(reasons->begin(), reasons->end());
}

}  // namespace

void Granularity::Cap(const v1::DataUseAgreement& terms) {
  geography = std::max(geography, terms.finest_geography());
  age = std::max(age, terms.finest_age());
}

void HideFiner(const Granularity& caps, std::vector<v1::ReleaseTable>* tables) {
  for (v1::ReleaseTable& table : *tables) {
    bool any = false;
    for (v1::ReleaseCell& cell : *table.mutable_cell()) {
      // Where nobody can be, or nobody has collected anything, there is nothing to hide.
      if (cell.structurally_empty() || cell.state() == v1::CELL_STATE_NOT_COLLECTED) continue;
      if (!IsFiner(cell, caps)) continue;
      Hide(&cell);
      any = true;
    }
    if (!any) continue;
    AddReason(v1::TABLE_REASON_AGREEMENT, &table);
    table.set_loss(v1::LOSS_CLASS_ABOVE_20);
  }
}

}  // namespace renkei::hub::releases
