// Which policy stands, and what another would change for rounds under way (R21). The store knows
// every policy that was ever proposed; nothing here changes it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/rules/policy_changes.h"
#include "policy/rules/policy_document.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::rounds {

// Of a digest that a round or a release names. DATA_LOSS when the store has it not.
absl::StatusOr<policy::rules::Policy> PolicyOf(store::Snapshot& snapshot,
                                               const crypto::Digest& digest);

// The person of a SPIFFE id, whatever the role and area of the certificate: who holds several is
// one person. An id of another form is its own person.
std::string PersonOf(const std::string& spiffe_id);

// How many have approved it: where two are asked for, the most different persons who signed within
// kApprovalWindow (policy/rules/decide.h) of each other, also of a policy that was in force before;
// else every signature, that of the hub itself for the policy of its configuration included.
absl::StatusOr<int> ApprovalsOf(store::Snapshot& snapshot, const Terms& terms,
                                const crypto::Digest& digest);
inline int ApprovalsNeeded(const Terms& terms) { return terms.two_person ? 2 : 1; }

// The newest that was approved. FAILED_PRECONDITION (POLICY_STALE) when none was, or not by as many
// persons as the configuration asks for now.
absl::StatusOr<policy::rules::Policy> PolicyInForce(store::Snapshot& snapshot, const Terms& terms);

struct RoundEffect {
  store::RoundRow round;
  // Stricter than the round's policy, so that it would not be released any more; empty: no change.
  std::vector<policy::rules::PolicyChange> stricter;
};

// Of every open or closed round of `area_code` (empty: of all), ascending by id.
absl::StatusOr<std::vector<RoundEffect>> EffectsOn(store::Snapshot& snapshot,
                                                   const std::string& area_code,
                                                   const v1::PolicyDocument& policy);

}  // namespace renkei::hub::rounds
