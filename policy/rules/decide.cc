#include "policy/rules/decide.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/error.h"
#include "policy/rules/policy_document.h"

namespace renkei::policy::rules {
namespace {

constexpr absl::Duration kClockTolerance = absl::Minutes(5);  // trust 6

std::vector<Gate> NotEvaluatedAtShow() { return {Gate::kDurableEntry, Gate::kWitness}; }

using Reason = v1::ErrorReason;

std::optional<Refusal> CheckContribution(const ComputeRequest& r,
                                         const v1::PolicyDocument& policy) {
  if (!r.signature_verified) {
    return Refusal{Gate::kContribution,
                   absl::StatusCode::kPermissionDenied,
                   v1::ERROR_REASON_SIGNATURE,
                   "contribution.signature",
                   "the contribution is not signed by the member's registered key",
                   "a contribution signed with the key of the enrolled agent"};
  }
  const absl::Duration limit = absl::Hours(24) * policy.contribution_max_age_days();
  if (r.not_after <= r.issued_at || r.not_after - r.issued_at > limit) {
    return Refusal{Gate::kContribution,
                   absl::StatusCode::kInvalidArgument,
                   v1::ERROR_REASON_OUTSIDE_TIME_WINDOW,
                   "policy.contribution_max_age_days",
                   absl::StrCat("not_after must be later than issued_at by at most ",
                                policy.contribution_max_age_days(), " days"),
                   "sign the contribution again"};
  }
  if (r.issued_at > r.received_at + kClockTolerance || r.received_at >= r.not_after) {
    return Refusal{Gate::kContribution,
                   absl::StatusCode::kFailedPrecondition,
                   v1::ERROR_REASON_OUTSIDE_TIME_WINDOW,
                   "contribution.not_after",
                   "the contribution is past its not_after, or issued more than 5 minutes ahead",
                   "check the clock of the agent; a contribution past not_after is signed again"};
  }
  return std::nullopt;
}

std::optional<Refusal> CheckAgreement(const ComputeRequest& r) {
  const auto outside = [](absl::string_view field, std::string message, std::string would_pass) {
    return Refusal{Gate::kAgreement,
                   absl::StatusCode::kPermissionDenied,
                   v1::ERROR_REASON_AGREEMENT_SCOPE,
                   absl::StrCat("agreement.", field),
                   std::move(message),
                   std::move(would_pass)};
  };
  if (r.agreement == nullptr || r.agreement->member_id() != r.member) {
    return Refusal{Gate::kAgreement,
                   absl::StatusCode::kPermissionDenied,
                   v1::ERROR_REASON_NO_AGREEMENT,
                   "agreement",
                   "the member has no agreement in force",
                   "an agreement signed by the member and the secretariat"};
  }
  if (!r.agreement->IsActiveAt(r.issued_at)) {
    return Refusal{Gate::kAgreement,
                   absl::StatusCode::kPermissionDenied,
                   v1::ERROR_REASON_NO_AGREEMENT,
                   "agreement.valid_from",
                   "the member's agreement is not in force at the contribution's issue",
                   "an agreement whose period covers the day"};
  }
  if (!r.agreement->AllowsPurpose(r.purpose)) {
    return outside("purpose", "the agreement does not name the round's purpose",
                   "an agreement that names the purpose");
  }
  if (!r.agreement->AllowsArea(r.area_code)) {
    return outside("area", "the agreement does not name the round's area",
                   "an agreement that names the area");
  }
  if (!r.agreement->AllowsCouncil(r.area_code)) {
    return outside("council", "the agreement does not name the council that asks",
                   "an agreement that names the council of the area, or no council");
  }
  if (!r.agreement->AllowsFiscalYear(r.fiscal_year)) {
    return outside("first_fiscal_year", "the data year is outside the agreement's years",
                   "an agreement whose years cover the round's");
  }
  for (const std::string& measure : r.measures) {
    if (!r.agreement->AllowsMeasure(measure)) {
      return outside("indicator", absl::StrCat("the agreement does not name measure ", measure),
                     "an agreement that names every measure of the round, or a round without it");
    }
  }
  if (r.exact_inner_cells && !r.agreement->terms().exact_inner_cells()) {
    return outside("exact_inner_cells", "the agreement does not let the hub receive exact cells",
                   "an agreement with exact_inner_cells: true");
  }
  return std::nullopt;
}

std::optional<Refusal> CheckConsent(const ComputeRequest& r, const v1::PolicyDocument& policy) {
  const auto refuse = [](absl::string_view rule, std::string message, std::string would_pass) {
    return Refusal{Gate::kConsentCheckpoint,
                   absl::StatusCode::kFailedPrecondition,
                   v1::ERROR_REASON_CONSENT_CHECKPOINT,
                   absl::StrCat("consent_checkpoint.", rule),
                   std::move(message),
                   std::move(would_pass)};
  };
  switch (r.consent_checkpoint) {
    case CheckpointStanding::kMissing:
      return refuse("note",
                    "the contribution carries no checkpoint of the member's consent ledger that "
                    "can be read",
                    "prepare the contribution again with an agent that has a consent ledger");
    case CheckpointStanding::kOtherKey:
      return refuse("verifier_key",
                    "the consent checkpoint is not signed by the key that the hub knows of this "
                    "member's consent ledger",
                    "the agent folder that the member has contributed from before, or a new "
                    "enrolment of the member");
    case CheckpointStanding::kSmaller:
      return refuse("size",
                    "the member's consent ledger is shorter than the one that the hub has seen",
                    "the newest backup of the agent's folder: the ledger only grows");
    case CheckpointStanding::kInconsistent:
      return refuse("consistency",
                    "the member's consent ledger is not proven to continue the one that the hub "
                    "has seen",
                    "cohort.db and agent.db of the newest backup, both of one time; without one, a "
                    "new code of the council and a new agent folder");
    case CheckpointStanding::kContinues:
    case CheckpointStanding::kRestarts:
      break;
  }
  const absl::Duration age = r.issued_at - r.consent_made_at;
  if (age > absl::Hours(24) * policy.consent_checkpoint_max_age_days() || age < -kClockTolerance) {
    return refuse(
        "made_at",
        absl::StrCat("the consent checkpoint must be made at most ",
                     policy.consent_checkpoint_max_age_days(),
                     " days before issued_at (policy.consent_checkpoint_max_age_days), and not "
                     "after it"),
        "prepare the contribution again");
  }
  return std::nullopt;
}

std::optional<Refusal> CheckPolicy(const ComputeRequest& r) {
  if (r.policy_named != r.policy_of_round) {
    return Refusal{Gate::kPolicyApproval,
                   absl::StatusCode::kFailedPrecondition,
                   v1::ERROR_REASON_POLICY_STALE,
                   "round.policy_digest",
                   "the contribution was made under another policy than the round's",
                   "fetch the round again and prepare a new contribution"};
  }
  if (r.policy_approvals < (r.two_person ? 2 : 1)) {
    return Refusal{Gate::kPolicyApproval,
                   absl::StatusCode::kFailedPrecondition,
                   v1::ERROR_REASON_POLICY_STALE,
                   "two_person",
                   "the policy of the round is not approved",
                   r.two_person ? "approval by two persons of the secretariat"
                                : "approval by a person of the secretariat"};
  }
  return std::nullopt;
}

}  // namespace

absl::string_view GateLabel(Gate gate) {
  switch (gate) {
    case Gate::kReader:
      return "0 reader's role and area";
    case Gate::kAgreement:
      return "1 agreement";
    case Gate::kContribution:
      return "2 contribution signature, period, schema";
    case Gate::kConsentCheckpoint:
      return "3 consent checkpoint";
    case Gate::kPolicyApproval:
      return "4 policy approval";
    case Gate::kDisclosure:
      return "5 disclosure control";
    case Gate::kContributors:
      return "6 contributors";
    case Gate::kDurableEntry:
      return "7 durable log entry before display";
    case Gate::kWitness:
      return "8 witnesses";
  }
  return "";
}

std::vector<std::string> GatesNotEvaluated() {
  std::vector<std::string> labels;
  for (const Gate gate : NotEvaluatedAtShow()) labels.emplace_back(GateLabel(gate));
  return labels;
}

absl::Status ToStatus(const Decision& decision) {
  if (decision.permitted()) return absl::OkStatus();
  const Refusal& r = decision.refusal();
  return base::MakeError(r.code, r.reason,
                         absl::StrCat(r.message, "; what would pass: ", r.would_pass), "", r.rule,
                         r.would_pass);
}

Decision DecideCompute(const ComputeRequest& r, const v1::PolicyDocument& policy) {
  std::optional<Refusal> refusal = CheckContribution(r, policy);
  if (!refusal) refusal = CheckAgreement(r);
  if (!refusal) refusal = CheckConsent(r, policy);
  if (!refusal) refusal = CheckPolicy(r);
  if (!refusal && !r.layout_matches) {
    refusal = Refusal{Gate::kContribution,
                      absl::StatusCode::kFailedPrecondition,
                      v1::ERROR_REASON_LAYOUT_MISMATCH,
                      "round.layout_digest",
                      "the contribution has another layout than the round",
                      "fetch the round again and prepare a new contribution"};
  }
  if (refusal) return Decision::Refuse(*std::move(refusal));
  return Decision::Permit();
}

Decision DecideRelease(const ReleaseRequest& r, const v1::PolicyDocument& policy) {
  const auto refuse = [](Gate gate, Reason reason, std::string rule, std::string message,
                         std::string would_pass) {
    return Decision::Refuse({gate, absl::StatusCode::kFailedPrecondition, reason, std::move(rule),
                             std::move(message), std::move(would_pass)});
  };
  if (r.round_state == v1::ROUND_STATE_OPEN) {
    return refuse(Gate::kContributors, v1::ERROR_REASON_ROUND_OPEN, "round.state",
                  "the round is still open", "close the round first");
  }
  if (r.round_state == v1::ROUND_STATE_HELD) {
    return refuse(Gate::kDisclosure, v1::ERROR_REASON_HELD, "round.state",
                  "the round is held; nobody overrides a hold", "a new round");
  }
  if (r.round_state != v1::ROUND_STATE_CLOSED) {
    return refuse(Gate::kContributors, v1::ERROR_REASON_ROUND_CLOSED, "round.state",
                  "only a closed round can be released, once", "a new round");
  }
  if (r.stricter_policy_in_force) {
    return refuse(Gate::kPolicyApproval, v1::ERROR_REASON_POLICY_STALE, "round.policy_digest",
                  "the policy has become stricter since the round was opened",
                  "a new round under the policy in force");
  }
  const auto other = std::find_if(r.withheld_in_series.begin(), r.withheld_in_series.end(),
                                  [&](const WithheldLevels& w) { return w != r.withheld; });
  if (other != r.withheld_in_series.end()) {
    return refuse(
        Gate::kDisclosure, v1::ERROR_REASON_LAYOUT_MISMATCH, "release.layout",
        absl::StrCat("an indicator of the round has another layout since its first release (",
                     other->Describe(), "); a series has one layout"),
        "that layout, if the ladder of the round's policy has it, or a round without the "
        "indicator");
  }
  const auto otherwise =
      std::find_if(r.rounding_in_series.begin(), r.rounding_in_series.end(),
                   [&](v1::Rounding rounding) { return rounding != policy.rounding(); });
  if (otherwise != r.rounding_in_series.end()) {
    return refuse(Gate::kDisclosure, v1::ERROR_REASON_LAYOUT_MISMATCH, "release.rounding",
                  absl::StrCat("an indicator of the round has rounding ", RoundingWord(*otherwise),
                               " since its first release, the round's policy says ",
                               RoundingWord(policy.rounding()), "; a series is rounded in one way"),
                  absl::StrCat("a round under a policy with rounding ", RoundingWord(*otherwise),
                               ", or a round without the indicator"));
  }
  const absl::Duration limit = absl::Hours(24) * policy.release_within_days();
  if (std::any_of(r.issued_at.begin(), r.issued_at.end(),
                  [&](absl::Time t) { return r.now - t > limit; })) {
    return refuse(Gate::kContributors, v1::ERROR_REASON_OUTSIDE_TIME_WINDOW,
                  "policy.release_within_days",
                  absl::StrCat("a contribution was issued more than ", policy.release_within_days(),
                               " days ago"),
                  "a new round, so that later withdrawals of consent take effect");
  }
  const int needed = std::max(r.min_contributors, static_cast<int>(policy.min_contributors()));
  const int contributors = static_cast<int>(r.issued_at.size());
  if (contributors == 0 || (contributors < needed && !r.every_contributor_allows_member_level)) {
    return refuse(
        Gate::kContributors, v1::ERROR_REASON_TOO_FEW_MEMBERS, "policy.min_contributors",
        "too few members contributed",
        "more members, or allow_member_level_display in the agreement of every contributor");
  }
  if (!r.protected_and_clean) {
    return refuse(Gate::kDisclosure, v1::ERROR_REASON_HELD, "disclosure.linear_audit",
                  "the tables could not be protected", "coarser tables or other indicators");
  }
  return Decision::Permit();
}

Decision DecideShow(const ShowRequest& r) {
  const auto refuse = [](absl::StatusCode code, Reason reason, std::string rule,
                         std::string message, std::string would_pass) {
    return Decision::Refuse(
        {Gate::kReader, code, reason, std::move(rule), std::move(message), std::move(would_pass)},
        NotEvaluatedAtShow());
  };
  if (r.public_reader) {
    if (r.released && r.public_release) return Decision::Permit(NotEvaluatedAtShow());
    return refuse(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND, "release.public",
                  "nothing is public of this area and fiscal year",
                  "public_release in the agreement of every contributor");
  }
  const bool reads = r.role == v1::ROLE_SECRETARIAT || r.role == v1::ROLE_MEMBER_AGENT ||
                     r.role == v1::ROLE_AUDITOR;
  if (!reads) {
    return refuse(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_ROLE, "reader.role",
                  "the role does not read releases",
                  "a certificate of the secretariat, a member or an auditor");
  }
  if (r.role != v1::ROLE_AUDITOR && !r.in_scope) {
    return refuse(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE, "reader.area",
                  "the area is not the reader's own", "an area of the reader");
  }
  if (!r.released) {
    return refuse(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND, "release.exists",
                  "nothing was released for this area and fiscal year", "release a round first");
  }
  return Decision::Permit(NotEvaluatedAtShow());
}

}  // namespace renkei::policy::rules
