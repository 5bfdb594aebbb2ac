// The consent ledger's checkpoint for a contribution (trust 2.5, R15). Touches the disk through the
// store.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agents/cohort/store.h"
#include "policy/crypto/ed25519.h"
#include "renkei/v1/contribution.pb.h"

namespace renkei::agents::consent {

// <trust domain>/<member>/consent/1 of an agent's SPIFFE id; INVALID_ARGUMENT for another id.
absl::StatusOr<std::string> LedgerOrigin(const std::string& spiffe_id);

struct SealedLedger {
  v1::ConsentCheckpoint checkpoint;
  uint64_t size = 0;
};

// Sizes of checkpoints that went out, as the outbox remembers them; 0 = none.
struct HeadsSent {
  uint64_t acknowledged = 0;  // the largest that the hub acknowledged
  uint64_t largest = 0;       // that was sent at all, whatever became of it
};

// Of the sizes at which the ledger was sealed (ascending) those to prove from, at most
// kMaxConsistencyProofs: the newest, and the acknowledged one. Whichever of them the hub took last,
// the next checkpoint continues it, also when the outbox was put back from an older copy and
// remembers less than the ledger.
std::vector<uint64_t> HeadsToProve(std::span<const uint64_t> sealed, uint64_t acknowledged);

// Pads the ledger, signs its head, and proves that it continues each of HeadsToProve. DATA_LOSS,
// and nothing is padded, when a head was sent that this ledger never had: the store was put back
// from an older copy.
absl::StatusOr<SealedLedger> SealLedger(cohort::CohortStore& store,
                                        const policy::crypto::Signer& signer,
                                        absl::string_view origin, const HeadsSent& sent,
                                        absl::Time now);

}  // namespace renkei::agents::consent
