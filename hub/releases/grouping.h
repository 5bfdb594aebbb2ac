// Making a grouping (privacy 5.4): a union of municipalities of a release, as a release of its own
// from the same contributions. It replaces nothing, and every later release is checked against it.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "hub/log/log.h"
#include "hub/releases/candidate.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::releases {

// The same name and municipalities of a release again: the stored grouping. INVALID_ARGUMENT for a
// name or a set that is none; ALREADY_EXISTS for a name that another set of the area and year has,
// or a set that has another name; FAILED_PRECONDITION for a release that a newer one replaces, that
// is not exact, or whose agreements or policy are not what they were, and when too much would
// follow (disclosure::ProtectUnion); RESOURCE_EXHAUSTED after the limit; ABORTED when another
// release of the area and year was made meanwhile. Every other answer is an entry, without a reason
// (R36). Holds no lock while it computes, which may take as long as Make.
absl::StatusOr<store::ReleaseRow> MakeGrouping(store::Store& store, const rounds::Terms& terms,
                                               const Surroundings& surroundings,
                                               uint64_t release_number,
                                               const v1::Grouping& grouping, const log::Act& act);

}  // namespace renkei::hub::releases
