#include "agents/consent/checkpoint.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "policy/base/status.h"
#include "policy/crypto/digest.h"
#include "policy/transparency/checkpoint.h"

namespace renkei::agents::consent {
namespace transparency = policy::transparency;
namespace {

constexpr size_t kMaxProofs = 8;

}  // namespace

absl::StatusOr<std::string> LedgerOrigin(const std::string& spiffe_id) {
  absl::string_view id = spiffe_id;
  const size_t agent = id.rfind("/agent/");
  if (!absl::ConsumePrefix(&id, "spiffe://") || agent == absl::string_view::npos) {
    return absl::InvalidArgumentError("consent ledger: the identity is not an agent's");
  }
  return absl::StrCat(id.substr(0, id.rfind("/agent/")), "/consent/1");
}

std::vector<uint64_t> HeadsToProve(std::span<const uint64_t> at_hub) {
  std::vector<uint64_t> heads(at_hub.begin(), at_hub.end());
  if (heads.size() > kMaxProofs) {
    heads.erase(heads.begin() + 1, heads.end() - static_cast<std::ptrdiff_t>(kMaxProofs - 1));
  }
  return heads;
}

absl::StatusOr<SealedLedger> SealLedger(cohort::CohortStore& store,
                                        const policy::crypto::Signer& signer,
                                        absl::string_view origin,
                                        std::span<const uint64_t> earlier_sizes, absl::Time now) {
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
  for (const uint64_t size : HeadsToProve(earlier_sizes)) {
    if (size > head.size) {
      return absl::DataLossError(absl::StrCat("cohort.db: its consent ledger has ", head.size,
                                              " entries, but the hub was "
                                              "told of ",
                                              size, "; restore the newest backup of cohort.db"));
    }
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
