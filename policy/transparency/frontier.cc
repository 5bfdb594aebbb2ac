#include "policy/transparency/frontier.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"

namespace renkei::policy::transparency {

absl::StatusOr<Frontier> Frontier::From(uint64_t size, std::vector<Digest> hashes) {
  if (hashes.size() != static_cast<size_t>(std::popcount(size))) {
    return absl::InvalidArgumentError(
        absl::StrCat("frontier: ", hashes.size(), " hashes for a tree of ", size, " entries"));
  }
  Frontier frontier;
  frontier.size_ = size;
  frontier.hashes_ = std::move(hashes);
  return frontier;
}

void Frontier::Append(const Digest& leaf, NodeVisit visit) {
  Digest node = leaf;
  uint64_t index = size_;
  visit(0, index, node);
  // Every set bit at the end of the size is a subtree that the new one makes whole.
  for (uint32_t level = 0; (size_ >> level & 1) != 0;) {
    node = NodeHash(hashes_.back(), node);
    hashes_.pop_back();
    ++level;
    index >>= 1;
    visit(level, index, node);
  }
  hashes_.push_back(node);
  ++size_;
}

void Frontier::Append(const Digest& leaf) {
  Append(leaf, [](uint32_t, uint64_t, const Digest&) {});
}

Digest Frontier::Root() const {
  if (hashes_.empty()) return EmptyRoot();
  Digest root = hashes_.back();
  for (size_t i = hashes_.size() - 1; i > 0; --i) root = NodeHash(hashes_[i - 1], root);
  return root;
}

}  // namespace renkei::policy::transparency
