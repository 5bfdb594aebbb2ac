// Pooled exact counts of a family with every margin, by member. Inside disclosure only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/axes.h"
#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {

struct Count {
  int64_t x = 0;  // numerator
  int64_t n = 0;  // denominator
  Count operator+(const Count& other) const { return {x + other.x, n + other.n}; }
  Count operator-(const Count& other) const { return {x - other.x, n - other.n}; }
};

// A block of inner counts: a measure of the layout, or the unpublished rest of a relation.
class Block {
 public:
  Block(size_t members, int geographies);
  // Adds to an inner cell and to all its margins.
  void Add(size_t member, int geography, int sex, int band, const Count& count);
  // What one member of kind index `kind` has in a cell.
  Count Of(size_t member, int kind, const Slice& slice, int sex_group, int age_group) const;
  Count Inner(size_t member, int geography, int sex, int band) const {
    return At(member, geography, sex, band);
  }

 private:
  size_t IndexOf(size_t member, int row, int sex_group, int age_group) const {
    return ((member * static_cast<size_t>(rows_) + static_cast<size_t>(row)) * kSexGroups.size() +
            static_cast<size_t>(sex_group)) *
               kAgeGroups.size() +
           static_cast<size_t>(age_group);
  }
  const Count& At(size_t member, int row, int sex_group, int age_group) const {
    return cells_[IndexOf(member, row, sex_group, age_group)];
  }
  int rows_;  // geographies and the area
  std::vector<Count> cells_;
};

struct RelationBlock {
  int total = -1;          // measure index; -1: the reader subtracts from an n, which is known
  std::vector<int> parts;  // measure indices
  int rest = -1;           // block index of the rest; -1 when the parts add up
  // The measure of the component it belongs to.
  int first() const { return total >= 0 ? total : parts.front(); }
};

// A reader who sees n can subtract: cells that are hidden in one must be hidden in the other.
struct HiddenTogether {
  int from = 0;  // measure indices: hidden in `from` is hidden in `to`
  int to = 0;
};

// Whom a measure counts and the n of another measure of the same people does not: who permits the
// one and not the other. Consent must not show in a difference (R9), and n is known.
struct Difference {
  int total = 0;  // measure index
  Block block;    // x: the difference; n: the total's n
};

struct FamilyCounts {
  const ProtectRequest* request = nullptr;
  int geographies = 0;
  std::vector<int> kind_of;   // per member
  std::vector<Block> blocks;  // measures of the layout, then rests
  std::vector<RelationBlock> relations;
  std::vector<std::vector<int>> whole_populations;  // measures that divide everybody in n
  std::vector<HiddenTogether> ties;
  std::vector<Difference> differences;
  std::vector<const v1::Measure*> attributes;           // per measure of the layout
  std::vector<std::array<bool, 7>> structurally_empty;  // per measure and band
  int64_t min_cell = 0;                                 // strictest of policy and agreements
  int64_t min_contributors = 0;                         // likewise
  rules::WithheldLevels capped;                         // by any agreement

  // Is it as bad to know that a rest is nobody as that it is few? Of a sensitive measure, and of
  // everybody: a rest of nobody tells that all are in the classes, the few of a small cell
  // included.
  bool HidesZeroRests(const RelationBlock& relation) const;
};

// An inner cell of a block, of all members of a kind.
Count PooledInner(const FamilyCounts& family, int block, int geography, int kind, int sex,
                  int band);

// Checks the whole request. INVALID_ARGUMENT names what does not fit, never a count.
absl::StatusOr<FamilyCounts> PoolFamily(const ProtectRequest& request);

}  // namespace renkei::policy::disclosure
