// What a closed round holds for computing: its frozen question and the newest contribution of each
// member, with what the member's agreements say of it now.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/releases/agreed_terms.h"
#include "hub/releases/ledger.h"
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
  std::vector<crypto::Digest> agreement_digests;  // ascending, each once
  bool public_release = false;                    // every contributor's agreements say so
  std::vector<base::MemberId> left_out;  // contributed, and no agreement lets it count any more
  std::vector<GivenUnder> given;         // of every contribution, left out or not
  std::vector<std::optional<AgreedTerms>> agreed;  // of each; nullopt: left out
  std::vector<store::CountedRow> counted;          // to be kept with the release
  std::vector<SealedRelease> ledger;  // of the area and year and the exact lane, ascending
  uint64_t newest_release = 0;  // or grouping of the area and year, in the ledger or not; 0: none
};

// DATA_LOSS when a stored contribution does not fit its digest or its round.
absl::StatusOr<SealedInputs> LoadSealedInputs(store::Snapshot& snapshot,
                                              const store::RoundRow& round, absl::Time now);

// Whether the members' agreements still say what they said when the inputs were loaded.
absl::StatusOr<bool> IsStillAgreed(store::Snapshot& snapshot, const SealedInputs& inputs,
                                   absl::Time now);

// ABORTED when what was computed from is not what the store has now: agreements, or the releases of
// the area and year. A release and a hold are both final.
absl::Status CheckNothingMoved(store::Snapshot& snapshot, const SealedInputs& inputs,
                               absl::Time now);

}  // namespace renkei::hub::releases
