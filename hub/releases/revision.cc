#include "hub/releases/revision.h"

#include <vector>

#include "absl/time/civil_time.h"
#include "policy/base/clock.h"
#include "policy/base/status.h"

namespace renkei::hub::releases {
namespace {

constexpr size_t kPrefectureDigits = 2;

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
    RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ReleaseRow> releases,
                            snapshot_.ListReleasesOf(round.area_code, fiscal_year));
    if (!releases.empty() && releases.back().created_at < *round.held_at) {
      is_under_revision = true;
    }
  }
  known_.emplace(key, is_under_revision);
  return is_under_revision;
}

}  // namespace renkei::hub::releases
