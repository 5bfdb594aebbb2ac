// Data-use agreements as the hub takes them (R21, R25): proposed under the signature of one side,
// active once the other side has signed the same bytes, ended by a notice of either. Every step is
// an entry.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/log/log.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::hub::rounds {

// One side of an agreement, with its registered signing key: a person of the secretariat of an
// area, or the agent of a member.
struct Party {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::string area_code;     // secretariat
  base::MemberId member_id;  // agent
  std::vector<uint8_t> signing_public_key;
};

// What one member may have open of its own proposals: each is a text to be read and kept.
inline constexpr int kMaxOpenProposals = 20;

// Idempotent for the same text. ALREADY_EXISTS for the same id and version with other content;
// PERMISSION_DENIED for a bad signature, an area that is not the secretary's own, or another
// member. FAILED_PRECONDITION while no policy is in force: thresholds could not be compared.
// RESOURCE_EXHAUSTED for a member's proposal beyond kMaxOpenProposals.
absl::StatusOr<store::AgreementRow> Propose(store::Transaction& transaction, const Terms& terms,
                                            const Party& party, const v1::DsseEnvelope& envelope,
                                            const log::Act& act);

// By the side that did not propose. Idempotent. The signature must be the party's own, over the
// proposal's bytes. An agreement that is not the party's is denied like one that does not exist.
absl::StatusOr<store::AgreementRow> Sign(store::Transaction& transaction, const Party& party,
                                         const std::string& dua_id, uint32_t version,
                                         const v1::DsseEnvelope& envelope, const log::Act& act);

// A proposal is taken back at once; of an agreement in force this is the notice, which runs for the
// days that it states. Idempotent: a later notice does not move the end.
absl::StatusOr<store::AgreementRow> Withdraw(store::Transaction& transaction, const Party& party,
                                             const std::string& dua_id, uint32_t version,
                                             const log::Act& act);

// Ends what is past its notice, with the entry; how many. Whether it is in force does not wait for
// this: IsInForce looks at the clock.
absl::StatusOr<int> EndPastNotice(store::Transaction& transaction, const log::Act& act);

// Signed by both and not past a notice. The period of the text is Agreement::IsActiveAt.
bool IsInForce(const store::AgreementRow& row, absl::Time now);

absl::StatusOr<v1::AgreementRecord> ToProto(const store::AgreementRow& row);

}  // namespace renkei::hub::rounds
