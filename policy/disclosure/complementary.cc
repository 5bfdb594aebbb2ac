#include "policy/disclosure/complementary.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "policy/base/error.h"
#include "policy/disclosure/greedy.h"
#include "policy/disclosure/linear_audit.h"

namespace renkei::policy::disclosure {
namespace {

constexpr int kMaxRounds = 64;

absl::Status Held() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "the tables could not be protected and are held", "",
                         "disclosure.linear_audit", "coarser tables or other indicators");
}

bool Overlap(const Row& a, const Row& b) {
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i].variable == b[j].variable) return true;
    if (a[i].variable < b[j].variable) {
      ++i;
    } else {
      ++j;
    }
  }
  return false;
}

// The published cell on a line with `exact` that the greedy step would have published last.
std::optional<uint32_t> LastOnItsLines(const LinearSystem& system, const std::vector<bool>& hidden,
                                       uint32_t exact) {
  std::optional<uint32_t> last;
  const auto later = [&](uint32_t a, uint32_t b) {
    const SystemCell& x = system.cells[a];
    const SystemCell& y = system.cells[b];
    return std::tuple(y.level, x.magnitude, y.tie, b) < std::tuple(x.level, y.magnitude, x.tie, a);
  };
  for (uint32_t c = 0; c < system.cells.size(); ++c) {
    if (!IsPublished(system.cells[c], hidden[c])) continue;
    if (!Overlap(system.cells[c].row, system.cells[exact].row)) continue;
    if (!last || later(c, *last)) last = c;
  }
  return last;
}

}  // namespace

absl::StatusOr<std::vector<bool>> HideUntilClean(const LinearSystem& system,
                                                 std::vector<bool> hidden) {
  for (int round = 0; round < kMaxRounds; ++round) {
    const std::vector<uint32_t> exact = ExactPrimaries(system, hidden);
    if (exact.empty()) return hidden;
    bool progress = false;
    for (const uint32_t primary : exact) {
      if (const auto cell = LastOnItsLines(system, hidden, primary)) {
        hidden[*cell] = true;
        progress = true;
      }
    }
    if (!progress) return Held();
  }
  for (size_t c = 0; c < system.cells.size(); ++c) {
    if (system.cells[c].row.size() == 1) hidden[c] = true;
  }
  if (!ExactPrimaries(system, hidden).empty()) return Held();
  return hidden;
}

absl::StatusOr<std::vector<bool>> SuppressComplementary(const LinearSystem& system) {
  GreedyResult greedy = SuppressGreedily(system);
  if (!greedy.unprotectable.empty()) return Held();
  return HideUntilClean(system, std::move(greedy.hidden));
}

}  // namespace renkei::policy::disclosure
