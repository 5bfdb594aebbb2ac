#include "hub/rounds/proposal_checks.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "hub/rounds/policy_in_force.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/rules/policy_document.h"

namespace renkei::hub::rounds {
using policy::agreement::Agreement;
namespace {

absl::Status CheckParty(const Agreement& agreement, const Terms& terms, const Party& party) {
  const auto& areas = agreement.terms().area();
  if (party.role == v1::ROLE_MEMBER_AGENT) {
    if (!IsBetween(party, agreement)) {
      return RefuseAgreement(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE,
                             "member_code", "the agreement is another member's",
                             "name the member that sends it");
    }
    // One secretariat signs it, so that it is about one area.
    if (areas.size() != 1 ||
        std::find(terms.areas.begin(), terms.areas.end(), areas[0]) == terms.areas.end()) {
      return RefuseAgreement(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_AGREEMENT_SCOPE,
                             "area",
                             "an agreement that a member proposes names one area of this hub",
                             "propose one agreement for each council");
    }
    return absl::OkStatus();
  }
  if (IsBetween(party, agreement)) return absl::OkStatus();
  return RefuseAgreement(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_SCOPE, "area",
                         "the agreement names an area that is not the secretariat's own",
                         "propose it with the bundle of that area");
}

absl::Status CheckMember(store::Snapshot& snapshot, const Agreement& agreement) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::MemberRow> member,
                          snapshot.FindMember(agreement.member_id()));
  if (!member.has_value()) {
    return RefuseAgreement(
        absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_NOT_FOUND, "member_code",
        "the agreement is for an organisation that was never invited", "invite the member first");
  }
  if (member->revoked_at.has_value()) {
    return RefuseAgreement(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVOKED,
                           "member_code", "the member was revoked", "invite the member again");
  }
  return absl::OkStatus();
}

absl::Status CheckOpenProposals(store::Snapshot& snapshot, const Party& party) {
  if (party.role != v1::ROLE_MEMBER_AGENT) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(const int open, snapshot.CountOpenProposals(party.member_id, party.role));
  if (open < kMaxOpenProposals) return absl::OkStatus();
  return RefuseAgreement(
      absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_RATE_LIMIT, "dua_id",
      absl::StrCat("a member has at most ", kMaxOpenProposals, " proposals open"),
      "take one back with `renkei-agent agreement withdraw`, or have one signed");
}

absl::Status CheckVersions(store::Snapshot& snapshot, const Agreement& agreement) {
  const v1::DataUseAgreement& dua = agreement.terms();
  if (dua.version() == 1 && dua.supersedes_version() == 0) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::AgreementRow> earlier,
                          snapshot.FindAgreement(dua.dua_id(), dua.supersedes_version()));
  if (!earlier.has_value() || earlier->member_id != agreement.member_id() ||
      dua.supersedes_version() >= dua.version()) {
    return RefuseAgreement(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION,
                           "supersedes_version",
                           "a later version names the version that it replaces",
                           "name an earlier version of the same member's agreement");
  }
  // Who signs the later version ends the earlier one, so it must be the same two sides.
  RENKEI_ASSIGN_OR_RETURN(const Agreement replaced, Agreement::Parse(earlier->text, "agreement"));
  if (!std::equal(dua.area().begin(), dua.area().end(), replaced.terms().area().begin(),
                  replaced.terms().area().end())) {
    return RefuseAgreement(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_REVISION, "area",
                           "a later version names the same areas as the version that it replaces",
                           "propose it under an id of its own");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefuseAgreement(absl::StatusCode code, v1::ErrorReason reason, absl::string_view field,
                             absl::string_view message, absl::string_view pass) {
  return base::MakeError(code, reason, message, field, "agreement", pass);
}

bool IsBetween(const Party& party, const Agreement& agreement) {
  if (party.role == v1::ROLE_MEMBER_AGENT) return agreement.member_id() == party.member_id;
  const auto& areas = agreement.terms().area();
  return std::all_of(areas.begin(), areas.end(),
                     [&](const std::string& area) { return area == party.area_code; });
}

absl::Status CheckTerms(store::Snapshot& snapshot, const Agreement& agreement, const Terms& terms,
                        const Party& party) {
  const v1::DataUseAgreement& dua = agreement.terms();
  RENKEI_RETURN_IF_ERROR(CheckParty(agreement, terms, party));
  for (const std::string& indicator : dua.indicator()) {
    if (indicator != "*" && terms.catalogue->FindMeasure(indicator) == nullptr) {
      return RefuseAgreement(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                             "indicator",
                             "the agreement names a measure that the catalogue does not have",
                             "ids are listed by `renkei indicator list`");
    }
  }
  // Larger figures would turn negative where thresholds are compared, and so ask for nothing.
  if (dua.min_cell_persons() > policy::rules::kMaxThreshold ||
      dua.min_contributors() > policy::rules::kMaxThreshold) {
    return RefuseAgreement(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_AGREEMENT_SCOPE,
                           "terms", "min_cell_persons or min_contributors is larger than 100000",
                           "name a threshold that a table can meet");
  }
  RENKEI_ASSIGN_OR_RETURN(const policy::rules::Policy policy, PolicyInForce(snapshot, terms));
  if (absl::Status tightens = policy::agreement::CheckOnlyTightens(agreement, policy.document());
      !tightens.ok()) {
    return RefuseAgreement(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_AGREEMENT_SCOPE,
                           "terms", tightens.message(), "an agreement may only tighten the policy");
  }
  return absl::OkStatus();
}

absl::Status CheckNewProposal(store::Snapshot& snapshot, const Agreement& agreement,
                              const Party& party) {
  RENKEI_RETURN_IF_ERROR(CheckMember(snapshot, agreement));
  RENKEI_RETURN_IF_ERROR(CheckOpenProposals(snapshot, party));
  return CheckVersions(snapshot, agreement);
}

}  // namespace renkei::hub::rounds
