#include "agents/consent/checkpoint.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "policy/base/status.h"
#include "policy/crypto/digest.h"
#include "policy/transparency/checkpoint.h"
#include "policy/transparency/proofs.h"

namespace renkei::agents::consent {
namespace transparency = policy::transparency;

absl::StatusOr<std::string> LedgerOrigin(const std::string& spiffe_id) {
  absl::string_view id = spiffe_id;
  const size_t agent = id.rfind("/agent/");
  if (!absl::ConsumePrefix(&id, "spiffe://") || agent == absl::string_view::npos) {
    return absl::InvalidArgumentError("consent ledger: the identity is not an agent's");
  }
  return absl::StrCat(id.substr(0, id.rfind("/agent/")), "/consent/1");
}

std::vector<uint64_t> HeadsToProve(std::span<const uint64_t> sealed, uint64_t acknowledged) {
  constexpr size_t kMost = transparency::kMaxConsistencyProofs;
  const size_t left_out = sealed.size() > kMost ? sealed.size() - kMost : 0;
  std::vector<uint64_t> heads(sealed.begin() + static_cast<std::ptrdiff_t>(left_out), sealed.end());
  if (acknowledged != 0 && !heads.empty() && acknowledged < heads.front()) {
    heads.front() = acknowledged;
  }
  return heads;
}

absl::StatusOr<SealedLedger> SealLedger(cohort::CohortStore& store,
                                        const policy::crypto::Signer& signer,
                                        absl::string_view origin, const HeadsSent& sent,
                                        absl::Time now) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint64_t> sealed_at, store.ConsentLeavingSizes());
  for (const uint64_t size : {sent.acknowledged, sent.largest}) {
    if (size == 0 || std::binary_search(sealed_at.begin(), sealed_at.end(), size)) continue;
    return absl::DataLossError(
        "cohort.db: the hub was sent a head of the consent ledger that this ledger never had: "
        "cohort.db was put back from an older copy; restore its newest backup. Without one, ask "
        "the council for a new code, enrol a new agent folder, and import files and consents "
        "there again");
  }
  RENKEI_ASSIGN_OR_RETURN(const cohort::LedgerHead head, store.SealConsentLedger());
  SealedLedger sealed{.size = head.size};
  v1::ConsentCheckpoint& out = sealed.checkpoint;
  RENKEI_ASSIGN_OR_RETURN(
      *out.mutable_note(),
      transparency::SignCheckpoint(
          {.origin = std::string(origin), .size = head.size, .root = head.root}, signer));
  RENKEI_ASSIGN_OR_RETURN(const transparency::VerifierKey key,
                          transparency::MakeVerifierKey(origin, signer.public_key()));
  out.set_verifier_key(transparency::FormatVerifierKey(key));
  out.mutable_made_at()->set_seconds(absl::ToUnixSeconds(now));
  for (const uint64_t size : HeadsToProve(sealed_at, sent.acknowledged)) {
    RENKEI_ASSIGN_OR_RETURN(const transparency::Proof proof,
                            store.ConsentConsistency(size, head.size));
    v1::ConsistencyProof* const message = out.add_consistency();
    message->set_from_size(size);
    for (const policy::crypto::Digest& hash : proof) {
      message->add_hash(policy::crypto::ToBytes(hash));
    }
  }
  return sealed;
}

}  // namespace renkei::agents::consent
