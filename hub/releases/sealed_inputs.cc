#include "hub/releases/sealed_inputs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hub/rounds/accept.h"
#include "hub/rounds/open.h"
#include "hub/rounds/policy_in_force.h"
#include "hub/rounds/statement_checks.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/rules/policy_document.h"

namespace renkei::hub::releases {
namespace disclosure = renkei::policy::disclosure;
namespace tables = renkei::policy::tables;
namespace {

// The same agreements, saying the same together: what is released names them by digest.
bool AreSame(const std::optional<AgreedTerms>& a, const std::optional<AgreedTerms>& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() == b.has_value();
  return a->digests == b->digests && a->terms.SerializeAsString() == b->terms.SerializeAsString();
}

}  // namespace

absl::StatusOr<SealedInputs> LoadSealedInputs(store::Snapshot& snapshot,
                                              const store::RoundRow& round, absl::Time now) {
  SealedInputs inputs;
  inputs.round = round;
  RENKEI_ASSIGN_OR_RETURN(inputs.descriptor, rounds::DescriptorOf(round));
  RENKEI_ASSIGN_OR_RETURN(tables::Layout layout, rounds::LayoutOf(inputs.descriptor));
  inputs.layout = std::make_shared<const tables::Layout>(std::move(layout));

  RENKEI_ASSIGN_OR_RETURN(const crypto::Digest policy_digest,
                          crypto::DigestFromBytes(inputs.descriptor.policy_digest()));
  RENKEI_ASSIGN_OR_RETURN(const policy::rules::Policy policy,
                          rounds::PolicyOf(snapshot, policy_digest));
  inputs.policy = policy.document();

  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::ContributionRow> rows,
                          snapshot.LatestContributions(round.id, /*with_envelopes=*/true));
  inputs.public_release = !rows.empty();
  for (const store::ContributionRow& row : rows) {
    RENKEI_ASSIGN_OR_RETURN(const v1::ContributionStatement statement, rounds::StatementOf(row));
    absl::StatusOr<tables::Cube> cube = rounds::CubeOf(statement, *inputs.layout);
    if (!cube.ok()) return absl::DataLossError("a stored contribution does not fit its round");
    inputs.given.push_back({row.member_id, statement.dua_id(), statement.dua_version()});
    RENKEI_ASSIGN_OR_RETURN(const std::optional<AgreedTerms> agreed,
                            TermsAtRelease(snapshot, inputs.given.back(), inputs.descriptor, now));
    inputs.agreed.push_back(agreed);
    if (!agreed.has_value()) {
      inputs.left_out.push_back(row.member_id);
      continue;
    }
    inputs.contributions.push_back(disclosure::MakePooledContribution(
        row.member_id, std::make_shared<const tables::Cube>(*std::move(cube)), agreed->terms));
    inputs.issued_at.push_back(row.issued_at);
    inputs.counted.push_back({row.member_id, row.revision, agreed->terms.SerializeAsString()});
    inputs.agreement_digests.insert(inputs.agreement_digests.end(), agreed->digests.begin(),
                                    agreed->digests.end());
    inputs.public_release &= agreed->terms.public_release();
  }
  std::vector<crypto::Digest>& digests = inputs.agreement_digests;
  std::sort(digests.begin(), digests.end());
  digests.erase(std::unique(digests.begin(), digests.end()), digests.end());
  RENKEI_ASSIGN_OR_RETURN(inputs.ledger, LoadLedger(snapshot, round.area_code, round.fiscal_year,
                                                    rounds::Lane::kExact));
  RENKEI_ASSIGN_OR_RETURN(inputs.newest_release,
                          NewestOf(snapshot, round.area_code, round.fiscal_year));
  return inputs;
}

absl::StatusOr<bool> IsStillAgreed(store::Snapshot& snapshot, const SealedInputs& inputs,
                                   absl::Time now) {
  for (size_t i = 0; i < inputs.given.size(); ++i) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<AgreedTerms> agreed,
                            TermsAtRelease(snapshot, inputs.given[i], inputs.descriptor, now));
    if (!AreSame(agreed, inputs.agreed[i])) return false;
  }
  return true;
}

absl::Status CheckNothingMoved(store::Snapshot& snapshot, const SealedInputs& inputs,
                               absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(const bool still_agreed, IsStillAgreed(snapshot, inputs, now));
  if (!still_agreed) {
    return base::MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_IN_PROGRESS,
                           "an agreement changed while the release was being computed", "round_id",
                           "agreement", "ask for the release again");
  }
  RENKEI_ASSIGN_OR_RETURN(const uint64_t newest,
                          NewestOf(snapshot, inputs.round.area_code, inputs.round.fiscal_year));
  if (newest != inputs.newest_release) {
    return base::MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_IN_PROGRESS,
                           "another release of the area and year was made meanwhile", "round_id",
                           "release.ledger", "ask for the release again");
  }
  return absl::OkStatus();
}

}  // namespace renkei::hub::releases
