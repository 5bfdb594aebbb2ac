// Small tables against the optimum: how many cells the heuristics hide beyond the fewest that keep
// every interval as wide.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "policy/disclosure/greedy.h"
#include "policy/disclosure/interval_audit.h"
#include "policy/disclosure/interval_refine.h"
#include "tests/bench/disclosure_run.h"
#include "tests/support/flags.h"
#include "tests/support/optimal_pattern.h"

namespace renkei::tests::bench {
namespace {

using namespace policy::disclosure;  // NOLINT: the figure is about nothing else

constexpr uint64_t kTables = 100;
constexpr double kSecondsPerTable = 60;
// Areas and bands: 72 to 84 cells with sexes and margins.
constexpr std::pair<uint32_t, uint32_t> kShapes[] = {{6, 3}, {3, 6}, {4, 4}, {2, 8}, {5, 3}};

}  // namespace

std::vector<Figure> DisclosureOptimum() {
  Say("disclosure: 100 small tables against the optimum");
  std::vector<int64_t> further;
  double worst = 1;
  double slowest = 0;
  double cells = 0;
  double repaired_cells = 0;
  double fewest = 0;
  for (uint64_t seed = 0; seed < kTables; ++seed) {
    const auto [areas, bands] = kShapes[seed % std::size(kShapes)];
    const NationalTable table =
        MakeTable(MakeTableCounts(seed, areas, bands), 0, /*floor=*/1, Knowledge::kPublic);
    const Repaired repaired = RepairOnce(table, SuppressGreedily(table.linear).hidden);
    const double start = Seconds();
    const std::vector<bool> refined = RefineIntervals(table.cells, repaired.hidden, {});
    slowest = std::max(slowest, repaired.seconds + Seconds() - start);
    const auto is_clean = [&table](const std::vector<bool>& hidden) {
      MovementPool fresh(table.cells);
      return AuditIntervals(table.cells, hidden, {}, &fresh).empty();
    };
    RequireEqual("disclosure_optimum: a small table and its intervals", is_clean(refined));
    const int64_t ours = CountOf(refined);
    const OptimalPattern optimum = FewestHiddenCells(table.cells, ours, kSecondsPerTable);
    if (!optimum.is_proven) continue;
    further.push_back(ours - optimum.at_least);
    if (optimum.at_least > 0) {
      worst = std::max(worst, static_cast<double>(ours) / static_cast<double>(optimum.at_least));
    }
    cells += static_cast<double>(ours);
    repaired_cells += static_cast<double>(CountOf(repaired.hidden));
    fewest += static_cast<double>(optimum.at_least);
  }
  std::sort(further.begin(), further.end());
  const auto quantile = [&further](size_t percent) {
    return further.empty() ? -1 : further[(further.size() * percent + 99) / 100 - 1];
  };
  const bool met = !further.empty() && quantile(50) == 0 && quantile(90) <= 1 && worst <= 1.5;
  Figure figure = MakeFigure(
      "disclosure_optimum", worst, "times the optimum",
      "median 0, p90 at most 1 further cell, never above 1.5 times", met, "optimum by CBC, 60 s",
      absl::StrFormat(
          "seeds 0 to %d, 72 to 84 cells, %d proven, %d left out; further cells: median "
          "%d, p90 %d, most %d; hidden in all %.0f, optimum %.0f, without showing again "
          "%.0f; slowest %.2f s",
          kTables - 1, further.size(), kTables - further.size(), quantile(50), quantile(90),
          quantile(100), cells, fewest, repaired_cells, slowest));
  figure.peer = 1;
  return {figure};
}

}  // namespace renkei::tests::bench
