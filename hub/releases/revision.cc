#include "hub/releases/revision.h"

#include <algorithm>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "hub/rounds/open.h"
#include "policy/base/clock.h"
#include "policy/base/status.h"

namespace renkei::hub::releases {
namespace {

constexpr int kPage = 500;
constexpr size_t kPrefectureDigits = 2;

bool HasIndicator(const store::ReleaseRow& release, const std::string& id) {
  return std::find(release.indicators.begin(), release.indicators.end(), id) !=
         release.indicators.end();
}

// Does an indicator of the held round still wait?
absl::StatusOr<bool> IsWaiting(store::Snapshot& snapshot, const store::RoundRow& held,
                               absl::CivilMonth this_month) {
  RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor descriptor, rounds::DescriptorOf(held));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ReleaseRow> releases,
                          snapshot.ListReleasesOf(held.area_code, held.fiscal_year));
  for (const v1::MeasureRef& measure : descriptor.measure()) {
    bool was_released = false, is_replaced = false;
    for (const store::ReleaseRow& release : releases) {
      if (!HasIndicator(release, measure.id())) continue;
      const bool is_before = release.created_at < *held.held_at;
      was_released = was_released || is_before;
      is_replaced = is_replaced || (!is_before && absl::ToCivilMonth(release.created_at,
                                                                     base::Jst()) < this_month);
    }
    if (was_released && !is_replaced) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<bool> IsUnderRevision(store::Snapshot& snapshot, const std::string& area_code,
                                     int fiscal_year, absl::Time now) {
  const absl::CivilMonth this_month = absl::ToCivilMonth(now, base::Jst());
  const absl::string_view prefecture = absl::string_view(area_code).substr(0, kPrefectureDigits);
  std::string after;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<store::RoundRow> rows,
                            snapshot.ListRounds(after, kPage));
    for (const store::RoundRow& row : rows) {
      after = row.id.value();
      if (row.state != v1::ROUND_STATE_HELD || !row.held_at.has_value() ||
          row.fiscal_year != fiscal_year ||
          absl::string_view(row.area_code).substr(0, kPrefectureDigits) != prefecture ||
          absl::ToCivilMonth(*row.held_at, base::Jst()) >= this_month) {
        continue;
      }
      RENKEI_ASSIGN_OR_RETURN(const bool is_waiting, IsWaiting(snapshot, row, this_month));
      if (is_waiting) return true;
    }
    if (rows.size() < kPage) return false;
  }
}

}  // namespace renkei::hub::releases
