#include "tests/bench/disclosure_run.h"

#include <algorithm>
#include <utility>

#include "policy/disclosure/greedy.h"
#include "policy/disclosure/interval_repair.h"

namespace renkei::tests::bench {
namespace {

using namespace policy::disclosure;  // NOLINT: the figures are about nothing else

constexpr int64_t kMinCell = 10;
constexpr double kMostSmall = 0.25;

// Ends first; 40-64 and 65-74 before the one band of all. With an eighth band, 75 and over.
std::vector<std::vector<uint32_t>> LadderOf(uint32_t bands) {
  std::vector<std::vector<uint32_t>> ladder = {
      {1, 1, 1, 1, 1, 1, 1}, {2, 1, 1, 1, 1, 1}, {2, 1, 1, 1, 2}, {3, 1, 1, 2}, {4, 1, 2}, {5, 2}};
  if (bands == 8) {
    for (std::vector<uint32_t>& sizes : ladder) sizes.push_back(1);
    ladder.push_back({5, 3});
  }
  ladder.push_back({bands});
  return ladder;
}

}  // namespace

Figure MakeFigure(const std::string& name, double ours, const char* unit, const std::string& goal,
                  std::optional<bool> met, const std::string& peer, const std::string& note) {
  Figure figure;
  figure.name = name;
  figure.ours = ours;
  figure.unit = unit;
  figure.goal = goal;
  figure.met = met;
  figure.peer_name = peer;
  figure.note = note;
  return figure;
}

Repaired RepairOnce(const NationalTable& table, const std::vector<bool>& greedy) {
  const double start = Seconds();
  MovementPool pool(table.cells);
  IntervalPattern pattern = RepairIntervals(table.cells, greedy, table.attackers, &pool);
  Repaired repaired;
  repaired.seconds = Seconds() - start;
  repaired.is_held = !pattern.left.empty() || !pattern.hopeless.empty();
  MovementPool fresh(table.cells);
  repaired.violations = AuditIntervals(table.cells, pattern.hidden, table.attackers, &fresh).size();
  repaired.hidden = std::move(pattern.hidden);
  return repaired;
}

Laddered ProtectAlongLadder(const TableCounts& counts, Knowledge knowledge, Shape shape) {
  Laddered laddered;
  double seconds = 0;
  const std::vector<std::vector<uint32_t>> ladder = LadderOf(counts.bands);
  for (const std::vector<uint32_t>& sizes : ladder) {
    const TableCounts merged = MergeBands(counts, sizes);
    if (sizes.size() > 1 && ShareOfSmallCells(merged, kMinCell) > kMostSmall) continue;
    laddered.sizes = sizes;
    laddered.table = MakeTable(merged, 0, /*floor=*/1, knowledge, shape);
    const double start = Seconds();
    const GreedyResult greedy = SuppressGreedily(laddered.table.linear);
    seconds += Seconds() - start;
    laddered.repaired = RepairOnce(laddered.table, greedy.hidden);
    seconds += laddered.repaired.seconds;
    laddered.repaired.seconds = seconds;
    laddered.repaired.is_held = laddered.repaired.is_held || !greedy.unprotectable.empty() ||
                                laddered.repaired.violations != 0;
    if (!laddered.repaired.is_held) break;
  }
  return laddered;
}

}  // namespace renkei::tests::bench
