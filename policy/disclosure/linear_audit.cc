#include "policy/disclosure/linear_audit.h"

#include <algorithm>
#include <cstdint>

#include "policy/disclosure/echelon.h"

namespace renkei::policy::disclosure {

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
