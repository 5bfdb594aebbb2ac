#include "hub/identity/bundle.h"

#include <google/protobuf/text_format.h>
#include <openssl/crypto.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
#include "policy/base/secret.h"
#include "policy/base/status.h"
#include "policy/base/text_proto.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/spiffe.h"

namespace renkei::hub::identity {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
namespace {

constexpr size_t kMaxBytes = 64 << 10;

absl::Status Check(const v1::Bundle& bundle) {
  const auto bad = [](absl::string_view what) { return absl::InvalidArgumentError(what); };
  const absl::StatusOr<crypto::SpiffeId> id = crypto::ParseSpiffeId(bundle.spiffe_id());
  if (!id.ok()) return bad("spiffe_id is missing or malformed");
  if (bundle.role() == v1::ROLE_UNSPECIFIED || bundle.role() != id->role) {
    return bad("role is not that of spiffe_id");
  }
  if (bundle.hub_address().find(':') == std::string::npos) {
    return bad("hub_address must be host:port");
  }
  if (!crypto::CertificateSha256(bundle.root_pem()).ok()) return bad("root_pem is no certificate");
  const absl::StatusOr<crypto::LeafFacts> leaf = crypto::ReadLeaf(bundle.chain_pem());
  if (!leaf.ok() || leaf->spiffe_id != bundle.spiffe_id()) {
    return bad("chain_pem does not begin with the certificate of spiffe_id");
  }
  if (!crypto::CheckKeyOf(bundle.chain_pem(), base::Secret::Copy(base::AsBytes(bundle.key_pem())))
           .ok()) {
    return bad("key_pem does not belong to chain_pem");
  }
  if (!bundle.signing_seed().empty() && bundle.signing_seed().size() != 32) {
    return bad("signing_seed must have 32 bytes");
  }
  return absl::OkStatus();
}

void Wipe(std::string* text) {
  OPENSSL_cleanse(text->data(), text->size());
  text->clear();
}

}  // namespace

absl::StatusOr<v1::Bundle> ReadBundle(const std::string& path) {
  RENKEI_ASSIGN_OR_RETURN(const base::Secret text, base::ReadPrivateFile(path, kMaxBytes));
  v1::Bundle bundle;
  // The parser's own message can quote what it found, a piece of a key for example.
  absl::Status status = base::ParseTextProto(base::AsText(text.bytes()), path, &bundle).ok()
                            ? Check(bundle)
                            : absl::InvalidArgumentError("not a text-proto of renkei.v1.Bundle");
  if (!status.ok()) {
    WipeBundle(&bundle);
    return base::Annotate(status, absl::StrCat("bundle ", path));
  }
  return bundle;
}

absl::Status WriteBundle(const std::string& path, const v1::Bundle& bundle) {
  RENKEI_RETURN_IF_ERROR(base::Annotate(Check(bundle), absl::StrCat("bundle ", path)));
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    return absl::AlreadyExistsError(
        absl::StrCat(path, " exists; a bundle is never overwritten, choose another name"));
  }
  std::string text;
  if (!google::protobuf::TextFormat::PrintToString(bundle, &text)) {
    return absl::InternalError("a bundle could not be written as text");
  }
  absl::Status status = base::WriteFileAtomically(path, text, 0600);
  Wipe(&text);
  return status;
}

void WipeBundle(v1::Bundle* bundle) {
  Wipe(bundle->mutable_key_pem());
  Wipe(bundle->mutable_signing_seed());
}

}  // namespace renkei::hub::identity
