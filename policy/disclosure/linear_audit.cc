#include "policy/disclosure/linear_audit.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>

#include "policy/disclosure/field.h"

namespace renkei::policy::disclosure {
namespace {

using F = AuditField;

// Echelon form by smallest variable. Rows come shortest first, so published inner cells and lines
// with one unknown are solved before anything can fill up.
class Echelon {
 public:
  explicit Echelon(uint32_t variables)
      : by_lead_(variables), value_(variables, 0), is_set_(variables / kWordBits + 1, 0) {}

  void Add(const Row& row) {
    const std::optional<uint32_t> lead = Reduce(row, /*whole=*/true);
    if (!lead.has_value()) return;
    const uint64_t inverse = F::Inverse(value_[*lead]);
    std::vector<Entry>& stored = by_lead_[*lead];
    for (auto v = Next(*lead); v.has_value(); v = Next(*v + 1)) {
      if (value_[*v] != 0) stored.push_back({*v, F::Multiply(value_[*v], inverse)});
    }
    Clear();
  }

  bool Spans(const Row& row) {
    const bool spans = !Reduce(row, /*whole=*/false).has_value();
    Clear();
    return spans;
  }

 private:
  static constexpr uint32_t kWordBits = 64;
  struct Entry {
    uint32_t variable;
    uint64_t value;
  };

  // Subtracts the stored rows from `row` in value_ and gives the first variable that is left; when
  // not `whole`, stops there: nothing stored begins with it, so it stays.
  std::optional<uint32_t> Reduce(const Row& row, bool whole) {
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

}  // namespace

std::vector<uint32_t> ExactPrimaries(const LinearSystem& system, const std::vector<bool>& hidden) {
  std::vector<const Row*> shown;
  for (const Row& row : system.known) shown.push_back(&row);
  for (size_t c = 0; c < system.cells.size(); ++c) {
    if (IsPublished(system.cells[c], hidden[c])) shown.push_back(&system.cells[c].row);
  }
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Row* a, const Row* b) { return a->size() < b->size(); });
  Echelon echelon(system.variables);
  for (const Row* row : shown) echelon.Add(*row);
  std::vector<uint32_t> exact;
  for (uint32_t c = 0; c < system.cells.size(); ++c) {
    if (system.cells[c].primary && echelon.Spans(system.cells[c].row)) exact.push_back(c);
  }
  return exact;
}

}  // namespace renkei::policy::disclosure
