#include "hub/releases/sealed_inputs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hub/rounds/accept.h"
#include "hub/rounds/open.h"
#include "hub/rounds/statement_checks.h"
#include "policy/agreement/agreement.h"
#include "policy/base/status.h"
#include "policy/rules/policy_document.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace tables = renkei::policy::tables;
using policy::agreement::Agreement;

absl::StatusOr<SealedInputs> LoadSealedInputs(store::Snapshot& snapshot,
                                              const store::RoundRow& round) {
  SealedInputs inputs;
  inputs.round = round;
  RENKEI_ASSIGN_OR_RETURN(inputs.descriptor, rounds::DescriptorOf(round));
  RENKEI_ASSIGN_OR_RETURN(tables::Layout layout, rounds::LayoutOf(inputs.descriptor));
  inputs.layout = std::make_shared<const tables::Layout>(std::move(layout));

  RENKEI_ASSIGN_OR_RETURN(const crypto::Digest policy_digest,
                          crypto::DigestFromBytes(inputs.descriptor.policy_digest()));
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::PolicyRow> policy,
                          snapshot.FindPolicy(policy_digest));
  if (!policy.has_value()) return absl::DataLossError("the policy of a round is not in the store");
  RENKEI_ASSIGN_OR_RETURN(const policy::rules::Policy parsed,
                          policy::rules::Policy::Parse(policy->text, "policy of the round"));
  inputs.policy = parsed.document();

  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ContributionRow> rows,
                          snapshot.LatestContributions(round.id, /*with_envelopes=*/true));
  for (const store::ContributionRow& row : rows) {
    RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement statement, rounds::StatementOf(row));
    absl::StatusOr<tables::Cube> cube = rounds::CubeOf(statement, *inputs.layout);
    if (!cube.ok()) return absl::DataLossError("a stored contribution does not fit its round");
    RENKEI_ASSIGN_OR_RETURN(const std::optional<store::AgreementRow> agreement_row,
                            snapshot.FindAgreement(statement.dua_id(), statement.dua_version()));
    if (!agreement_row.has_value()) {
      return absl::DataLossError("the agreement of a contribution is not in the store");
    }
    RENKEI_ASSIGN_OR_RETURN(const Agreement agreement,
                            Agreement::Parse(agreement_row->text, agreement_row->dua_id));
    inputs.contributions.push_back(disclosure::MakePooledContribution(
        row.member_id, std::make_shared<const tables::Cube>(*std::move(cube)), agreement.terms()));
    inputs.issued_at.push_back(row.issued_at);
    inputs.agreement_digests.push_back(agreement.digest());
  }
  std::sort(inputs.agreement_digests.begin(), inputs.agreement_digests.end());
  return inputs;
}

}  // namespace renkei::hub::releases
