#include "policy/crypto/dsse.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::crypto {

std::vector<uint8_t> PreAuthEncoding(absl::string_view type, absl::string_view body) {
  const std::string head = absl::StrCat("DSSEv1 ", type.size(), " ", type, " ", body.size(), " ");
  std::vector<uint8_t> out;
  out.reserve(head.size() + body.size());
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

v1::DsseEnvelope SignEnvelope(absl::string_view type, std::string payload, const Signer& signer) {
  v1::DsseEnvelope envelope;
  envelope.set_payload_type(type.data(), type.size());
  const std::vector<uint8_t> signature = signer.Sign(PreAuthEncoding(type, payload));
  envelope.set_payload(std::move(payload));
  v1::DsseSignature* out = envelope.add_signatures();
  out->set_keyid(ToHex(Sha256(signer.public_key())));
  out->set_sig(signature.data(), signature.size());
  return envelope;
}

absl::Status VerifyEnvelope(const v1::DsseEnvelope& envelope, absl::string_view expected_type,
                            std::span<const uint8_t> public_key) {
  if (absl::string_view(envelope.payload_type()) != expected_type) {
    // The received type is not repeated: it is the sender's text.
    return absl::InvalidArgumentError(absl::StrCat("payload_type must be ", expected_type));
  }
  if (envelope.signatures_size() != 1) {
    return absl::PermissionDeniedError(absl::StrCat(
        "the envelope must carry exactly one signature, not ", envelope.signatures_size()));
  }
  const std::string& signature = envelope.signatures(0).sig();
  if (signature.size() != 64) {
    return absl::PermissionDeniedError("the envelope's signature is not 64 bytes long");
  }
  return VerifyEd25519(public_key, PreAuthEncoding(expected_type, envelope.payload()),
                       base::AsBytes(signature));
}

}  // namespace renkei::policy::crypto
