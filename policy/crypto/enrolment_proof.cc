#include "policy/crypto/enrolment_proof.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::crypto {

std::vector<uint8_t> EnrolmentProofMessage(absl::string_view code,
                                           std::span<const uint8_t> csr_der) {
  const std::string message =
      absl::StrCat("renkei/v1/enrol", ToBytes(Sha256(base::AsBytes(code))), base::AsText(csr_der));
  return std::vector<uint8_t>(message.begin(), message.end());
}

std::vector<uint8_t> MakeEnrolmentProof(absl::string_view code, std::span<const uint8_t> csr_der,
                                        const Signer& signer) {
  return signer.Sign(EnrolmentProofMessage(code, csr_der));
}

absl::Status VerifyEnrolmentProof(absl::string_view code, std::span<const uint8_t> csr_der,
                                  std::span<const uint8_t> public_key,
                                  std::span<const uint8_t> proof) {
  return VerifyEd25519(public_key, EnrolmentProofMessage(code, csr_der), proof);
}

}  // namespace renkei::policy::crypto
