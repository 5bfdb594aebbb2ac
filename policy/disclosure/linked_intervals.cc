#include "policy/disclosure/linked_intervals.h"

#include <algorithm>
#include <utility>

#include "policy/base/parallel.h"
#include "policy/disclosure/interval_audit.h"
#include "policy/disclosure/linked_moves.h"
#include "policy/disclosure/lock_step.h"
#include "policy/disclosure/measure_intervals.h"
#include "policy/disclosure/movement_bounds.h"
#include "policy/disclosure/need_cuts.h"
#include "policy/disclosure/remainders.h"

namespace renkei::policy::disclosure {
namespace {

// Of what is shown for good nothing is asked.
void Keep(const std::vector<bool>& staying, MeasureIntervals* own) {
  for (size_t c = 0; c < staying.size(); ++c) {
    if (!staying[c]) continue;
    IntervalCell& cell = own->system.cells[c];
    cell.may_hide = false;
    if (own->hidden[c]) continue;
    cell.is_protected = false;
    cell.need_low = cell.need_high = cell.value;
  }
}

}  // namespace

LinkedIntervals::LinkedIntervals(const FamilyCounts& family, const TableShape& shape,
                                 const std::vector<std::vector<Judgement>>& judgements,
                                 std::span<const uint8_t> table_key,
                                 std::vector<std::vector<bool>> staying)
    : family_(family),
      shape_(shape),
      judgements_(judgements),
      table_key_(table_key),
      staying_(std::move(staying)) {
  for (const LinkedGroup& linked : LinkedGroupsOf(family)) {
    std::vector<Group>& parts = groups_.emplace_back();
    for (LinkedGroup& part : PartsOf(linked)) {
      parts.push_back({std::move(part), {}, {}});
    }
  }
}

bool LinkedIntervals::HideMore(std::vector<std::vector<bool>>* hidden) {
  const std::vector<std::vector<bool>> before = *hidden;
  // Groups share no measure.
  base::InParallel(groups_.size(), [&](size_t g) {
    for (Group& part : groups_[g]) HideIn(&part, hidden);
  });
  return *hidden != before;
}

void LinkedIntervals::HideIn(Group* group, std::vector<std::vector<bool>>* hidden) const {
  const std::map<int, std::vector<Remainder>> remainders = RemaindersOfEach(*group, *hidden);
  std::vector<int> open;
  for (const int measure : group->linked.measures) {
    const auto clean = group->clean_with.find(measure);
    if (clean == group->clean_with.end() || clean->second != remainders.at(measure)) {
      open.push_back(measure);
    }
  }
  if (open.empty()) return;
  IntervalsOf intervals = IntervalsOfEach(*group, *hidden, remainders);
  if (group->room.empty()) FindRoom(group, intervals);
  CutToRoom(*group, &intervals);
  std::vector<std::vector<LinkedNeed>> unmet(open.size());
  base::InParallel(open.size(), [&](size_t c) { unmet[c] = UnmetIn(*group, open[c], intervals); });
  for (size_t c = 0; c < open.size(); ++c) {
    if (!unmet[c].empty()) Cure(*group, open[c], std::move(unmet[c]), &intervals);
  }
  for (const auto& [measure, own] : intervals) {
    std::vector<bool>& pattern = (*hidden)[static_cast<size_t>(measure)];
    for (size_t c = 0; c < pattern.size(); ++c) pattern[c] = pattern[c] || own.hidden[c];
  }
  group->clean_with = remainders;
}

std::map<int, std::vector<Remainder>> LinkedIntervals::RemaindersOfEach(
    const Group& group, const std::vector<std::vector<bool>>& hidden) const {
  std::map<int, std::vector<Remainder>> remainders;
  for (const int measure : group.linked.measures) {
    remainders.emplace(measure, RemaindersOf(family_, shape_, Component{{measure}, {}},
                                             hidden[static_cast<size_t>(measure)]));
  }
  return remainders;
}

IntervalsOf LinkedIntervals::IntervalsOfEach(
    const Group& group, const std::vector<std::vector<bool>>& hidden,
    const std::map<int, std::vector<Remainder>>& remainders) const {
  IntervalsOf intervals;
  for (const int measure : group.linked.measures) {
    const auto m = static_cast<size_t>(measure);
    MeasureIntervals own =
        BuildIntervals(family_, shape_, measure, judgements_[m], ReaderKnows::kZeros, table_key_,
                       hidden[m], remainders.at(measure));
    if (!staying_.empty()) Keep(staying_[m], &own);
    intervals.emplace(measure, std::move(own));
  }
  return intervals;
}

// With everything hidden inner cells are bounded by their own rows alone.
void LinkedIntervals::FindRoom(Group* group, const IntervalsOf& intervals) const {
  const LinkedSystem all(group->linked, family_.geographies, intervals, group->linked.measures);
  std::vector<uint32_t> cells;
  CellSystem system = all.system;
  for (uint32_t c = 0; c < system.cells.size(); ++c) {
    cells.push_back(c);
    IntervalCell& cell = system.cells[c];
    if (!cell.may_hide && !all.hidden[c]) cell.floor = cell.cap = cell.value;
  }
  const std::vector<MovementBounds> bounds = PropagateBounds(system, cells, system.equations);
  for (const int measure : group->linked.measures) {
    const auto from = bounds.begin() + all.CellOf(measure, 0);
    group->room[measure].assign(from,
                                from + static_cast<std::ptrdiff_t>(shape_.publishable_cells()));
  }
}

void LinkedIntervals::CutToRoom(const Group& group, IntervalsOf* intervals) const {
  const Remainder everywhere{{}, Slice{}, kSexGroups.size() - 1, {kAgeGroups.size() - 1}};
  for (auto& of_measure : *intervals) {
    MeasureIntervals& own = of_measure.second;
    const std::vector<MovementBounds>& room = group.room.at(of_measure.first);
    ForEachInner(everywhere, family_.geographies, [&](int g, int k, int s, int b) {
      const uint32_t c = InnerCellOf(g, k, s, b);
      IntervalCell& cell = own.system.cells[c];
      if (room[c].lower > -kNoCap) cell.floor = std::max(cell.floor, cell.value + room[c].lower);
      if (room[c].upper < kNoCap) cell.cap = std::min(cell.cap, cell.value + room[c].upper);
      cell.need_low = std::max(cell.need_low, cell.floor);
      cell.need_high = std::min(cell.need_high, cell.cap);
    });
    CutNeeds(own.hidden, &own.system);
  }
}

// What neither the measure alone can do nor in step with others.
std::vector<LinkedNeed> LinkedIntervals::UnmetIn(const Group& group, int measure,
                                                 const IntervalsOf& intervals) const {
  std::vector<Need> open;
  const CellSystem& own = intervals.at(measure).system;
  for (uint32_t c = 0; c < own.cells.size(); ++c) {
    const IntervalCell& cell = own.cells[c];
    for (const int64_t end : {cell.need_low, cell.need_high}) {
      if (end != cell.value) open.push_back({c, end - cell.value});
    }
  }
  for (const std::vector<LockStep>& steps : LockStepsOf(group.linked, measure)) {
    if (open.empty()) return {};
    const LockStepSystem together = MakeLockStep(group.linked, family_.geographies, intervals,
                                                 shape_.publishable_cells(), steps, open);
    MovementPool pool(together.system);
    open = together.beyond;
    for (const Violation& violation : AuditIntervals(together.system, together.hidden, {}, &pool)) {
      open.push_back(violation.need);
    }
  }
  LinkedMoves moves(group.linked, family_.geographies, intervals);
  std::vector<LinkedNeed> unmet;
  for (const Need& need : open) {
    if (!moves.Meet(measure, need)) unmet.push_back({measure, need});
  }
  return unmet;
}

// Ever more measures may move, and have cells hidden.
void LinkedIntervals::Cure(const Group& group, int measure, std::vector<LinkedNeed> needs,
                           IntervalsOf* intervals) const {
  // What was hidden for another measure may have cured some.
  const auto leave_out_met = [&] {
    LinkedMoves moves(group.linked, family_.geographies, *intervals);
    std::erase_if(needs,
                  [&](const LinkedNeed& linked) { return moves.Meet(measure, linked.need); });
  };
  leave_out_met();
  for (const std::vector<LockStep>& steps : LockStepsOf(group.linked, measure)) {
    if (needs.empty()) return;
    needs = RepairInStep(group, steps, needs, intervals);
  }
  leave_out_met();
  if (needs.empty()) return;
  std::vector<int> measures = {measure};
  size_t before = 0;
  do {
    before = measures.size();
    measures = WithNeighbours(group.linked, measures);
    if (measures == group.linked.measures) needs = AskedLess(group, std::move(needs), *intervals);
    needs = Repair(group, measures, std::move(needs), intervals);
  } while (!needs.empty() && measures.size() > before);
  if (needs.empty()) return;
  for (auto& [other, own] : *intervals) {
    for (size_t c = 0; c < own.hidden.size(); ++c) {
      own.hidden[c] = own.hidden[c] || own.system.cells[c].may_hide;
    }
  }
}

// What is hidden in all of them cures what they can do in step.
std::vector<LinkedNeed> LinkedIntervals::RepairInStep(const Group& group,
                                                      std::span<const LockStep> steps,
                                                      std::vector<LinkedNeed> needs,
                                                      IntervalsOf* intervals) const {
  const int measure = needs.front().measure;
  std::vector<LinkedNeed> left;
  std::vector<Need> asked;
  asked.reserve(needs.size());
  for (const LinkedNeed& linked : needs) asked.push_back(linked.need);
  while (!asked.empty()) {
    LockStepSystem together = MakeLockStep(group.linked, family_.geographies, *intervals,
                                           shape_.publishable_cells(), steps, asked);
    MovementPool pool(together.system);
    const IntervalPattern pattern =
        RepairIntervals(together.system, std::move(together.hidden), {}, &pool);
    std::vector<Need> unmet = std::move(together.beyond);
    for (const auto* violations : {&pattern.left, &pattern.hopeless}) {
      for (const Violation& violation : *violations) unmet.push_back(violation.need);
    }
    for (const Need& need : unmet) left.push_back({measure, need});
    if (!pattern.left.empty()) {  // for which all was hidden, and in vain
      std::erase_if(asked, [&](const Need& need) {
        return std::find(unmet.begin(), unmet.end(), need) != unmet.end();
      });
      continue;
    }
    for (const LockStep& step : steps) {
      MeasureIntervals& own = intervals->at(step.measure);
      for (size_t c = 0; c < shape_.publishable_cells(); ++c) {
        own.hidden[c] = own.hidden[c] || (pattern.hidden[c] && own.system.cells[c].may_hide);
      }
    }
    break;
  }
  return left;
}

// Gives what it could not cure.
std::vector<LinkedNeed> LinkedIntervals::Repair(const Group& group,
                                                const std::vector<int>& measures,
                                                std::vector<LinkedNeed> needs,
                                                IntervalsOf* intervals) const {
  std::vector<LinkedNeed> left;
  while (!needs.empty()) {
    LinkedSystem linked(group.linked, family_.geographies, *intervals, measures);
    std::vector<LinkedNeed> unmet = linked.AskOnly(needs);
    MovementPool pool(linked.system);
    const IntervalPattern pattern = RepairIntervals(linked.system, linked.hidden, {}, &pool);
    for (const auto* violations : {&pattern.left, &pattern.hopeless}) {
      for (const Violation& violation : *violations) {
        unmet.push_back(linked.InMeasure(violation.need));
      }
    }
    left.insert(left.end(), unmet.begin(), unmet.end());
    if (!pattern.left.empty()) {  // for which all was hidden, and in vain
      std::erase_if(needs, [&](const LinkedNeed& need) {
        return std::find(unmet.begin(), unmet.end(), need) != unmet.end();
      });
      continue;
    }
    for (const int measure : measures) {
      std::vector<bool>& hidden = intervals->at(measure).hidden;
      for (uint32_t c = 0; c < hidden.size(); ++c) {
        hidden[c] = pattern.hidden[linked.CellOf(measure, c)];
      }
    }
    break;
  }
  return left;
}

// As much as is met with everything hidden.
std::vector<LinkedNeed> LinkedIntervals::AskedLess(const Group& group,
                                                   std::vector<LinkedNeed> needs,
                                                   const IntervalsOf& intervals) const {
  LinkedSystem linked(group.linked, family_.geographies, intervals, group.linked.measures);
  linked.AskOnly({});
  for (size_t c = 0; c < linked.hidden.size(); ++c) {
    linked.hidden[c] = linked.hidden[c] || linked.system.cells[c].may_hide;
  }
  std::vector<Violation> asked;
  for (const LinkedNeed& linked_need : needs) {
    const Need& need = linked_need.need;
    asked.push_back({{linked.CellOf(linked_need.measure, need.cell), need.distance}});
  }
  const std::vector<int64_t> most = MostThatIsMet(linked.system, linked.hidden, {}, asked);
  for (size_t i = 0; i < needs.size(); ++i) needs[i].need.distance = most[i];
  std::erase_if(needs, [](const LinkedNeed& need) { return need.need.distance == 0; });
  return needs;
}

}  // namespace renkei::policy::disclosure
