#include "policy/transparency/proofs.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::policy::transparency {
namespace {

// Largest power of two below n, n >= 2.
uint64_t Split(uint64_t n) { return std::bit_floor(n - 1); }

// Root of [begin, end). `begin` is a multiple of the smallest power of two that is no smaller than
// the length: so are all parts that RFC 6962 makes.
absl::StatusOr<Digest> RangeRoot(uint64_t begin, uint64_t end, NodeReader read) {
  const uint64_t length = end - begin;
  if (std::has_single_bit(length)) {
    const auto level = static_cast<uint32_t>(std::countr_zero(length));
    return read(level, begin >> level);
  }
  const uint64_t middle = begin + Split(length);
  RENKEI_ASSIGN_OR_RETURN(const Digest left, RangeRoot(begin, middle, read));
  RENKEI_ASSIGN_OR_RETURN(const Digest right, RangeRoot(middle, end, read));
  return NodeHash(left, right);
}

// PATH of RFC 6962 2.1.1 within [begin, end).
absl::Status InclusionWithin(uint64_t index, uint64_t begin, uint64_t end, NodeReader read,
                             Proof& proof) {
  if (end - begin == 1) return absl::OkStatus();
  const uint64_t middle = begin + Split(end - begin);
  const bool is_left = index < middle;
  RENKEI_RETURN_IF_ERROR(
      InclusionWithin(index, is_left ? begin : middle, is_left ? middle : end, read, proof));
  RENKEI_ASSIGN_OR_RETURN(const Digest other,
                          is_left ? RangeRoot(middle, end, read) : RangeRoot(begin, middle, read));
  proof.push_back(other);
  return absl::OkStatus();
}

// SUBPROOF of RFC 6962 2.1.2 within [begin, end): the old tree ends at `old_end`. `is_known`: the
// verifier has the root of this part as the old tree's own.
absl::Status ConsistencyWithin(uint64_t old_end, uint64_t begin, uint64_t end, bool is_known,
                               NodeReader read, Proof& proof) {
  if (old_end == end) {
    if (is_known) return absl::OkStatus();
    RENKEI_ASSIGN_OR_RETURN(const Digest whole, RangeRoot(begin, end, read));
    proof.push_back(whole);
    return absl::OkStatus();
  }
  const uint64_t middle = begin + Split(end - begin);
  if (old_end <= middle) {
    RENKEI_RETURN_IF_ERROR(ConsistencyWithin(old_end, begin, middle, is_known, read, proof));
    RENKEI_ASSIGN_OR_RETURN(const Digest right, RangeRoot(middle, end, read));
    proof.push_back(right);
    return absl::OkStatus();
  }
  RENKEI_RETURN_IF_ERROR(ConsistencyWithin(old_end, middle, end, false, read, proof));
  RENKEI_ASSIGN_OR_RETURN(const Digest left, RangeRoot(begin, middle, read));
  proof.push_back(left);
  return absl::OkStatus();
}

absl::Status CheckSize(uint64_t size) {
  if (size <= kMaxTreeSize) return absl::OkStatus();
  return absl::InvalidArgumentError("tree: a size is at most 2^62");
}

absl::Status WrongLength(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(what, ": the proof is too short or too long"));
}

// Walks up from one position: at each level either the node's left neighbour or its right one is in
// the proof, or the node has no neighbour and stands for its parent.
struct Climb {
  uint64_t node;  // position of the node at its level
  uint64_t last;  // position of the last node of that level

  bool AtRoot() const { return last == 0; }
  // Levels without a neighbour on the right are passed.
  bool NextIsLeft() {
    const bool is_left = (node & 1) != 0 || node == last;
    if (is_left && (node & 1) == 0) {
      while ((node & 1) == 0 && node != 0) Up();
    }
    return is_left;
  }
  void Up() {
    node >>= 1;
    last >>= 1;
  }
};

}  // namespace

