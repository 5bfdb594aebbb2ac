// The head of a member's consent ledger, next to the one that the hub has from the member already
// (trust 2.5, gate 3 of trust 3). Reads the store; decides nothing: policy/rules/decide.h does.
//
// The ledger's key is pinned by the first accepted contribution. Another one is taken only from a
// member that was enrolled anew since, with an agent folder that may be new; so the act by which
// the hub comes to know an organisation again is the only one by which its ledger may begin again
// (kRestarts), and the log says that it did.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "hub/store/store.h"
#include "policy/rules/decide.h"
#include "renkei/v1/contribution.pb.h"

namespace renkei::hub::rounds {

// No ledger of persons comes near; the store keeps sizes as signed numbers.
inline constexpr uint64_t kMaxConsentLedgerSize = uint64_t{1} << 62;

struct CheckedCheckpoint {
  policy::rules::CheckpointStanding standing = policy::rules::CheckpointStanding::kMissing;
  // To be stored with the contribution: set when it continues or restarts and is not there already.
  std::optional<store::ConsentCheckpointRow> row;
};

// <trust domain>/<member>/consent/1
std::string ConsentOrigin(absl::string_view trust_domain, const base::MemberId& member);

absl::StatusOr<CheckedCheckpoint> CheckConsentCheckpoint(
    store::Snapshot& snapshot, absl::string_view trust_domain, const base::MemberId& member,
    const std::string& spiffe_id, const v1::ConsentCheckpoint& checkpoint, absl::Time now);

}  // namespace renkei::hub::rounds
