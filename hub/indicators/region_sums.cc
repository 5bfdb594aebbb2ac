#include "hub/indicators/region_sums.h"

#include <algorithm>
#include <utility>

#include "hub/indicators/shown_counts.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/tables/layout.h"

namespace renkei::hub::indicators {
namespace {

v1::ReleaseCell Place(const v1::ReleaseCell& cell, v1::CellState state) {
  v1::ReleaseCell out;
  out.set_municipality(cell.municipality());
  out.set_member_kind(cell.member_kind());
  out.set_sex(cell.sex());
  out.set_age_band(cell.age_band());
  out.set_state(state);
  return out;
}

bool IsSamePlace(const v1::ReleaseCell& a, const v1::ReleaseCell& b) {
  return a.municipality() == b.municipality() && a.member_kind() == b.member_kind() &&
         a.sex() == b.sex() && a.age_band() == b.age_band();
}

bool IsShownOrProtected(const v1::ReleaseCell& cell) {
  return cell.state() == v1::CELL_STATE_PUBLISHED || cell.state() == v1::CELL_STATE_SUPPRESSED;
}

bool IsNotCollected(const v1::ReleaseCell& cell) {
  return cell.state() == v1::CELL_STATE_NOT_COLLECTED;
}

}  // namespace

absl::StatusOr<v1::ReleaseCell> SumOf(const v1::ReleaseCell& a, const v1::ReleaseCell& b) {
  if (!IsSamePlace(a, b)) {
    return absl::DataLossError("releases: cells of different places, sexes or ages are added");
  }
  if (!IsShownOrProtected(a) || !IsShownOrProtected(b)) {
    return absl::DataLossError("releases: a cell that is neither shown nor protected is added");
  }
  if (a.state() == v1::CELL_STATE_SUPPRESSED || b.state() == v1::CELL_STATE_SUPPRESSED) {
    return Place(a, v1::CELL_STATE_SUPPRESSED);
  }
  const uint64_t k = a.numerator() + b.numerator();
  const uint64_t n = a.denominator() + b.denominator();
  if (k > n || n >= static_cast<uint64_t>(policy::tables::kMaxCount)) {
    return policy::base::MakeError(absl::StatusCode::kFailedPrecondition,
                                   v1::ERROR_REASON_IMPLAUSIBLE,
                                   "the counts of the areas are too large to be added", "",
                                   "a sum is below 2^40", "ask for one area");
  }
  v1::ReleaseCell sum = Place(a, v1::CELL_STATE_PUBLISHED);
  sum.set_structurally_empty(a.structurally_empty() && b.structurally_empty());
  ShowCounts(static_cast<int64_t>(k), static_cast<int64_t>(n), &sum);
  return sum;
}

absl::Status RegionSums::Add(const v1::Release& release,
                             const std::vector<std::string>& indicators) {
  size_t found = 0;
  for (const v1::ReleaseTable& table : release.table()) {
    const std::string& id = table.measure().id();
    if (std::find(indicators.begin(), indicators.end(), id) == indicators.end()) continue;
    ++found;
    RENKEI_RETURN_IF_ERROR(AddTo(release, table.measure().version(), &Find(id)));
  }
  if (found != indicators.size()) {
    return absl::DataLossError("release: a table that it was listed with is missing");
  }
  return absl::OkStatus();
}

RegionSums::Indicator& RegionSums::Find(const std::string& id) {
  const auto known = std::find_if(indicators_.begin(), indicators_.end(),
                                  [&](const Indicator& indicator) { return indicator.id == id; });
  if (known != indicators_.end()) return *known;
  indicators_.emplace_back().id = id;
  return indicators_.back();
}

absl::Status RegionSums::AddTo(const v1::Release& release, uint32_t version,
                               Indicator* indicator) const {
  v1::RegionPart part;
  part.set_area_code(release.area_code());
  part.set_release_number(release.number());
  part.set_rounding(release.rounding());
  if (release.has_noise()) {
    part.set_standing(v1::AREA_STANDING_WITH_NOISE);
    indicator->parts.push_back({std::move(part), version});
    return absl::OkStatus();
  }
  ViewQuery query;
  query.member_kind = member_kind_;
  query.indicators = {indicator->id};
  query.by = by_;
  RENKEI_ASSIGN_OR_RETURN(const std::vector<ViewRow> rows, ViewRelease(release, query));
  std::vector<v1::ReleaseCell> cells;
  cells.reserve(rows.size());
  for (const ViewRow& row : rows) cells.push_back(row.cell);
  // Collected or not is of the whole measure and kind, never of a cell.
  if (std::all_of(cells.begin(), cells.end(), IsNotCollected)) {
    part.set_standing(v1::AREA_STANDING_NOT_COLLECTED);
    indicator->parts.push_back({std::move(part), version});
    indicator->not_collected = std::move(cells);
    return absl::OkStatus();
  }
  Added& added = indicator->added[version];
  if (added.cells.empty()) {
    // Nobody, to begin with: what is added first comes through the same checks.
    for (const v1::ReleaseCell& cell : cells) {
      added.cells.push_back(Place(cell, v1::CELL_STATE_PUBLISHED));
      added.cells.back().set_structurally_empty(true);
    }
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    RENKEI_ASSIGN_OR_RETURN(added.cells[i], SumOf(added.cells[i], cells[i]));
  }
  query.municipality = policy::tables::kUnknownMunicipality;
  query.by = Breakdown::kNone;
  RENKEI_ASSIGN_OR_RETURN(const std::vector<ViewRow> unknown, ViewRelease(release, query));
  const bool nobody_unknown = std::all_of(unknown.begin(), unknown.end(), [](const ViewRow& row) {
    return row.cell.state() == v1::CELL_STATE_PUBLISHED && row.cell.denominator() == 0;
  });
  if (!nobody_unknown) ++added.areas_with_unknown_residence;
  part.set_standing(v1::AREA_STANDING_ADDED);
  indicator->parts.push_back({std::move(part), version});
  return absl::OkStatus();
}

std::vector<IndicatorSum> RegionSums::Sums() const {
  std::vector<IndicatorSum> sums;
  for (const Indicator& indicator : indicators_) {
    IndicatorSum& sum = sums.emplace_back();
    v1::RegionIndicator& composition = sum.composition;
    composition.mutable_measure()->set_id(indicator.id);
    uint32_t newest = 0;
    for (const Part& part : indicator.parts) newest = std::max(newest, part.version);
    if (!indicator.added.empty()) {
      const auto& [version, added] = *indicator.added.rbegin();
      newest = version;
      sum.cells = added.cells;
      composition.set_may_count_twice(added.areas_with_unknown_residence > 1);
    } else {
      sum.cells = indicator.not_collected;
    }
    composition.mutable_measure()->set_version(newest);
    for (const Part& part : indicator.parts) {
      v1::RegionPart& out = *composition.add_part();
      out = part.part;
      if (part.part.standing() == v1::AREA_STANDING_ADDED && part.version != newest) {
        out.set_standing(v1::AREA_STANDING_OTHER_VERSION);
      }
    }
  }
  return sums;
}

}  // namespace renkei::hub::indicators
