#include "hub/identity/possession.h"

#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/enrolment_proof.h"

namespace renkei::hub::identity {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;

absl::Status VerifyPossession(const v1::EnrolRequest& request) {
  const auto refuse = [](absl::string_view message, absl::string_view field) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_SIGNATURE, message,
                           field, "enrolment.proof",
                           "enrol again with the keys that the agent made");
  };
  const auto csr = base::AsBytes(request.csr_der());
  if (const absl::Status status = crypto::CheckCsr(csr); !status.ok()) {
    return refuse(status.message(), "csr_der");
  }
  if (!crypto::VerifyEnrolmentProof(request.code(), csr,
                                    base::AsBytes(request.signing_public_key()),
                                    base::AsBytes(request.signing_proof()))
           .ok()) {
    return refuse("signing_proof: does not prove possession of signing_public_key",
                  "signing_proof");
  }
  return absl::OkStatus();
}

}  // namespace renkei::hub::identity