absl::StatusOr<Digest> RootOf(uint64_t size, NodeReader read) {
  RENKEI_RETURN_IF_ERROR(CheckSize(size));
  if (size == 0) return EmptyRoot();
  return RangeRoot(0, size, read);
}

absl::StatusOr<std::vector<Digest>> FrontierOf(uint64_t size, NodeReader read) {
  RENKEI_RETURN_IF_ERROR(CheckSize(size));
  std::vector<Digest> hashes;
  for (uint64_t begin = 0; begin < size;) {
    const uint64_t length = std::bit_floor(size - begin);
    RENKEI_ASSIGN_OR_RETURN(const Digest hash, RangeRoot(begin, begin + length, read));
    hashes.push_back(hash);
    begin += length;
  }
  return hashes;
}

absl::StatusOr<Proof> ProveInclusion(uint64_t index, uint64_t size, NodeReader read) {
  RENKEI_RETURN_IF_ERROR(CheckSize(size));
  if (index >= size) {
    return absl::InvalidArgumentError(
        absl::StrCat("inclusion: entry ", index, " is not in a tree of ", size));
  }
  Proof proof;
  RENKEI_RETURN_IF_ERROR(InclusionWithin(index, 0, size, read, proof));
  return proof;
}

absl::StatusOr<Proof> ProveConsistency(uint64_t old_size, uint64_t new_size, NodeReader read) {
  RENKEI_RETURN_IF_ERROR(CheckSize(new_size));
  if (old_size == 0 || old_size > new_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("consistency: from ", old_size, " to ", new_size, " entries"));
  }
  Proof proof;
  RENKEI_RETURN_IF_ERROR(ConsistencyWithin(old_size, 0, new_size, true, read, proof));
  return proof;
}

absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf,
                             std::span<const Digest> proof, const Digest& root) {
  RENKEI_RETURN_IF_ERROR(CheckSize(size));
  if (index >= size) {
    return absl::InvalidArgumentError(
        absl::StrCat("inclusion: entry ", index, " is not in a tree of ", size));
  }
  Climb climb{.node = index, .last = size - 1};
  Digest hash = leaf;
  for (const Digest& other : proof) {
    if (climb.AtRoot()) return WrongLength("inclusion");
    hash = climb.NextIsLeft() ? NodeHash(other, hash) : NodeHash(hash, other);
    climb.Up();
  }
  if (!climb.AtRoot()) return WrongLength("inclusion");
  if (hash == root) return absl::OkStatus();
  return absl::DataLossError("inclusion: the proof leads to another root");
}

absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const Digest& old_root,
                               const Digest& new_root, std::span<const Digest> proof) {
  RENKEI_RETURN_IF_ERROR(CheckSize(new_size));
  if (old_size == 0 || old_size > new_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("consistency: from ", old_size, " to ", new_size, " entries"));
  }
  const absl::Status differs = absl::DataLossError("consistency: the proof leads to another root");
  if (old_size == new_size) {
    if (!proof.empty()) return WrongLength("consistency");
    return old_root == new_root ? absl::OkStatus() : differs;
  }
  // Where the old tree is a whole subtree of the new one, its root is the first hash.
  const bool old_is_whole = std::has_single_bit(old_size);
  if (!old_is_whole && proof.empty()) return WrongLength("consistency");
  Climb climb{.node = old_size - 1, .last = new_size - 1};
  while ((climb.node & 1) != 0) climb.Up();
  Digest old_hash = old_is_whole ? old_root : proof.front();
  Digest new_hash = old_hash;
  for (const Digest& other : proof.subspan(old_is_whole ? 0 : 1)) {
    if (climb.AtRoot()) return WrongLength("consistency");
    if (climb.NextIsLeft()) {
      old_hash = NodeHash(other, old_hash);
      new_hash = NodeHash(other, new_hash);
    } else {
      new_hash = NodeHash(new_hash, other);
    }
    climb.Up();
  }
  if (!climb.AtRoot()) return WrongLength("consistency");
  return old_hash == old_root && new_hash == new_root ? absl::OkStatus() : differs;
}

}  // namespace renkei::policy::transparency
