// What a closed round holds for computing: its frozen question and the newest contribution of each
// member, with the terms of the agreement that each was given under.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/store/store.h"
#include "policy/disclosure/protect.h"
#include "policy/tables/layout.h"
#include "renkei/v1/policy.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::releases {

struct SealedInputs {
  store::RoundRow round;
  v1::RoundDescriptor descriptor;
  std::shared_ptr<const policy::tables::Layout> layout;
  v1::PolicyDocument policy;                                          // the round's
  std::vector<policy::disclosure::PooledContribution> contributions;  // ascending by member
  std::vector<absl::Time> issued_at;
  std::vector<crypto::Digest> agreement_digests;  // ascending
};

// DATA_LOSS when a stored contribution does not fit its digest or its round.
absl::StatusOr<SealedInputs> LoadSealedInputs(store::Snapshot& snapshot,
                                              const store::RoundRow& round);

}  // namespace renkei::hub::releases
