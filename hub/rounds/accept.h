// Acceptance of contributions at the hub, in the order of trust 6; the first failure decides.
// Everything about a contribution that was accepted is one transaction: row, receipt, log entry.
//
// A contribution is idempotent by (iss, request_id): the same bytes are answered with the stored
// receipt, byte for byte, for ever; other bytes are a conflict, which is an entry. There is one
// writer, so the answer "still running" (ABORTED) of the table does not arise here.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/log/log.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/crypto/ed25519.h"
#include "renkei/v1/contribution.pb.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::hub::rounds {

// A peer whose certificate was checked against the registry.
struct Peer {
  std::string spiffe_id;
  base::MemberId member_id;
  v1::MemberKind kind = v1::MEMBER_KIND_UNSPECIFIED;
  std::vector<uint8_t> signing_public_key;
};

// The receipt, as stored. A refusal is an entry contribution.rejected or contribution.conflict.
absl::StatusOr<v1::DsseEnvelope> Accept(store::Store& store, const Terms& terms,
                                        const crypto::Signer& receipt_key, const Peer& peer,
                                        const v1::DsseEnvelope& envelope, const log::Act& act);

// Counts of an accepted contribution.
absl::StatusOr<v1::ContributionStatement> StatementOf(const store::ContributionRow& row);

}  // namespace renkei::hub::rounds
