// Releases of the noise lane (privacy 7, R45, I14): which lane a round is in, what its noise costs,
// and the table, charged, drawn and made inside the transaction that stores it. The noise depends
// on the round's key alone and is drawn before a count is read; nothing that is refused or hidden
// here depends on a count.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "hub/releases/make.h"
#include "hub/releases/sealed_inputs.h"
#include "hub/rounds/lanes.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/disclosure/protected_table.h"
#include "policy/noise/rational.h"
#include "policy/rules/decision.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::releases {

struct LaneChoice {
  rounds::Lane lane = rounds::Lane::kExact;
  policy::rules::Decision decision;
};

// By the round's policy. Refuses a round with measures of both lanes, and one with a measure of a
// family of which this hub has released anything in the other lane, of whichever area and year.
absl::StatusOr<LaneChoice> ChooseLane(store::Snapshot& snapshot, const rounds::Terms& terms,
                                      const SealedInputs& inputs);

struct NoisePrice {
  policy::noise::Rational variance;
  policy::noise::Rational rho;  // of the release
  // Of the data year: the policy's, or the least under which anything was charged to it; a budget
  // may be raised for a later year only (R16).
  policy::noise::Rational cap;
};

// Of a round of the noise lane. The same whatever the counts are.
absl::StatusOr<NoisePrice> PriceOf(store::Snapshot& snapshot, const rounds::Terms& terms,
                                   const SealedInputs& inputs);

v1::NoiseTerms ToProto(const NoisePrice& price);

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
                                         const Candidate& candidate, uint64_t number,
                                         base::Random& random);

}  // namespace renkei::hub::releases
