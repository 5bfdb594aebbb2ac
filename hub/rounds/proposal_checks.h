// What the hub asks of an agreement's text and of who proposes it (R25), before it is kept. Reads
// the store.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "hub/rounds/agreements.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/agreement/agreement.h"
#include "renkei/v1/common.pb.h"

namespace renkei::hub::rounds {

// An error about an agreement: the field, what is wrong with it, and what would pass.
absl::Status RefuseAgreement(absl::StatusCode code, v1::ErrorReason reason, absl::string_view field,
                             absl::string_view message, absl::string_view pass);

// Whether the party is a side of the agreement: the member, or the secretariat of its areas.
bool IsBetween(const Party& party, const policy::agreement::Agreement& agreement);

// The party may propose it, and it keeps to the catalogue and to the policy in force. Errors as
// Propose.
absl::Status CheckTerms(store::Snapshot& snapshot, const policy::agreement::Agreement& agreement,
                        const Terms& terms, const Party& party);

// The member is invited and has room for one more, and the version goes on from the one that it
// replaces: only of what is not known yet. Errors as Propose.
absl::Status CheckNewProposal(store::Snapshot& snapshot,
                              const policy::agreement::Agreement& agreement, const Party& party);

}  // namespace renkei::hub::rounds
