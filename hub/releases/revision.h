// What readers learn of a held change (R14): that figures of a prefecture and year await a
// correction, so that neither the day nor the area says whose change it is.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/store/store.h"

namespace renkei::hub::releases {

// Of one snapshot, which outlives it.
class Revisions {
 public:
  Revisions(store::Snapshot& snapshot, absl::Time now) : snapshot_(snapshot), now_(now) {}

  // Was a round of the area's prefecture and year held of an indicator that had been released, and
  // that none has released since? Both the hold and the release count from the first day of the
  // next month on (JST). Asked of the store once per prefecture and year.
  absl::StatusOr<bool> IsUnderRevision(const std::string& area_code, int fiscal_year);

 private:
  store::Snapshot& snapshot_;
  absl::Time now_;
  std::map<std::pair<std::string, int>, bool> known_;  // by prefecture and year
};

}  // namespace renkei::hub::releases
