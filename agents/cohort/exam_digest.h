// ExamDigest: 64 bits that tell whether an examination brings anything new, so that importing a
// file again reads no stored values. The file date is not part of it. Immutable.
//
// Multilinear: the sum of (state * 2^32 + value) times an odd key per column, modulo 2^64. A change
// of one column always shows; of several, all but one time in about 2^32. Keys follow from the
// names, so another item table gives the same digest. README.md specifies it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agents/cohort/records.h"
#include "policy/catalogue/items.h"

namespace renkei::agents::cohort {

class ExamDigest {
 public:
  explicit ExamDigest(const policy::catalogue::ItemTable& items);

  uint64_t OfFacts(int report_type, uint32_t residence, uint32_t work,
                   const std::string& program) const;
  uint64_t OfItems(std::span<const policy::catalogue::ItemValue> items) const;
  // Adds the items of row i to digests[i].
  void AddItems(const std::vector<policy::consent::ItemValues>& columns,
                std::span<uint64_t> digests) const;

 private:
  std::vector<uint64_t> item_keys_;  // by column of the item table
  uint64_t report_type_, residence_, work_, program_, program_end_;
};

}  // namespace renkei::agents::cohort
