// Data-use agreements as the hub takes them (R21, R25): proposed under the secretariat's signature,
// active once the member has signed the same bytes. Every step is an entry.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "hub/log/log.h"
#include "hub/rounds/accept.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::hub::rounds {

// A person of the secretariat: its area and its registered signing key.
struct Secretary {
  std::string area_code;
  std::vector<uint8_t> signing_public_key;
};

// Idempotent for the same text. ALREADY_EXISTS for the same id and version with other content;
// PERMISSION_DENIED for a bad signature or an area that is not the secretary's own.
absl::StatusOr<store::AgreementRow> Propose(store::Transaction& transaction, const Terms& terms,
                                            const Secretary& secretary,
                                            const v1::DsseEnvelope& envelope, const log::Act& act);

// Idempotent. The signature must be the agent's own, over the proposal's bytes. An agreement that
// is not the member's is denied like one that does not exist.
absl::StatusOr<store::AgreementRow> Sign(store::Transaction& transaction, const Peer& peer,
                                         const std::string& dua_id, uint32_t version,
                                         const v1::DsseEnvelope& envelope, const log::Act& act);

absl::StatusOr<v1::AgreementRecord> ToProto(const store::AgreementRow& row);

}  // namespace renkei::hub::rounds
