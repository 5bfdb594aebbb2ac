#include "policy/agreement/signed_agreement.h"

#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"

namespace renkei::policy::agreement {

absl::StatusOr<SignedAgreement> SignedAgreement::VerifyMember(const v1::DsseEnvelope& member,
                                                              std::span<const uint8_t> member_key) {
  RENKEI_RETURN_IF_ERROR(base::Annotate(
      crypto::VerifyEnvelope(member, crypto::kAgreementType, member_key), "agreement"));
  RENKEI_ASSIGN_OR_RETURN(Agreement agreement, Agreement::Parse(member.payload(), "agreement"));
  return SignedAgreement(std::move(agreement));
}

absl::StatusOr<SignedAgreement> SignedAgreement::Verify(const v1::DsseEnvelope& member,
                                                        std::span<const uint8_t> member_key,
                                                        const v1::DsseEnvelope& secretariat,
                                                        std::span<const uint8_t> secretariat_key) {
  RENKEI_RETURN_IF_ERROR(
      base::Annotate(crypto::VerifyEnvelope(secretariat, crypto::kAgreementType, secretariat_key),
                     "agreement, secretariat"));
  if (secretariat.payload() != member.payload()) {
    return absl::InvalidArgumentError(
        "agreement: member and secretariat signed different texts; propose it again");
  }
  return VerifyMember(member, member_key);
}

absl::StatusOr<ExactCellsGrant> ExactCellsGrant::From(const SignedAgreement& signed_agreement) {
  if (!signed_agreement.agreement().terms().exact_inner_cells()) {
    return base::MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_AGREEMENT_SCOPE,
                           "the agreement does not let exact inner cells leave the member",
                           "exact_inner_cells", "agreement.exact_inner_cells",
                           "an agreement with exact_inner_cells: true, signed by the member");
  }
  return ExactCellsGrant(signed_agreement.agreement());
}

}  // namespace renkei::policy::agreement
