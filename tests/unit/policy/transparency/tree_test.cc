// Tree, frontier and proofs: the vectors of trust 4.5 (RFC 6962 hashes as in the constants of
// transparency-dev/merkle), and every size up to 256 against RFC 6962 2.1 written down word for
// word.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "policy/base/bytes.h"
#include "policy/transparency/frontier.h"
#include "policy/transparency/proofs.h"

namespace renkei::policy::transparency {
namespace {

Digest FromHex(const std::string& hex) {
  return *crypto::DigestFromBytes(absl::HexStringToBytes(hex));
}

const std::vector<std::string> kEntries = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
const std::vector<std::string> kRoots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
const Digest kA = FromHex("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
const Digest kB = FromHex("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
const Digest kC = FromHex("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
const Digest kD = FromHex("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
const Digest kE = FromHex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
const Digest kF = FromHex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
const Digest kG = FromHex("b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f");

// A tree that keeps every node, as a log does.
class Nodes {
 public:
  void Append(const Digest& leaf) {
    frontier_.Append(leaf, [this](uint32_t level, uint64_t index, const Digest& hash) {
      EXPECT_TRUE(nodes_.emplace(std::pair(level, index), hash).second) << "a node changed";
    });
    leaves_.push_back(leaf);
  }
  absl::StatusOr<Digest> Read(uint32_t level, uint64_t index) const {
    const auto found = nodes_.find({level, index});
    if (found == nodes_.end()) return absl::NotFoundError("asked for a node that is not whole");
    return found->second;
  }
  auto Reader() const {
    return [this](uint32_t level, uint64_t index) { return Read(level, index); };
  }
  const Frontier& frontier() const { return frontier_; }
  const Digest& leaf(size_t i) const { return leaves_[i]; }

 private:
  Frontier frontier_;
  std::map<std::pair<uint32_t, uint64_t>, Digest> nodes_;
  std::vector<Digest> leaves_;
};

// RFC 6962 2.1, 2.1.1 and 2.1.2 over D[from:to] of the leaves.
class Literal {
 public:
  explicit Literal(const Nodes& nodes) : nodes_(nodes) {}
  Digest Mth(size_t from, size_t to) {
    if (to - from == 0) return EmptyRoot();
    if (to - from == 1) return nodes_.leaf(from);
    const auto known = known_.find({from, to});
    if (known != known_.end()) return known->second;
    const size_t k = K(to - from);
    const Digest root = NodeHash(Mth(from, from + k), Mth(from + k, to));
    known_[{from, to}] = root;
    return root;
  }
  Proof Path(size_t m, size_t from, size_t to) {
    const size_t n = to - from;
    if (n == 1) return {};
    const size_t k = K(n);
    Proof proof = m < k ? Path(m, from, from + k) : Path(m - k, from + k, to);
    proof.push_back(m < k ? Mth(from + k, to) : Mth(from, from + k));
    return proof;
  }
  Proof Subproof(size_t m, size_t from, size_t to, bool b) {
    const size_t n = to - from;
    if (m == n) return b ? Proof{} : Proof{Mth(from, to)};
    const size_t k = K(n);
    Proof proof = m <= k ? Subproof(m, from, from + k, b) : Subproof(m - k, from + k, to, false);
    proof.push_back(m <= k ? Mth(from + k, to) : Mth(from, from + k));
    return proof;
  }

 private:
  static size_t K(size_t n) {
    size_t k = 1;
    while (k * 2 < n) k *= 2;
    return k;
  }
  const Nodes& nodes_;
  std::map<std::pair<size_t, size_t>, Digest> known_;
};

Nodes OfVectors() {
  Nodes nodes;
  for (const std::string& entry : kEntries) {
    nodes.Append(LeafHash(base::AsBytes(absl::HexStringToBytes(entry))));
  }
  return nodes;
}

TEST(Tree, HasTheRootsOfTheVectors) {
  const Nodes nodes = OfVectors();
  Frontier frontier;
  for (size_t size = 0; size <= kEntries.size(); ++size) {
    EXPECT_EQ(crypto::ToHex(frontier.Root()), kRoots[size]) << size;
    EXPECT_EQ(*RootOf(size, nodes.Reader()), frontier.Root()) << size;
    if (size < kEntries.size()) frontier.Append(nodes.leaf(size));
  }
}

TEST(Proofs, AreThoseOfTheVectors) {
  const Nodes nodes = OfVectors();
  const auto root = [](size_t size) { return FromHex(kRoots[size]); };
  const auto read = nodes.Reader();
  EXPECT_EQ(*ProveInclusion(0, 1, read), Proof{});
  EXPECT_EQ(*ProveInclusion(0, 8, read), (Proof{kA, kB, kC}));
  EXPECT_EQ(*ProveInclusion(5, 8, read), (Proof{kD, kE, root(4)}));
  EXPECT_EQ(*ProveInclusion(2, 3, read), (Proof{root(2)}));
  EXPECT_EQ(*ProveInclusion(1, 5, read), (Proof{root(1), kB, kD}));
  EXPECT_EQ(*ProveConsistency(1, 8, read), (Proof{kA, kB, kC}));
  EXPECT_EQ(*ProveConsistency(6, 8, read), (Proof{kF, kE, root(4)}));
  EXPECT_EQ(*ProveConsistency(2, 5, read), (Proof{kB, kD}));
  EXPECT_EQ(*ProveConsistency(6, 7, read), (Proof{kF, kG, root(4)}));
}

constexpr size_t kExhaustive = 256;

Nodes Many() {
  Nodes nodes;
  for (size_t i = 0; i < kExhaustive; ++i) {
    const std::string entry = std::to_string(i);
    nodes.Append(LeafHash(base::AsBytes(entry)));
  }
  return nodes;
}

TEST(Proofs, OfEveryEntryInEveryTreeUpTo256AreTheLiteralOnesAndVerify) {
  const Nodes nodes = Many();
  Literal literal(nodes);
  for (size_t size = 1; size <= kExhaustive; ++size) {
    const Digest root = literal.Mth(0, size);
    ASSERT_EQ(*RootOf(size, nodes.Reader()), root) << size;
    for (size_t index = 0; index < size; ++index) {
      const absl::StatusOr<Proof> proof = ProveInclusion(index, size, nodes.Reader());
      ASSERT_TRUE(proof.ok()) << proof.status();
      ASSERT_EQ(*proof, literal.Path(index, 0, size)) << index << " in " << size;
      ASSERT_TRUE(VerifyInclusion(index, size, nodes.leaf(index), *proof, root).ok())
          << index << " in " << size;
    }
  }
}

TEST(Proofs, BetweenEveryTwoTreesUpTo256AreTheLiteralOnesAndVerify) {
  const Nodes nodes = Many();
  Literal literal(nodes);
  for (size_t size = 1; size <= kExhaustive; ++size) {
    for (size_t old = 1; old <= size; ++old) {
      const absl::StatusOr<Proof> proof = ProveConsistency(old, size, nodes.Reader());
      ASSERT_TRUE(proof.ok()) << proof.status();
      ASSERT_EQ(*proof, literal.Subproof(old, 0, size, true)) << old << " to " << size;
      ASSERT_TRUE(
          VerifyConsistency(old, size, literal.Mth(0, old), literal.Mth(0, size), *proof).ok())
          << old << " to " << size;
    }
  }
}

TEST(Proofs, ChangedInAnyPartAreRefused) {
  const Nodes nodes = Many();
  Literal literal(nodes);
  for (size_t size = 1; size <= 20; ++size) {
    const Digest root = literal.Mth(0, size);
    for (size_t index = 0; index < size; ++index) {
      const Proof proof = *ProveInclusion(index, size, nodes.Reader());
      const Digest leaf = nodes.leaf(index);
      for (size_t other = 0; other < size; ++other) {
        if (other == index) continue;
        EXPECT_FALSE(VerifyInclusion(other, size, leaf, proof, root).ok());
      }
      EXPECT_FALSE(VerifyInclusion(index, size, kA, proof, root).ok());
      EXPECT_FALSE(VerifyInclusion(index, size, leaf, proof, kA).ok());
      for (size_t i = 0; i < proof.size(); ++i) {
        Proof changed = proof;
        changed[i][31] ^= 1;
        EXPECT_FALSE(VerifyInclusion(index, size, leaf, changed, root).ok());
      }
      Proof longer = proof;
      longer.push_back(kA);
      EXPECT_FALSE(VerifyInclusion(index, size, leaf, longer, root).ok());
      if (!proof.empty()) {
        const Proof shorter(proof.begin(), proof.end() - 1);
        EXPECT_FALSE(VerifyInclusion(index, size, leaf, shorter, root).ok());
      }
    }
    for (size_t old = 1; old <= size; ++old) {
      const Proof proof = *ProveConsistency(old, size, nodes.Reader());
      const Digest old_root = literal.Mth(0, old);
      EXPECT_FALSE(VerifyConsistency(old, size, kA, root, proof).ok());
      EXPECT_FALSE(VerifyConsistency(old, size, old_root, kA, proof).ok());
      for (size_t i = 0; i < proof.size(); ++i) {
        Proof changed = proof;
        changed[i][0] ^= 1;
        EXPECT_FALSE(VerifyConsistency(old, size, old_root, root, changed).ok());
      }
      Proof longer = proof;
      longer.push_back(kA);
      EXPECT_FALSE(VerifyConsistency(old, size, old_root, root, longer).ok());
      if (!proof.empty()) {
        const Proof shorter(proof.begin(), proof.end() - 1);
        EXPECT_FALSE(VerifyConsistency(old, size, old_root, root, shorter).ok());
      }
    }
  }
}

TEST(Proofs, OfImpossibleSizesAreRefused) {
  const Nodes nodes = OfVectors();
  const auto read = nodes.Reader();
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(ProveInclusion(8, 8, read).status().code(), invalid);
  EXPECT_EQ(ProveConsistency(0, 8, read).status().code(), invalid);
  EXPECT_EQ(ProveConsistency(8, 7, read).status().code(), invalid);
  EXPECT_EQ(RootOf(kMaxTreeSize + 1, read).status().code(), invalid);
  EXPECT_EQ(VerifyInclusion(8, 8, kA, {}, kA).code(), invalid);
  EXPECT_EQ(VerifyInclusion(0, 0, kA, {}, kA).code(), invalid);
  EXPECT_EQ(VerifyConsistency(0, 8, EmptyRoot(), kA, {}).code(), invalid);
  EXPECT_EQ(VerifyConsistency(8, 7, kA, kB, {}).code(), invalid);
  EXPECT_EQ(VerifyConsistency(8, 8, kA, kB, {}).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(VerifyConsistency(8, 8, kA, kA, {}).ok());
  EXPECT_EQ(RootOf(9, read).status().code(), absl::StatusCode::kNotFound)
      << "what the reader says is handed on";
}

TEST(FrontierTest, GoesOnFromItsHashesAtEverySize) {
  const Nodes nodes = Many();
  Frontier whole;
  for (size_t size = 0; size < kExhaustive; ++size) {
    const absl::StatusOr<std::vector<Digest>> hashes = FrontierOf(size, nodes.Reader());
    ASSERT_TRUE(hashes.ok()) << hashes.status();
    EXPECT_EQ(*hashes, whole.hashes()) << size;
    absl::StatusOr<Frontier> again = Frontier::From(size, *hashes);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->Root(), whole.Root()) << size;
    again->Append(nodes.leaf(size));
    whole.Append(nodes.leaf(size));
    EXPECT_EQ(again->Root(), whole.Root()) << size;
  }
  EXPECT_FALSE(Frontier::From(3, {kA}).ok());
}

}  // namespace
}  // namespace renkei::policy::transparency
