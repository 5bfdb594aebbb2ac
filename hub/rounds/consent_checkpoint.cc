#include "hub/rounds/consent_checkpoint.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/transparency/checkpoint.h"
#include "policy/transparency/proofs.h"

namespace renkei::hub::rounds {
namespace transparency = renkei::policy::transparency;
using policy::rules::CheckpointStanding;
namespace {

// More than any tree needs.
constexpr int kMaxProofHashes = 128;

bool ProofFits(const v1::ConsistencyProof& proof, const store::ConsentCheckpointRow& known,
               const transparency::Checkpoint& head) {
  if (proof.from_size() != known.size || proof.hash_size() > kMaxProofHashes) return false;
  transparency::Proof hashes;
  for (const std::string& hash : proof.hash()) {
    const absl::StatusOr<crypto::Digest> digest = crypto::DigestFromBytes(hash);
    if (!digest.ok()) return false;
    hashes.push_back(*digest);
  }
  return transparency::VerifyConsistency(known.size, head.size, known.root, head.root, hashes).ok();
}

CheckpointStanding StandingNextTo(const store::ConsentCheckpointRow& known,
                                  const transparency::Checkpoint& head,
                                  const v1::ConsentCheckpoint& checkpoint) {
  if (head.size < known.size) return CheckpointStanding::kSmaller;
  if (head.size == known.size) {
    return head.root == known.root ? CheckpointStanding::kContinues
                                   : CheckpointStanding::kInconsistent;
  }
  for (const v1::ConsistencyProof& proof : checkpoint.consistency()) {
    if (ProofFits(proof, known, head)) return CheckpointStanding::kContinues;
  }
  return CheckpointStanding::kInconsistent;
}

}  // namespace

std::string ConsentOrigin(absl::string_view trust_domain, const base::MemberId& member) {
  return absl::StrCat(trust_domain, "/", member.value(), "/consent/1");
}

absl::StatusOr<CheckedCheckpoint> CheckConsentCheckpoint(
    store::Snapshot& snapshot, absl::string_view trust_domain, const base::MemberId& member,
    const std::string& spiffe_id, const v1::ConsentCheckpoint& checkpoint, absl::Time now) {
  const absl::StatusOr<transparency::VerifierKey> key =
      transparency::ParseVerifierKey(checkpoint.verifier_key());
  if (!key.ok() || checkpoint.note().empty() ||
      static_cast<size_t>(checkpoint.consistency_size()) > transparency::kMaxConsistencyProofs) {
    return CheckedCheckpoint{};
  }
  const absl::StatusOr<transparency::Checkpoint> head =
      transparency::OpenCheckpoint(checkpoint.note(), *key);
  if (absl::IsInvalidArgument(head.status()) ||
      (head.ok() && (head->size == 0 || head->size > kMaxConsentLedgerSize))) {
    return CheckedCheckpoint{};
  }
  if (!head.ok() || head->origin != ConsentOrigin(trust_domain, member)) {
    return CheckedCheckpoint{.standing = CheckpointStanding::kOtherKey};
  }
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::ConsentCheckpointRow> known,
                          snapshot.FindConsentCheckpoint(member));
  const bool restarts = known.has_value() && known->verifier_key != checkpoint.verifier_key();
  if (restarts) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<store::IdentityRow> identity,
                            snapshot.FindIdentity(spiffe_id));
    if (!identity.has_value() || identity->enrolled_at <= known->accepted_at) {
      return CheckedCheckpoint{.standing = CheckpointStanding::kOtherKey};
    }
  } else if (known.has_value()) {
    const CheckpointStanding standing = StandingNextTo(*known, *head, checkpoint);
    if (standing != CheckpointStanding::kContinues || head->size == known->size) {
      return CheckedCheckpoint{.standing = standing};
    }
  }
  return CheckedCheckpoint{
      .standing = restarts ? CheckpointStanding::kRestarts : CheckpointStanding::kContinues,
      .row = store::ConsentCheckpointRow{.member_id = member,
                                         .verifier_key = checkpoint.verifier_key(),
                                         .size = head->size,
                                         .root = head->root,
                                         .note = checkpoint.note(),
                                         .accepted_at = now}};
}

}  // namespace renkei::hub::rounds
