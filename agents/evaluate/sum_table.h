// SumTable: sums over persons in the order of a layout's cells, without parts: persons, sum, sum of
// squares. Exact and unprotected; it never leaves the process.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "policy/tables/layout.h"

namespace renkei::agents::evaluate {

struct SumCell {
  int64_t persons = 0;               // who divides the sum
  int64_t sum = 0;                   // in the unit's fixed point
  absl::uint128 sum_of_squares = 0;  // of what each person adds (R46)
  bool operator==(const SumCell&) const = default;
};

class SumTable {
 public:
  explicit SumTable(std::shared_ptr<const policy::tables::Layout> layout)
      : layout_(std::move(layout)), cells_(layout_->size() / policy::tables::kParts) {}

  const policy::tables::Layout& layout() const { return *layout_; }
  std::vector<SumCell>& cells() { return cells_; }
  const std::vector<SumCell>& cells() const { return cells_; }
  const SumCell& at(int measure, int geography, int sex, int band) const {
    return cells_[layout_->Index(measure, geography, sex, band, 0) / policy::tables::kParts];
  }

 private:
  std::shared_ptr<const policy::tables::Layout> layout_;
  std::vector<SumCell> cells_;
};

}  // namespace renkei::agents::evaluate
