// Proofs over a log's tree (RFC 6962 2.1.1, 2.1.2; verification as in RFC 9162 2.1.3.2, 2.1.4.2):
// that an entry is in a tree, and that one tree is the beginning of another. Pure; hashes come in
// through a reader, of which O(log n) are asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/transparency/hashing.h"

namespace renkei::policy::transparency {

// Root of the 2^level leaves from index << level on; only subtrees that are whole are asked for.
using NodeReader = absl::FunctionRef<absl::StatusOr<Digest>(uint32_t level, uint64_t index)>;
using Proof = std::vector<Digest>;

inline constexpr uint64_t kMaxTreeSize = uint64_t{1} << 62;
// That a signed head may bring with it, each from an earlier head.
inline constexpr size_t kMaxConsistencyProofs = 32;

// Root of the first `size` entries.
absl::StatusOr<Digest> RootOf(uint64_t size, NodeReader read);
// Frontier hashes of the first `size` entries, from left to right.
absl::StatusOr<std::vector<Digest>> FrontierOf(uint64_t size, NodeReader read);

// INVALID_ARGUMENT unless index < size. Hashes bottom up.
absl::StatusOr<Proof> ProveInclusion(uint64_t index, uint64_t size, NodeReader read);
// INVALID_ARGUMENT unless 1 <= old_size <= new_size. Empty for equal sizes.
absl::StatusOr<Proof> ProveConsistency(uint64_t old_size, uint64_t new_size, NodeReader read);

// INVALID_ARGUMENT when sizes are impossible or the proof is too short or long, DATA_LOSS when it
// leads to another root.
absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf,
                             std::span<const Digest> proof, const Digest& root);
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const Digest& old_root,
                               const Digest& new_root, std::span<const Digest> proof);

}  // namespace renkei::policy::transparency
