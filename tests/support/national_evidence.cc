#include "tests/support/national_evidence.h"

#include <algorithm>
#include <utility>

namespace renkei::tests {
namespace {

constexpr int64_t kMinCell = 10;

using policy::disclosure::SystemCell;

UnknownSum SumOf(const SystemCell& cell) {
  UnknownSum sum;
  for (const auto& t : cell.row) sum.push_back({t.variable, t.coefficient});
  return sum;
}

int64_t PersonsOf(const SystemCell& cell, const TableCounts& counts) {
  int64_t persons = 0;
  for (const auto& t : cell.row) persons += counts.persons[t.variable];
  return persons;
}

}  // namespace

Evidence SeenOf(const NationalTable& table, const TableCounts& counts,
                const std::vector<bool>& hidden, const ReaderOfATable& reader) {
  Evidence evidence;
  for (size_t v = 0; v < counts.inner.size(); ++v) {
    Range range;
    if (reader.knows_persons) range.high = counts.persons[v];
    if (counts.inner[v] == 0) range.high = 0;  // zeros are shown
    evidence.unknowns.push_back(range);
  }
  for (size_t c = 0; c < hidden.size(); ++c) {
    const SystemCell& cell = table.linear.cells[c];
    if (cell.row.empty()) continue;
    Evidence::Seen seen{SumOf(cell), {}};
    if (!hidden[c]) {
      seen.range = {table.cells.cells[c].value, table.cells.cells[c].value};
    } else {
      // Where nobody is shown, a hidden cell is not nobody, and not everybody.
      seen.range.low = reader.floor;
      const int64_t persons = PersonsOf(cell, counts);
      if (reader.knows_persons && table.cells.cells[c].value < persons) {
        seen.range.high = persons - reader.floor;
      }
    }
    evidence.sums.push_back(std::move(seen));
  }
  return evidence;
}

std::vector<Target> SmallCells(const NationalTable& table, const TableCounts& counts, int64_t floor,
                               bool complements) {
  std::vector<Target> targets;
  for (size_t c = 0; c < table.linear.cells.size(); ++c) {
    const SystemCell& cell = table.linear.cells[c];
    const int64_t x = table.cells.cells[c].value;
    const int64_t persons = PersonsOf(cell, counts);
    const int64_t rest = persons - x;
    Target target{SumOf(cell), x, x};
    if (x > 0 && x < kMinCell) {
      const auto parts = static_cast<int64_t>(cell.row.size());
      target.low = std::min(x, floor == 0 ? 1 : std::max<int64_t>(1, parts));
      target.high = kMinCell - 1;
      if (complements) target.high = std::min(target.high, std::max(x, persons - floor));
    }
    if (complements && rest > 0 && rest < kMinCell) {
      int64_t parts = 0;
      for (const auto& t : cell.row) parts += counts.persons[t.variable] > counts.inner[t.variable];
      target.high = std::max(target.high, persons - std::min(rest, std::max<int64_t>(1, parts)));
      target.low = std::min(target.low, std::max(std::min(floor, x), persons - (kMinCell - 1)));
    }
    if (target.low < target.high) targets.push_back(std::move(target));
  }
  return targets;
}

std::vector<Target> SmallRests(const NationalTable& table, const TableCounts& counts,
                               const std::vector<uint32_t>& inner) {
  std::vector<bool> is_known(counts.inner.size(), false);
  for (const uint32_t v : inner) is_known[v] = true;
  std::vector<Target> targets;
  for (size_t c = 0; c < table.linear.cells.size(); ++c) {
    const SystemCell& cell = table.linear.cells[c];
    int64_t own = 0;
    int64_t parts_of_others = 0;
    for (const auto& t : cell.row) {
      if (is_known[t.variable]) {
        own += counts.inner[t.variable];
      } else {
        ++parts_of_others;
      }
    }
    const int64_t rest = table.cells.cells[c].value - own;
    if (parts_of_others == 0 || rest <= 0 || rest >= kMinCell) continue;
    targets.push_back({SumOf(cell), own + std::min(rest, parts_of_others), own + kMinCell - 1});
  }
  return targets;
}

size_t CountNarrow(const Evidence& evidence, const std::vector<Target>& targets) {
  IntervalAttacker attacker(evidence);
  return static_cast<size_t>(std::count_if(targets.begin(), targets.end(),
                                           [&](const Target& t) { return attacker.IsNarrow(t); }));
}

}  // namespace renkei::tests
