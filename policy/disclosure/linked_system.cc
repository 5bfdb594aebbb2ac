#include "policy/disclosure/linked_system.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace renkei::policy::disclosure {

LinkedSystem::LinkedSystem(const LinkedGroup& group, int geographies, const IntervalsOf& intervals,
                           const std::vector<int>& measures) {
  for (const int measure : measures) Append(measure, intervals.at(measure));
  for (const LinkedRow& row : group.rows) AddRow(row, geographies);
}

void LinkedSystem::Append(int measure, const MeasureIntervals& intervals) {
  const auto offset = static_cast<uint32_t>(system.cells.size());
  offset_.emplace(measure, offset);
  const CellSystem& own = intervals.system;
  system.cells.insert(system.cells.end(), own.cells.begin(), own.cells.end());
  hidden.insert(hidden.end(), intervals.hidden.begin(), intervals.hidden.end());
  for (Sum sum : own.sums) {
    sum.cell += offset;
    for (Term& t : sum.parts) t.variable += offset;
    system.sums.push_back(std::move(sum));
  }
}

void LinkedSystem::AddRow(const LinkedRow& row, int geographies) {
  Row members;  // over the first cells of measures
  for (const int part : row.parts) {
    if (offset_.contains(part)) members.push_back({offset_.at(part), 1});
  }
  if (row.total >= 0 && offset_.contains(row.total)) members.push_back({offset_.at(row.total), -1});
  if (members.empty()) return;
  const Remainder everywhere{{}, Slice{}, kSexGroups.size() - 1, {kAgeGroups.size() - 1}};
  ForEachInner(everywhere, geographies, [&](int g, int k, int s, int b) {
    const size_t v = InnerIndex(g, k, s, b);
    if (row.IsSilent(v)) return;
    const int64_t rest = row.rest[v];
    Row equation;
    for (const Term& member : members) {
      const uint32_t cell = member.variable + InnerCellOf(g, k, s, b);
      if (!IsKnown(cell)) equation.push_back({cell, member.coefficient});
    }
    if (equation.empty()) return;
    if (equation.size() == 1) {
      IntervalCell& only = system.cells[equation[0].variable];
      if (row.IsExact(v)) {
        only.floor = only.cap = only.value;
      } else if (equation[0].coefficient > 0) {
        only.cap = std::min(only.cap, only.value + rest);
      } else {
        only.floor = std::max(only.floor, only.value - rest);
      }
      return;
    }
    if (!row.IsExact(v)) {
      equation.push_back({static_cast<uint32_t>(system.cells.size()), 1});
      IntervalCell nowhere;
      nowhere.value = nowhere.need_low = nowhere.need_high = rest;
      nowhere.may_hide = false;
      system.cells.push_back(nowhere);
      hidden.push_back(true);
    }
    std::sort(equation.begin(), equation.end(),
              [](const Term& l, const Term& r) { return l.variable < r.variable; });
    system.equations.push_back(std::move(equation));
  });
}

std::vector<LinkedNeed> LinkedSystem::AskOnly(std::span<const LinkedNeed> needs) {
  for (IntervalCell& cell : system.cells) {
    cell.is_protected = false;
    cell.need_low = cell.need_high = cell.value;
  }
  std::map<uint32_t, const Row*> parts_of;
  for (const Sum& sum : system.sums) parts_of.emplace(sum.cell, &sum.parts);
  std::vector<LinkedNeed> beyond;
  for (const LinkedNeed& linked : needs) {
    const uint32_t c = CellOf(linked.measure, linked.need.cell);
    const auto parts = parts_of.find(c);
    const Row itself{{c, 1}};
    int64_t down = 0;
    int64_t up = 0;
    for (const Term& t : parts != parts_of.end() ? *parts->second : itself) {
      if (IsKnown(t.variable)) continue;
      const IntervalCell& part = system.cells[t.variable];
      down += part.floor - part.value;
      up += part.cap - part.value;
    }
    const int64_t distance = linked.need.distance;
    if (distance < down || distance > up) {
      beyond.push_back(linked);
      continue;
    }
    IntervalCell& cell = system.cells[c];
    cell.is_protected = true;
    (distance > 0 ? cell.need_high : cell.need_low) = cell.value + distance;
  }
  return beyond;
}

LinkedNeed LinkedSystem::InMeasure(const Need& need) const {
  // Needs are of measures' own cells, which come before the others.
  const auto own =
      std::max_element(offset_.begin(), offset_.end(), [&](const auto& l, const auto& r) {
        const auto key = [&](uint32_t offset) {
          return offset <= need.cell ? int64_t{offset} : -1;
        };
        return key(l.second) < key(r.second);
      });
  return {own->first, {need.cell - own->second, need.distance}};
}

}  // namespace renkei::policy::disclosure
