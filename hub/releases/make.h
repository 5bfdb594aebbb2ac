// Making a release (R10, R13, R20, R30): a closed round's contributions are pooled, protected and
// stored, once. A release is immutable and numbered; asking again returns the stored one.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "hub/log/log.h"
#include "hub/releases/candidate.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"

namespace renkei::hub::releases {

// FAILED_PRECONDITION: round open, failed or held (R16), too few members, the same figures released
// before (R10), another layout than the series' (R13), a contribution too old, a stricter policy in
// force (R21), a family of the other lane (noise_release.h). A round whose changes could be told
// from two releases becomes HELD (release_ledger.h). ALREADY_EXISTS: released, but in another
// layout than the one asked for. RESOURCE_EXHAUSTED when the noise budget does not cover a round of
// the noise lane. ABORTED when an agreement changed or another release of the area and year was
// made meanwhile: ask again. Every release and refusal that came to a decision is an entry; what
// could not be decided (LoadCandidate, RequestOf) and a repeat are none. Between the reading of the
// sealed inputs and the storing no lock is held: computing may take long; noise is drawn under the
// lock.
absl::StatusOr<store::ReleaseRow> Make(store::Store& store, const rounds::Terms& terms,
                                       const Surroundings& surroundings,
                                       const base::RoundId& round_id,
                                       const std::string& layout_name, const log::Act& act);

}  // namespace renkei::hub::releases
