// DSSE 1.0.2 (trust 6): the signed payload type stops cross-type replay.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "policy/crypto/ed25519.h"
#include "renkei/v1/envelope.pb.h"

namespace renkei::policy::crypto {

inline constexpr char kContributionType[] = "application/vnd.renkei.contribution.v1+protobuf";
inline constexpr char kReceiptType[] = "application/vnd.renkei.receipt.v1+protobuf";
inline constexpr char kAgreementType[] = "application/vnd.renkei.dua.v1+textproto";
inline constexpr char kPolicyType[] = "application/vnd.renkei.policy.v1+textproto";

// "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body
std::vector<uint8_t> PreAuthEncoding(absl::string_view type, absl::string_view body);

v1::DsseEnvelope SignEnvelope(absl::string_view type, std::string payload, const Signer& signer);

// Type must equal `expected_type` (INVALID_ARGUMENT); exactly one signature, made by `public_key`
// (PERMISSION_DENIED). keyid is a hint and never trusted.
absl::Status VerifyEnvelope(const v1::DsseEnvelope& envelope, absl::string_view expected_type,
                            std::span<const uint8_t> public_key);

}  // namespace renkei::policy::crypto
