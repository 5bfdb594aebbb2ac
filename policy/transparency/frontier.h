// Frontier: what of a tree is needed to append to it and to name its root, one hash per bit of its
// size (a compact range of RFC 6962 2.1). A value; O(log n) memory, amortised O(1) per append.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "policy/transparency/hashing.h"

namespace renkei::policy::transparency {

class Frontier {
 public:
  // A node that no later entry changes: the root of 2^level leaves from index << level on.
  using NodeVisit = absl::FunctionRef<void(uint32_t level, uint64_t index, const Digest& hash)>;

  // The tree without entries.
  Frontier() = default;
  // `hashes` are the roots of the perfect subtrees from left to right, one per set bit of `size`.
  // INVALID_ARGUMENT when their number differs.
  static absl::StatusOr<Frontier> From(uint64_t size, std::vector<Digest> hashes);

  // Shows every node that the leaf completes, the leaf first (level 0).
  void Append(const Digest& leaf, NodeVisit visit);
  void Append(const Digest& leaf);

  uint64_t size() const { return size_; }
  const std::vector<Digest>& hashes() const { return hashes_; }
  Digest Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<Digest> hashes_;
};

}  // namespace renkei::policy::transparency
