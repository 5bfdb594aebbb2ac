// The figures of an area and year as they stood once each release was out: of some measures the
// newest table each, as if they had been asked together. What two releases show of linked measures
// is audited on these. Inside disclosure only. Pure.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/primary.h"
#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {

struct LedgerView {
  std::shared_ptr<const ProtectRequest> request;  // `family` points into it
  FamilyCounts family;
  std::vector<std::vector<Judgement>> judgements;  // per block
  std::vector<size_t> made_by;                     // per measure: index of the release it is from
  size_t release = 0;                              // index of the release that made the view

  // Index in the layout; -1 when the view has no such measure.
  int MeasureIndex(const std::string& id) const;
};

// Index in the layout; -1 when the release has no such measure.
int MeasureIn(const ProtectRequest& request, const std::string& id);

// Null when the release does not describe the measure.
const v1::Measure* DefinitionIn(const ProtectRequest& request, const std::string& id);

// Earlier releases ascending, a candidate that is none of them last; all of one area, year and set
// of municipalities.
using Releases = std::span<const ProtectRequest* const>;

// Measures of the `candidate`-th release with the others that relations link them with, directly or
// by way of each other.
std::vector<std::set<std::string>> LinkedGroups(Releases releases, size_t candidate);

// One view for each release that has a measure of the group, ascending. FAILED_PRECONDITION, reason
// HELD when linked measures were released of other members, reason ALREADY_RELEASED when they do
// not fit together otherwise (other counts, some classes of several, kept apart).
absl::StatusOr<std::vector<LedgerView>> ViewsOf(Releases releases, const TableShape& shape,
                                                const std::set<std::string>& group);

// A release by itself, its measures linked with none. Its errors are those of ViewsOf.
absl::StatusOr<LedgerView> ViewOfItself(Releases releases, size_t release);

}  // namespace renkei::policy::disclosure
