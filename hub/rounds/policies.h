// Policies as the hub takes them (R21, R22): proposed under the signature of a person of the
// secretariat, in force from the entry of the second person's signature; where the configuration
// asks for one person, from the proposal's. Every step is an entry.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/log/log.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/rules/policy_document.h"
#include "renkei/v1/envelope.pb.h"
#include "renkei/v1/policy.pb.h"

namespace renkei::hub::rounds {

// `act.who` signs with `signing_public_key`. Idempotent for the same bytes. Versions of an id begin
// with 1 and rise by one from the newest proposal, so that a proposal nobody follows takes one
// number and no more: ALREADY_EXISTS for the newest version with other content,
// FAILED_PRECONDITION for any other.
absl::StatusOr<store::PolicyRow> ProposePolicy(store::Transaction& transaction, const Terms& terms,
                                               const std::vector<uint8_t>& signing_public_key,
                                               const v1::DsseEnvelope& envelope,
                                               const log::Act& act);

// The signature must be over the proposal's bytes, of another person and another key than before.
// Idempotent for a person whose signature still counts, under whichever certificate.
// FAILED_PRECONDITION once a later version of the id was in force.
absl::StatusOr<store::PolicyRow> ApprovePolicy(store::Transaction& transaction, const Terms& terms,
                                               const std::vector<uint8_t>& signing_public_key,
                                               const crypto::Digest& digest,
                                               const v1::DsseEnvelope& envelope,
                                               const log::Act& act);

// At start: the policy of the configuration is the initial one. Where one person is enough it is in
// force by the hub's own approval; else two persons approve it first. Later policies are proposed,
// so a `configured` file that the hub does not know is FAILED_PRECONDITION.
absl::Status AdoptInitialPolicy(store::Transaction& transaction, const Terms& terms,
                                const policy::rules::Policy& policy, bool configured,
                                const log::Act& act);

// `in_force` is what Snapshot::FindPolicyInForce gives.
absl::StatusOr<v1::PolicyRecord> ToProto(store::Snapshot& snapshot, const Terms& terms,
                                         const store::PolicyRow& row,
                                         const std::optional<store::PolicyRow>& in_force);

}  // namespace renkei::hub::rounds
