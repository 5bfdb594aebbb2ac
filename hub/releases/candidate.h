// What a round would be released from, and whether it may be (R10, R13, R20, R21): its sealed
// inputs, the layout and the lane. Stores nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/log/anchor.h"
#include "hub/releases/noise_keys.h"
#include "hub/releases/sealed_inputs.h"
#include "hub/releases/series_layout.h"
#include "hub/rounds/lanes.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/base/secret.h"
#include "policy/disclosure/protect.h"
#include "policy/rules/decision.h"

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

// What a round would be released from, and whether it may be: Make, Check and MakeGrouping take the
// same way.
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

// Once more, when what was computed is to be stored: series, borders, lanes and the policy in force
// may have moved. `round`: as the store has it now. OK, or the refusal.
absl::Status DecideAgain(store::Snapshot& snapshot, const rounds::Terms& terms,
                         const Candidate& candidate, const store::RoundRow& round, absl::Time now);

// What Protect is asked, with the ledger. FAILED_PRECONDITION when the hub runs with another
// catalogue than the round was opened with.
absl::StatusOr<policy::disclosure::ProtectRequest> RequestOf(const Candidate& candidate,
                                                             const rounds::Terms& terms,
                                                             const Surroundings& surroundings);

}  // namespace renkei::hub::releases
