#include "policy/disclosure/echelon.h"

#include <algorithm>
#include <bit>

namespace renkei::policy::disclosure {

Echelon::Echelon(uint32_t variables)
    : by_lead_(variables), value_(variables, 0), is_set_(variables / kWordBits + 1, 0) {}

void Echelon::Add(const Row& row) {
  const std::optional<uint32_t> lead = Reduce(row, /*whole=*/true);
  if (!lead.has_value()) return;
  const uint64_t inverse = F::Inverse(value_[*lead]);
  std::vector<Entry>& stored = by_lead_[*lead];
  for (auto v = Next(*lead); v.has_value(); v = Next(*v + 1)) {
    if (value_[*v] != 0) stored.push_back({*v, F::Multiply(value_[*v], inverse)});
  }
  Clear();
}

bool Echelon::Spans(const Row& row) {
  const bool spans = !Reduce(row, /*whole=*/false).has_value();
  Clear();
  return spans;
}

std::vector<Echelon::Entry> Echelon::Residual(const Row& row) {
  std::vector<Entry> left;
  for (auto v = Reduce(row, /*whole=*/true); v.has_value(); v = Next(*v + 1)) {
    if (value_[*v] != 0) left.push_back({*v, value_[*v]});
  }
  Clear();
  return left;
}

// Subtracts the stored rows from `row` in value_ and gives the first variable that is left; when
// not `whole`, stops there: nothing stored begins with it, so it stays.
std::optional<uint32_t> Echelon::Reduce(const Row& row, bool whole) {
  for (const Term& t : row) Set(t.variable, F::FromInt(t.coefficient));
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
    const uint64_t minus = F::Negate(factor);
    for (const Entry& e : stored) {
      Set(e.variable, F::Add(value_[e.variable], F::Multiply(minus, e.value)));
    }
  }
  return lead;
}

void Echelon::Set(uint32_t variable, uint64_t value) {
  value_[variable] = value;
  is_set_[variable / kWordBits] |= uint64_t{1} << variable % kWordBits;
}

// The first variable from `from` on that was set since the last Clear.
std::optional<uint32_t> Echelon::Next(uint32_t from) const {
  uint64_t word = is_set_[from / kWordBits] & ~uint64_t{0} << from % kWordBits;
  for (uint32_t w = from / kWordBits;; word = is_set_[w]) {
    if (word != 0) return w * kWordBits + static_cast<uint32_t>(std::countr_zero(word));
    if (++w == is_set_.size()) return std::nullopt;
  }
}

void Echelon::Clear() {
  for (auto v = Next(0); v.has_value(); v = Next(*v + 1)) value_[*v] = 0;
  std::fill(is_set_.begin(), is_set_.end(), 0);
}

}  // namespace renkei::policy::disclosure
