#include "hub/indicators/view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/error.h"

namespace renkei::hub::indicators {
namespace {

namespace base = policy::base;

absl::Status NotFound(absl::string_view field, absl::string_view message,
                      absl::string_view would_pass) {
  return base::MakeError(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND, message, field,
                         "release.cells", would_pass);
}

struct Wanted {
  v1::Sex sex;
  const char* age_band;
};

std::vector<Wanted> RowsOf(Breakdown by) {
  if (by == Breakdown::kNone) return {{v1::SEX_BOTH, "40-74"}};
  std::vector<const char*> ages = {"40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74"};
  if (by == Breakdown::kSexAge2) {
    ages.push_back("40-64");
    ages.push_back("65-74");
  }
  ages.push_back("40-74");
  std::vector<Wanted> rows;
  for (const v1::Sex sex : {v1::SEX_MALE, v1::SEX_FEMALE, v1::SEX_BOTH}) {
    for (const char* age : ages) rows.push_back({sex, age});
  }
  return rows;
}

const v1::ReleaseTable* TableOf(const v1::Release& release, const std::string& indicator) {
  const auto found = std::find_if(
      release.table().begin(), release.table().end(),
      [&](const v1::ReleaseTable& table) { return table.measure().id() == indicator; });
  return found == release.table().end() ? nullptr : &*found;
}

}  // namespace

absl::StatusOr<std::vector<ViewRow>> ViewRelease(const v1::Release& release,
                                                 const ViewQuery& query) {
  if (!v1::MemberKind_IsValid(query.member_kind)) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                           "the member kind is not known", "member_kind", "query.member_kind",
                           "municipality, insurer or workplace");
  }
  const std::vector<Wanted> wanted = RowsOf(query.by);
  std::vector<std::string> indicators = query.indicators;
  if (indicators.empty()) {
    for (const v1::ReleaseTable& table : release.table())
      indicators.push_back(table.measure().id());
  }
  std::vector<ViewRow> rows;
  for (const std::string& indicator : indicators) {
    const v1::ReleaseTable* table = TableOf(release, indicator);
    if (table == nullptr) {
      return NotFound("indicator", absl::StrCat("indicator '", indicator, "' was not released"),
                      "an indicator of the release");
    }
    // The cells that the place and kind leave, then each wanted row among them.
    std::vector<const v1::ReleaseCell*> cells;
    for (const v1::ReleaseCell& cell : table->cell()) {
      if (cell.municipality() == query.municipality && cell.member_kind() == query.member_kind) {
        cells.push_back(&cell);
      }
    }
    if (cells.empty() && release.has_grouping()) {
      return NotFound("municipality", "the release is a grouping and shows its union alone",
                      "no municipality, or the release of the area");
    }
    if (cells.empty()) {
      return NotFound("municipality", "the municipality is not one of the released area",
                      "a municipality of the area, or unknown");
    }
    for (const Wanted& want : wanted) {
      const auto cell = std::find_if(cells.begin(), cells.end(), [&](const v1::ReleaseCell* c) {
        return c->sex() == want.sex && c->age_band() == want.age_band;
      });
      if (cell == cells.end()) {
        return absl::DataLossError("release: a cell is missing from a stored table");
      }
      rows.push_back({indicator, **cell});
    }
  }
  return rows;
}

}  // namespace renkei::hub::indicators
