// What a member's agreements say of a contribution when it is released: the one that it was given
// under, and every one that is in force now (R2, R21). A member that became stricter, or went,
// after it contributed is heard at the release.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/store/store.h"
#include "policy/crypto/digest.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::releases {

// The agreement that a contribution names.
struct GivenUnder {
  base::MemberId member;
  std::string dua_id;
  uint32_t version = 0;
};

struct AgreedTerms {
  // Of several agreements the strictest of each threshold, permission and cap.
  v1::DataUseAgreement terms;
  std::vector<crypto::Digest> digests;  // of all that count
};

// nullopt: the contribution is left out. No agreement of the member covers the round any more, and
// the one that ended recalls what is not published. DATA_LOSS when an agreement is not in the
// store.
absl::StatusOr<std::optional<AgreedTerms>> TermsAtRelease(store::Snapshot& snapshot,
                                                          const GivenUnder& given,
                                                          const v1::RoundDescriptor& descriptor,
                                                          absl::Time now);

}  // namespace renkei::hub::releases
