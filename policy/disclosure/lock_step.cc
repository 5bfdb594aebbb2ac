#include "policy/disclosure/lock_step.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// Rows that add up ask for more each; beyond that a set is left to the program of several measures.
constexpr size_t kMostSteps = 12;

int SignIn(std::span<const LockStep> steps, int measure) {
  const auto at = std::find_if(steps.begin(), steps.end(),
                               [&](const LockStep& step) { return step.measure == measure; });
  return at == steps.end() ? 0 : at->sign;
}

// How many persons more the parts have than their total, for each that moves.
int ChangeOf(const LinkedRow& row, std::span<const LockStep> steps) {
  int change = row.total >= 0 ? -SignIn(steps, row.total) : 0;
  for (const int part : row.parts) change += SignIn(steps, part);
  return change;
}

// Adds what keeps rows that add up; false: nothing does.
bool Complete(const LinkedGroup& group, std::vector<LockStep>* steps) {
  while (steps->size() <= kMostSteps) {
    const auto broken = std::find_if(
        group.rows.begin(), group.rows.end(),
        [&](const LinkedRow& row) { return row.adds_up && ChangeOf(row, *steps) != 0; });
    if (broken == group.rows.end()) return true;
    const int sign = ChangeOf(*broken, *steps) > 0 ? 1 : -1;
    if (broken->total >= 0 && SignIn(*steps, broken->total) == 0) {
      steps->push_back({broken->total, sign});
      continue;
    }
    const auto still = std::find_if(broken->parts.begin(), broken->parts.end(),
                                    [&](int part) { return SignIn(*steps, part) == 0; });
    if (still == broken->parts.end()) return false;
    steps->push_back({*still, -sign});
  }
  return false;
}

// All that contain the measure, or lie within it.
std::vector<LockStep> Nested(const LinkedGroup& group, int measure, bool upwards) {
  std::vector<LockStep> steps = {{measure, 1}};
  for (size_t next = 0; next < steps.size(); ++next) {
    const int at = steps[next].measure;
    for (const LinkedRow& row : group.rows) {
      if (row.total < 0) continue;
      const bool is_part = std::binary_search(row.parts.begin(), row.parts.end(), at);
      if (upwards && is_part && SignIn(steps, row.total) == 0) steps.push_back({row.total, 1});
      if (upwards || row.total != at) continue;
      for (const int part : row.parts) {
        if (SignIn(steps, part) == 0) steps.push_back({part, 1});
      }
    }
  }
  return steps;
}

// Where a cell of a measure may go, as changes of the first measure's count.
void Narrow(const IntervalCell& of, int sign, IntervalCell* cell) {
  const int64_t down = sign > 0 ? of.floor - of.value : of.value - of.cap;
  const int64_t up = sign > 0 ? of.cap - of.value : of.value - of.floor;
  cell->floor = std::max(cell->floor, cell->value + down);
  cell->cap = std::min(cell->cap, cell->value + up);
}

void NarrowByRow(const LinkedRow& row, int change, int geographies, CellSystem* system) {
  if (change == 0) return;
  const Remainder everywhere{{}, Slice{}, kSexGroups.size() - 1, {kAgeGroups.size() - 1}};
  ForEachInner(everywhere, geographies, [&](int g, int k, int s, int b) {
    const size_t v = InnerIndex(g, k, s, b);
    if (row.IsSilent(v)) return;
    IntervalCell& cell = system->cells[InnerCellOf(g, k, s, b)];
    if (row.IsExact(v)) {
      cell.floor = cell.cap = cell.value;
    } else if (change > 0) {
      cell.cap = std::min(cell.cap, cell.value + row.rest[v] / change);
    } else {
      cell.floor = std::max(cell.floor, cell.value + row.rest[v] / change);
    }
  });
}

}  // namespace

std::vector<std::vector<LockStep>> LockStepsOf(const LinkedGroup& group, int measure) {
  std::vector<std::vector<LockStep>> sets;
  const auto add = [&](std::vector<LockStep> steps) {
    if (!Complete(group, &steps)) return;
    if (std::find(sets.begin(), sets.end(), steps) == sets.end()) sets.push_back(std::move(steps));
  };
  add({{measure, 1}});
  for (const LinkedRow& row : group.rows) {
    const std::vector<int> linked = row.measures();
    if (std::find(linked.begin(), linked.end(), measure) == linked.end()) continue;
    for (const int other : linked) {
      if (other == measure) continue;
      add({{measure, 1}, {other, row.total == measure || row.total == other ? 1 : -1}});
    }
  }
  add(Nested(group, measure, /*upwards=*/true));
  add(Nested(group, measure, /*upwards=*/false));
  return sets;
}

LockStepSystem MakeLockStep(const LinkedGroup& group, int geographies, const IntervalsOf& intervals,
                            size_t publishable, std::span<const LockStep> steps,
                            std::span<const Need> needs) {
  const MeasureIntervals& first = intervals.at(steps.front().measure);
  LockStepSystem out{first.system, first.hidden, {}};
  for (const LockStep& step : steps.subspan(1)) {
    const MeasureIntervals& own = intervals.at(step.measure);
    // What is derived of it is bounded by its inner cells alone.
    for (size_t c = 0; c < publishable; ++c) {
      IntervalCell& cell = out.system.cells[c];
      const IntervalCell& of = own.system.cells[c];
      const bool can_hide = cell.may_hide || out.hidden[c];
      cell.may_hide = can_hide && (of.may_hide || own.hidden[c]);
      cell.cost += of.cost;
      out.hidden[c] = out.hidden[c] && own.hidden[c];
      Narrow(of, step.sign, &cell);
    }
  }
  for (const LinkedRow& row : group.rows) {
    NarrowByRow(row, ChangeOf(row, steps), geographies, &out.system);
  }
  for (IntervalCell& cell : out.system.cells) {
    cell.is_protected = false;
    cell.need_low = cell.need_high = cell.value;
  }
  for (const Need& need : needs) {
    IntervalCell& cell = out.system.cells[need.cell];
    const int64_t end = cell.value + need.distance;
    // What another measure of the step shows does not move in step.
    if (!out.hidden[need.cell] || end < cell.floor || end > cell.cap) {
      out.beyond.push_back(need);
      continue;
    }
    cell.is_protected = true;
    (need.distance > 0 ? cell.need_high : cell.need_low) = end;
  }
  return out;
}

}  // namespace renkei::policy::disclosure
