// Rows in echelon form by smallest variable, modulo a prime: which rows follow from others, and
// what they leave of one that does not. Added shortest first, published inner cells and lines with
// one unknown are solved before anything can fill up. Not thread-safe: a row is reduced in place.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "policy/disclosure/field.h"
#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

class Echelon {
 public:
  struct Entry {
    uint32_t variable;
    uint64_t value;  // of AuditField
  };

  explicit Echelon(uint32_t variables)
      : by_lead_(variables), value_(variables, 0), is_set_(variables / kWordBits + 1, 0) {}

  // False: the row follows from those before.
  bool Add(const Row& row) {
    const std::optional<uint32_t> lead = Reduce(row, /*whole=*/true);
    if (!lead.has_value()) return false;
    const uint64_t inverse = AuditField::Inverse(value_[*lead]);
    std::vector<Entry>& stored = by_lead_[*lead];
    for (auto v = Next(*lead); v.has_value(); v = Next(*v + 1)) {
      if (value_[*v] != 0) stored.push_back({*v, AuditField::Multiply(value_[*v], inverse)});
    }
    Clear();
    return true;
  }

  bool Spans(const Row& row) {
    const bool spans = !Reduce(row, /*whole=*/false).has_value();
    Clear();
    return spans;
  }

  // What is left of it, the same for all rows that differ by what is spanned; ascending.
  std::vector<Entry> Residual(const Row& row) {
    std::vector<Entry> left;
    for (auto v = Reduce(row, /*whole=*/true); v.has_value(); v = Next(*v + 1)) {
      if (value_[*v] != 0) left.push_back({*v, value_[*v]});
    }
    Clear();
    return left;
  }

 private:
  static constexpr uint32_t kWordBits = 64;

  // Subtracts the stored rows from `row` in value_ and gives the first variable that is left; when
  // not `whole`, stops there: nothing stored begins with it, so it stays.
  std::optional<uint32_t> Reduce(const Row& row, bool whole) {
    for (const Term& t : row) Set(t.variable, AuditField::FromInt(t.coefficient));
    std::optional<uint32_t> lead;
    for (auto v = Next(0); v.has_value(); v = Next(*v + 1)) {
      const uint64_t factor = value_[*v];
      if (factor == 0) continue;
      const std::vector<Entry>& stored = by_lead_[*v];
      if (stored.empty()) {
        if (!lead.has_value()) lead = v;
        if (!whole) return lead;
        continue;
      }
      // The stored row starts at this variable with 1; everything it adds lies to the right.
      const uint64_t minus = AuditField::Negate(factor);
      for (const Entry& e : stored) {
        Set(e.variable, AuditField::Add(value_[e.variable], AuditField::Multiply(minus, e.value)));
      }
    }
    return lead;
  }

  void Set(uint32_t variable, uint64_t value) {
    value_[variable] = value;
    is_set_[variable / kWordBits] |= uint64_t{1} << variable % kWordBits;
  }
  // The first variable from `from` on that was set since the last Clear.
  std::optional<uint32_t> Next(uint32_t from) const {
    uint64_t word = is_set_[from / kWordBits] & ~uint64_t{0} << from % kWordBits;
    for (uint32_t w = from / kWordBits;; word = is_set_[w]) {
      if (word != 0) return w * kWordBits + static_cast<uint32_t>(std::countr_zero(word));
      if (++w == is_set_.size()) return std::nullopt;
    }
  }
  void Clear() {
    for (auto v = Next(0); v.has_value(); v = Next(*v + 1)) value_[*v] = 0;
    std::fill(is_set_.begin(), is_set_.end(), 0);
  }

  std::vector<std::vector<Entry>> by_lead_;
  std::vector<uint64_t> value_;   // of the row that is being reduced
  std::vector<uint64_t> is_set_;  // bit per variable of it that is or was not 0
};

}  // namespace renkei::policy::disclosure
