// Policies: proposed, approved, listed, and what one would change for rounds under way.
#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/rounds/lanes.h"
#include "hub/rounds/policies.h"
#include "hub/rounds/policy_in_force.h"
#include "hub/rpc/services.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/rules/policy_document.h"

namespace renkei::hub::rpc {
namespace {

// Texts and envelopes of 64 KiB each: more would not fit into an answer.
constexpr uint32_t kLargestPage = 10;

absl::StatusOr<v1::PolicyRecord> Shown(store::Snapshot& snapshot, const rounds::Terms& terms,
                                       const store::PolicyRow& row) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> in_force,
                          snapshot.FindPolicyInForce());
  return rounds::ToProto(snapshot, terms, row, in_force);
}

}  // namespace

grpc::Status PolicyService::ProposePolicy(grpc::ServerContext* context,
                                          const v1::ProposePolicyRequest* request,
                                          v1::ProposePolicyResponse* response) {
  return shared_.door.Call(
      "renkei.v1.PolicyService.ProposePolicy", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(
            const store::PolicyRow row,
            rounds::ProposePolicy(*transaction, shared_.terms, caller.identity.signing_public_key,
                                  request->envelope(), caller.act));
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_policy(),
                                Shown(*transaction, shared_.terms, row));
        return transaction->Commit();
      });
}

grpc::Status PolicyService::ApprovePolicy(grpc::ServerContext* context,
                                          const v1::ApprovePolicyRequest* request,
                                          v1::ApprovePolicyResponse* response) {
  return shared_.door.Call(
      "renkei.v1.PolicyService.ApprovePolicy", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        const absl::StatusOr<crypto::Digest> digest = crypto::DigestFromBytes(request->digest());
        if (!digest.ok()) {
          return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                                 "digest: must be 32 bytes", "digest", "policy",
                                 "name the SHA-256 of the policy's text");
        }
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Transaction> transaction,
                                shared_.store.Write());
        RENKEI_ASSIGN_OR_RETURN(
            const store::PolicyRow row,
            rounds::ApprovePolicy(*transaction, shared_.terms, caller.identity.signing_public_key,
                                  *digest, request->envelope(), caller.act));
        RENKEI_ASSIGN_OR_RETURN(*response->mutable_policy(),
                                Shown(*transaction, shared_.terms, row));
        return transaction->Commit();
      });
}

grpc::Status PolicyService::ListPolicies(grpc::ServerContext* context,
                                         const v1::ListPoliciesRequest* request,
                                         v1::ListPoliciesResponse* response) {
  return shared_.door.Call(
      "renkei.v1.PolicyService.ListPolicies", *context, *request,
      [&](const Caller&) -> absl::Status {
        uint64_t before = std::numeric_limits<uint64_t>::max();
        if (!request->page_token().empty() && !absl::SimpleAtoi(request->page_token(), &before)) {
          return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                                 "page_token: not one that this hub gave", "page_token", "",
                                 "start from the first page");
        }
        const int page = static_cast<int>(request->page_size() == 0
                                              ? kLargestPage
                                              : std::min(request->page_size(), kLargestPage));
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> in_force,
                                snapshot->FindPolicyInForce());
        RENKEI_ASSIGN_OR_RETURN(const std::vector<store::PolicyRow> rows,
                                snapshot->ListPolicies(before, page));
        for (const store::PolicyRow& row : rows) {
          RENKEI_ASSIGN_OR_RETURN(*response->add_policy(),
                                  rounds::ToProto(*snapshot, shared_.terms, row, in_force));
        }
        if (static_cast<int>(rows.size()) == page) {
          response->set_next_page_token(absl::StrCat(rows.back().proposed_sequence));
        }
        return absl::OkStatus();
      });
}

grpc::Status PolicyService::CheckPolicy(grpc::ServerContext* context,
                                        const v1::CheckPolicyRequest* request,
                                        v1::CheckPolicyResponse* response) {
  return shared_.door.Call(
      "renkei.v1.PolicyService.CheckPolicy", *context, *request,
      [&](const Caller& caller) -> absl::Status {
        const auto policy = policy::rules::Policy::Parse(request->policy_text(), "policy");
        if (!policy.ok()) {
          return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                                 policy.status().message(), "policy_text", "policy",
                                 "correct the file");
        }
        RENKEI_RETURN_IF_ERROR(
            rounds::CheckNoiseFamilies(*shared_.terms.catalogue, policy->document()));
        const bool all = caller.identity.role == v1::ROLE_AUDITOR;
        RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<store::Snapshot> snapshot,
                                shared_.store.Read());
        RENKEI_ASSIGN_OR_RETURN(
            const std::vector<rounds::RoundEffect> effects,
            rounds::EffectsOn(*snapshot, all ? "" : caller.identity.scope, policy->document()));
        for (const rounds::RoundEffect& effect : effects) {
          v1::CheckPolicyResponse::RoundEffect* round = response->add_round();
          round->set_round_id(effect.round.id.value());
          round->set_area_code(effect.round.area_code);
          round->set_fiscal_year(static_cast<uint32_t>(effect.round.fiscal_year));
          round->set_state(effect.round.state);
          round->set_blocks_release(!effect.stricter.empty());
          for (const auto& change : effect.stricter) round->add_field(change.field);
        }
        RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> in_force,
                                snapshot->FindPolicyInForce());
        if (in_force.has_value()) response->set_in_force_digest(crypto::ToBytes(in_force->digest));
        return absl::OkStatus();
      });
}

}  // namespace renkei::hub::rpc
