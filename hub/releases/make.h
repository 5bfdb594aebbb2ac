// Making a release (R10, R13, R20, R30): a closed round's contributions are pooled, protected and
// stored, once. A release is immutable and numbered; asking again returns the stored one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "hub/log/anchor.h"
#include "hub/log/log.h"
#include "hub/releases/noise_keys.h"
#include "hub/releases/sealed_inputs.h"
#include "hub/releases/series_layout.h"
#include "hub/rounds/lanes.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/base/secret.h"
#include "policy/disclosure/protect.h"
#include "policy/rules/decision.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::releases {

// What a release needs beside the round: the key behind the tie-breaks (R11), populations, and
// where the keys of noise lie.
struct Surroundings {
  base::Secret release_root;  // 32 bytes
  // By edition, then by 6-digit municipality code.
  std::map<std::string, std::map<std::string, int64_t>> population_persons;
  std::optional<NoiseKeys> noise_keys;  // absent: no noise release can be made
  log::Anchor* anchor = nullptr;        // likewise; outlives it
};

// What a round would be released from, and whether it may be: Make and Check take the same way.
struct Candidate {
  SealedInputs inputs;
  SeriesLayout layout;
  rounds::Lane lane = rounds::Lane::kExact;
  policy::rules::Decision decision;
};

// NOT_FOUND for a round that is not there; INVALID_ARGUMENT for a layout that its policy does not
// offer.
absl::StatusOr<Candidate> LoadCandidate(store::Snapshot& snapshot, const rounds::Terms& terms,
                                        const base::RoundId& round_id,
                                        const std::string& layout_name, absl::Time now);

// The same of a round as it is given, whatever its state in the store.
absl::StatusOr<Candidate> CandidateOf(store::Snapshot& snapshot, const rounds::Terms& terms,
                                      const store::RoundRow& round, const std::string& layout_name,
                                      absl::Time now);

// FAILED_PRECONDITION when the hub runs with another catalogue than the round was opened with.
absl::StatusOr<policy::disclosure::ProtectRequest> RequestOf(const Candidate& candidate,
                                                             const rounds::Terms& terms,
                                                             const Surroundings& surroundings);

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
