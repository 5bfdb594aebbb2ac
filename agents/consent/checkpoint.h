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

// Of the sizes that the hub may have as its newest (ascending, the acknowledged one first) those
// that a checkpoint has room to prove from.
std::vector<uint64_t> HeadsToProve(std::span<const uint64_t> at_hub);

// Pads the ledger, signs its head, and proves that it continues each of HeadsToProve(
// `earlier_sizes`). DATA_LOSS when the ledger is smaller than one of them: the store
// was put back from an older backup.
absl::StatusOr<SealedLedger> SealLedger(cohort::CohortStore& store,
                                        const policy::crypto::Signer& signer,
                                        absl::string_view origin,
                                        std::span<const uint64_t> earlier_sizes, absl::Time now);

}  // namespace renkei::agents::consent
