// Releases of the noise lane (privacy 7, R45, I14): which lane a round is in, whether it may be
// released, and the table, charged, drawn and made inside the transaction that stores it. The noise
// depends on the round's key alone and is drawn before a count is read; nothing that is refused or
// hidden here depends on a count.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "hub/releases/candidate.h"
#include "hub/releases/noise_price.h"
#include "hub/releases/sealed_inputs.h"
#include "hub/rounds/lanes.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/disclosure/protect.h"
#include "policy/disclosure/protected_table.h"
#include "policy/rules/decision.h"

namespace renkei::hub::releases {

struct LaneChoice {
  rounds::Lane lane = rounds::Lane::kExact;
  policy::rules::Decision decision;
};

// By the round's policy. Refuses a round with measures of both lanes, and one with a measure of a
// family of which this hub has released anything in the other lane, of whichever area and year.
absl::StatusOr<LaneChoice> ChooseLane(store::Snapshot& snapshot, const rounds::Terms& terms,
                                      const SealedInputs& inputs);

// May noise be drawn for the round, whatever it costs? Refuses without an anchor file; when two
// standard deviations do not reach the strictest threshold of the members' agreements, as they must
// reach those of the policy and its bands (R2; every margin is made of the same noisy cells, so
// that nothing hidden could stand in for more noise); and for what an earlier release
// would tell with it (noise_differences.h).
absl::StatusOr<policy::rules::Decision> DecideDraw(store::Snapshot& snapshot,
                                                   const Surroundings& surroundings,
                                                   const Candidate& candidate);

// Permits, or refuses (rule policy.noise_budget) without a figure; stores nothing.
absl::StatusOr<policy::rules::Decision> DecideBudget(store::Snapshot& snapshot,
                                                     const rounds::Terms& terms,
                                                     const SealedInputs& inputs,
                                                     const NoisePrice& price);

struct NoisyTable {
  policy::disclosure::ProtectedTable<policy::disclosure::ForRelease> table;
  NoisePrice price;
  store::NoiseChargeRow charge;  // to be stored with the release, in the same transaction
};

// Reserves, takes or makes the round's key, draws and adds. `number`: of the release. Errors as
// DecideBudget's refusal, or of the key's file; then nothing may be stored.
absl::StatusOr<NoisyTable> ChargeAndDraw(store::Transaction& transaction,
                                         const rounds::Terms& terms,
                                         const Surroundings& surroundings,
                                         const SealedInputs& inputs,
                                         const policy::disclosure::ProtectRequest& request,
                                         uint64_t number, base::Random& random);

// Of a round whose release is stored. A database that is put back to before an entry that the
// anchor names is not served, so from then on nobody can ask for the noise again; until then the
// key draws the same. What fails is logged, and done when the release is asked for again or at the
// next start.
void EraseKeyOnceAnchored(store::Store& store, const Surroundings& surroundings,
                          const base::RoundId& round);

}  // namespace renkei::hub::releases
