// An agreement whose signatures were checked, and the grant that lets exact counts leave (R2).
// Types that cannot be made otherwise: a contribution is built from counts under an ExactCellsGrant
// alone.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "absl/status/statusor.h"
#include "policy/agreement/agreement.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::policy::agreement {

class SignedAgreement {
 public:
  // The member's envelope and the secretariat's, over the same bytes. PERMISSION_DENIED for a bad
  // signature, INVALID_ARGUMENT for another type, other bytes or a faulty text.
  static absl::StatusOr<SignedAgreement> Verify(const v1::DsseEnvelope& member,
                                                std::span<const uint8_t> member_key,
                                                const v1::DsseEnvelope& secretariat,
                                                std::span<const uint8_t> secretariat_key);
  // The member's own signature alone: what an agent holds of what it signed itself.
  static absl::StatusOr<SignedAgreement> VerifyMember(const v1::DsseEnvelope& member,
                                                      std::span<const uint8_t> member_key);

  const Agreement& agreement() const { return agreement_; }

 private:
  explicit SignedAgreement(Agreement agreement) : agreement_(std::move(agreement)) {}
  Agreement agreement_;
};

// Proof that a signed agreement lets the hub receive exact inner cells.
class ExactCellsGrant {
 public:
  // PERMISSION_DENIED when the agreement lacks the bit.
  static absl::StatusOr<ExactCellsGrant> From(const SignedAgreement& signed_agreement);
  const Agreement& agreement() const { return agreement_; }

 private:
  explicit ExactCellsGrant(Agreement agreement) : agreement_(std::move(agreement)) {}
  Agreement agreement_;
};

}  // namespace renkei::policy::agreement
