// Proof of possession of the statement-signing key at enrolment (trust 5.2): Ed25519 over
//   "renkei/v1/enrol" || SHA-256(code) || csr_der
// so that a proof serves one code and one TLS key only. Pure; agent and hub share it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "policy/crypto/ed25519.h"

namespace renkei::policy::crypto {

// `code` is the text of EnrolRequest.code, byte for byte as sent.
std::vector<uint8_t> EnrolmentProofMessage(absl::string_view code,
                                           std::span<const uint8_t> csr_der);

// 64 bytes.
std::vector<uint8_t> MakeEnrolmentProof(absl::string_view code, std::span<const uint8_t> csr_der,
                                        const Signer& signer);

// INVALID_ARGUMENT for wrong sizes, PERMISSION_DENIED when the proof does not fit.
absl::Status VerifyEnrolmentProof(absl::string_view code, std::span<const uint8_t> csr_der,
                                  std::span<const uint8_t> public_key,
                                  std::span<const uint8_t> proof);

}  // namespace renkei::policy::crypto
