// What the noise of a release costs and what its data year may cost (R16, R45). The same whatever
// the counts are.
#pragma once

#include "absl/status/statusor.h"
#include "hub/releases/sealed_inputs.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/noise/rational.h"
#include "renkei/v1/policy.pb.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::releases {

struct NoisePrice {
  policy::noise::Rational variance;
  policy::noise::Rational rho;  // of the release
  policy::noise::Rational cap;  // of the data year
};

absl::StatusOr<policy::noise::Rational> VarianceOf(const v1::NoiseLane& lane);

// Of a round of the noise lane, by its policy, its measures and the kinds of its contributors: a
// person may be counted by a member of each. A budget may be raised for a later year only (R16):
// the cap is the smallest that any round of the data year was opened under, released, refused or
// not, and a person is taken to be in as many councils, and as free to move, as the most cautious
// policy of these rounds said.
absl::StatusOr<NoisePrice> PriceOf(store::Snapshot& snapshot, const rounds::Terms& terms,
                                   const SealedInputs& inputs);

v1::NoiseTerms ToProto(const NoisePrice& price);

}  // namespace renkei::hub::releases
