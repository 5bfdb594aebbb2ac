#include "hub/indicators/release_tables.h"

#include "hub/indicators/shown_counts.h"

namespace renkei::hub::indicators {
namespace {

namespace disclosure = policy::disclosure;

v1::ReleaseCell CellOf(const disclosure::ProtectedCell& cell) {
  v1::ReleaseCell out;
  out.set_municipality(cell.municipality);
  out.set_member_kind(cell.member_kind);
  out.set_sex(cell.sex);
  out.set_age_band(cell.age_band);
  out.set_state(cell.state);
  out.set_structurally_empty(cell.structurally_empty);
  if (cell.state != v1::CELL_STATE_PUBLISHED || cell.denominator == 0) return out;
  ShowCounts(cell.numerator, cell.denominator, &out);
  out.set_members(cell.members);
  return out;
}

}  // namespace

std::vector<v1::ReleaseTable> BuildTables(
    const disclosure::ProtectedTable<disclosure::ForRelease>& table) {
  std::vector<v1::ReleaseTable> tables;
  for (const disclosure::ProtectedMeasure& measure : table.measures()) {
    v1::ReleaseTable out;
    out.mutable_measure()->set_id(measure.measure.id);
    out.mutable_measure()->set_version(measure.measure.version);
    for (const disclosure::ProtectedCell& cell : measure.cells) *out.add_cell() = CellOf(cell);
    for (const v1::TableReason reason : measure.reasons) out.add_reason(reason);
    out.set_loss(measure.loss);
    tables.push_back(std::move(out));
  }
  return tables;
}

v1::MembersClass MembersClassOf(int contributors) {
  if (contributors <= 0) return v1::MEMBERS_CLASS_UNSPECIFIED;
  if (contributors <= 2) return v1::MEMBERS_CLASS_1_2;
  if (contributors <= 4) return v1::MEMBERS_CLASS_3_4;
  if (contributors <= 9) return v1::MEMBERS_CLASS_5_9;
  return v1::MEMBERS_CLASS_10_PLUS;
}

}  // namespace renkei::hub::indicators
