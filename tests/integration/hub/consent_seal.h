// A member's consent ledger of invented entries, sealed into a contribution.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/crypto/ed25519.h"
#include "policy/transparency/checkpoint.h"
#include "policy/transparency/frontier.h"
#include "policy/transparency/proofs.h"
#include "renkei/v1/contribution.pb.h"

namespace renkei::hub {

// `size` entries, with the proof from each of `earlier`.
inline void SealLedger(const std::string& member_id, const policy::crypto::Signer& key,
                       uint64_t size, const std::vector<uint64_t>& earlier,
                       const std::string& entry, v1::ContributionStatement* s) {
  namespace transparency = policy::transparency;
  using policy::crypto::Digest;
  std::map<std::pair<uint32_t, uint64_t>, Digest> nodes;
  transparency::Frontier tree;
  for (uint64_t i = 0; i < size; ++i) {
    tree.Append(transparency::LeafHash(policy::base::AsBytes(absl::StrCat(entry, i))),
                [&](uint32_t level, uint64_t index, const Digest& hash) {
                  nodes[{level, index}] = hash;
                });
  }
  const std::string origin = absl::StrCat("hub.shonai.example/", member_id, "/consent/1");
  v1::ConsentCheckpoint* const checkpoint = s->mutable_consent_checkpoint();
  checkpoint->set_note(
      *transparency::SignCheckpoint({.origin = origin, .size = size, .root = tree.Root()}, key));
  checkpoint->set_verifier_key(
      transparency::FormatVerifierKey(*transparency::MakeVerifierKey(origin, key.public_key())));
  *checkpoint->mutable_made_at() = s->issued_at();
  checkpoint->clear_consistency();
  for (const uint64_t from : earlier) {
    v1::ConsistencyProof* const proof = checkpoint->add_consistency();
    proof->set_from_size(from);
    const absl::StatusOr<transparency::Proof> hashes = transparency::ProveConsistency(
        from, size, [&](uint32_t level, uint64_t index) -> absl::StatusOr<Digest> {
          return nodes.at({level, index});
        });
    for (const Digest& hash : *hashes) proof->add_hash(policy::crypto::ToBytes(hash));
  }
}

}  // namespace renkei::hub
