#include "hub/rounds/policy_in_force.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "hub/rounds/open.h"
#include "hub/store/paging.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/spiffe.h"
#include "policy/rules/decide.h"

namespace renkei::hub::rounds {
namespace rules = renkei::policy::rules;
namespace {

absl::Status NotApproved(absl::string_view message, absl::string_view pass) {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_POLICY_STALE,
                         message, "", "two_person", pass);
}

}  // namespace

absl::StatusOr<rules::Policy> PolicyOf(store::Snapshot& snapshot, const crypto::Digest& digest) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> row, snapshot.FindPolicy(digest));
  if (!row.has_value()) return absl::DataLossError("the policy of a round is not in the store");
  return rules::Policy::Parse(row->text, "policy of the round");
}

std::string PersonOf(const std::string& spiffe_id) {
  const absl::StatusOr<crypto::SpiffeId> id = crypto::ParseSpiffeId(spiffe_id);
  return id.ok() && !id->person.empty() ? id->person : spiffe_id;
}

absl::StatusOr<int> ApprovalsOf(store::Snapshot& snapshot, const Terms& terms,
                                const crypto::Digest& digest) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::PolicySignatureRow> signatures,
                          snapshot.ListPolicySignatures(digest));
  if (!terms.two_person) return static_cast<int>(signatures.size());
  size_t most = 0;
  for (const store::PolicySignatureRow& last : signatures) {
    std::set<std::string> persons;
    for (const store::PolicySignatureRow& signature : signatures) {
      if (signature.envelope.empty()) continue;  // the hub's own
      const absl::Duration before = last.signed_at - signature.signed_at;
      if (before < absl::ZeroDuration() || before > rules::kApprovalWindow) continue;
      persons.insert(PersonOf(signature.spiffe_id));
    }
    most = std::max(most, persons.size());
  }
  return static_cast<int>(most);
}

absl::StatusOr<rules::Policy> PolicyInForce(store::Snapshot& snapshot, const Terms& terms) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> row, snapshot.FindPolicyInForce());
  if (!row.has_value()) {
    return NotApproved("no policy is in force yet",
                       terms.two_person
                           ? "two persons of the secretariat run `renkei policy approve`"
                           : "a person of the secretariat runs `renkei policy approve`");
  }
  RENKEI_ASSIGN_OR_RETURN(const int approvals, ApprovalsOf(snapshot, terms, row->digest));
  if (approvals < ApprovalsNeeded(terms)) {
    return NotApproved("the policy in force was not approved by two persons within 72 hours",
                       "two persons run `renkei policy approve`, within 72 hours of each other");
  }
  return rules::Policy::Parse(row->text, "policy in force");
}

absl::StatusOr<std::vector<RoundEffect>> EffectsOn(store::Snapshot& snapshot,
                                                   const std::string& area_code,
                                                   const v1::PolicyDocument& policy) {
  std::vector<RoundEffect> effects;
  std::map<std::string, rules::Policy> known;  // by digest; rounds share policies
  RENKEI_RETURN_IF_ERROR(
      store::ForEachRound(snapshot, [&](const store::RoundRow& row) -> absl::StatusOr<bool> {
        const bool under_way =
            row.state == v1::ROUND_STATE_OPEN || row.state == v1::ROUND_STATE_CLOSED;
        if (!under_way || (!area_code.empty() && row.area_code != area_code)) return true;
        RENKEI_ASSIGN_OR_RETURN(const v1::RoundDescriptor descriptor, DescriptorOf(row));
        auto it = known.find(descriptor.policy_digest());
        if (it == known.end()) {
          RENKEI_ASSIGN_OR_RETURN(const crypto::Digest digest,
                                  crypto::DigestFromBytes(descriptor.policy_digest()));
          RENKEI_ASSIGN_OR_RETURN(rules::Policy of_round, PolicyOf(snapshot, digest));
          it = known.emplace(descriptor.policy_digest(), std::move(of_round)).first;
        }
        effects.push_back({row, rules::StricterAtRelease(it->second.document(), policy)});
        return true;
      }));
  return effects;
}

}  // namespace renkei::hub::rounds
