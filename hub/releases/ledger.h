// What the release ledger reads: every release of an area and year with the contributions that
// counted in it, exactly as they counted then. Agreements and policies of today do not matter.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/rounds/lanes.h"
#include "hub/store/store.h"
#include "policy/disclosure/protect.h"
#include "policy/disclosure/release_ledger.h"
#include "policy/rules/withheld_levels.h"
#include "policy/tables/layout.h"
#include "renkei/v1/policy.pb.h"

namespace renkei::hub::releases {

// A union of municipalities that was released of a release.
struct SealedGrouping {
  uint64_t number = 0;
  policy::disclosure::ShownUnion shown;
};

struct SealedRelease {
  uint64_t number = 0;
  std::shared_ptr<const policy::tables::Layout> layout;
  v1::PolicyDocument policy;                                          // its round's
  std::vector<policy::disclosure::PooledContribution> contributions;  // ascending by member
  policy::rules::WithheldLevels withheld;                             // by its layout
  std::vector<std::vector<bool>> shown;                               // measure -> cell
  std::vector<SealedGrouping> groupings;                              // ascending
};

// Number of the newest release or grouping of the area and year, of either lane; 0: none.
absl::StatusOr<uint64_t> NewestOf(store::Snapshot& snapshot, const std::string& area_code,
                                  int fiscal_year);

// Of one lane, ascending: cells of a noise release are no equations between counts, and no measure
// of their families is ever released exactly (lanes.h). FAILED_PRECONDITION for a release of an
// earlier version that kept no note of what counted: the area and year are closed. DATA_LOSS when
// what is stored does not fit together.
absl::StatusOr<std::vector<SealedRelease>> LoadLedger(store::Snapshot& snapshot,
                                                      const std::string& area_code, int fiscal_year,
                                                      rounds::Lane lane);

}  // namespace renkei::hub::releases
