// Cube: dense int64 counts in a layout's order. Exact counts; it never leaves a process
// unprotected.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "policy/tables/layout.h"

namespace renkei::policy::tables {

class Cube {
 public:
  explicit Cube(std::shared_ptr<const Layout> layout)
      : layout_(std::move(layout)),
        counts_(layout_->size(), 0),
        collected_(layout_->measures().size(), true) {}

  const Layout& layout() const { return *layout_; }
  const std::shared_ptr<const Layout>& shared_layout() const { return layout_; }
  std::vector<int64_t>& counts() { return counts_; }
  const std::vector<int64_t>& counts() const { return counts_; }
  int64_t at(int measure, int geography, int sex, int band, int part) const {
    return counts_[layout_->Index(measure, geography, sex, band, part)];
  }
  // False: the member has not collected what the measure needs (15.5). Its cells are then all zero.
  std::vector<bool>& collected() { return collected_; }
  const std::vector<bool>& collected() const { return collected_; }

 private:
  std::shared_ptr<const Layout> layout_;
  std::vector<int64_t> counts_;
  std::vector<bool> collected_;
};

// Every count in [0, 2^40), cells of measures not collected all zero; else INVALID_ARGUMENT naming
// the measure and the rule, never the count.
absl::Status CheckPlausible(const Cube& cube);

}  // namespace renkei::policy::tables
