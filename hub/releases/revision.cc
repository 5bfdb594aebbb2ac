#include "hub/releases/revision.h"

#include <algorithm>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/rounds/open.h"
#include "policy/base/clock.h"
#include "policy/base/status.h"

namespace renkei::hub::releases {
namespace {

constexpr size_t kPrefectureDigits = 2;

// A grouping corrects nothing.
bool HasIndicator(const store::ReleaseRow& release, const std::string& id) {
  return release.grouping_of == 0 && std::find(release.indicators.begin(), release.indicators.end(),
                                               id) != release.indicators.end();
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

absl::StatusOr<bool> Revisions::IsUnderRevision(const std::string& area_code, int fiscal_year) {
  const std::string prefecture = area_code.substr(0, kPrefectureDigits);
  const std::pair<std::string, int> key = {prefecture, fiscal_year};
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  bool is_under_revision = false;
  const absl::CivilMonth this_month = absl::ToCivilMonth(now_, base::Jst());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::RoundRow> held,
                          snapshot_.ListHeldRounds(prefecture, fiscal_year));
  for (const store::RoundRow& round : held) {
    if (!round.held_at.has_value() ||
        absl::ToCivilMonth(*round.held_at, base::Jst()) >= this_month) {
      continue;
    }
    RENKEI_ASSIGN_OR_RETURN(const bool is_waiting, IsWaiting(snapshot_, round, this_month));
    is_under_revision = is_under_revision || is_waiting;
  }
  known_.emplace(key, is_under_revision);
  return is_under_revision;
}

}  // namespace renkei::hub::releases
