#include "policy/disclosure/linear_audit.h"

#include <algorithm>
#include <map>
#include <utility>

#include "policy/disclosure/field.h"

namespace renkei::policy::disclosure {
namespace {

using F = AuditField;

// Echelon form by smallest variable. Rows come shortest first, so published inner cells and lines
// with one unknown are solved before anything can fill up.
class Echelon {
 public:
  explicit Echelon(uint32_t variables) : by_lead_(variables) {}

  void Add(const Row& row) {
    std::map<uint32_t, uint64_t> rest = Remainder(row);
    if (rest.empty()) return;
    const uint64_t inverse = F::Inverse(rest.begin()->second);
    const uint32_t lead = rest.begin()->first;
    std::vector<std::pair<uint32_t, uint64_t>>& stored = by_lead_[lead];
    stored.reserve(rest.size());
    for (const auto& [variable, value] : rest) {
      stored.emplace_back(variable, F::Multiply(value, inverse));
    }
  }

  bool Spans(const Row& row) const { return Remainder(row).empty(); }

 private:
  std::map<uint32_t, uint64_t> Remainder(const Row& row) const {
    std::map<uint32_t, uint64_t> rest;
    for (const Term& t : row) rest[t.variable] = F::FromInt(t.coefficient);
    for (auto it = rest.begin(); it != rest.end();) {
      const std::vector<std::pair<uint32_t, uint64_t>>& stored = by_lead_[it->first];
      if (stored.empty()) {
        ++it;
        continue;
      }
      const uint64_t factor = it->second;
      // The stored row starts at this variable with 1; everything it adds lies to the right.
      for (size_t i = 1; i < stored.size(); ++i) {
        const uint64_t change = F::Multiply(factor, stored[i].second);
        const auto [at, inserted] = rest.try_emplace(stored[i].first, F::Negate(change));
        if (inserted) continue;
        at->second = F::Subtract(at->second, change);
        if (at->second == 0) rest.erase(at);
      }
      it = rest.erase(it);
    }
    return rest;
  }

  std::vector<std::vector<std::pair<uint32_t, uint64_t>>> by_lead_;
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
