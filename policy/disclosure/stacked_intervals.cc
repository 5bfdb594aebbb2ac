#include "policy/disclosure/stacked_intervals.h"

#include <algorithm>
#include <set>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};

}  // namespace

StackedIntervals::StackedIntervals(const std::vector<LedgerView>& views, const TableShape& shape,
                                   const StackedSystem& stack, const std::string& measure)
    : measure_(measure) {
  const std::vector<Table> tables = TablesOf(views, stack);
  AddInner(tables, stack);
  for (const StackedSystem::Shown& shown : stack.earlier) {
    if (shown.id != measure_) continue;
    if (const std::optional<Place> place = PlaceOf(shown.row)) is_shown_[place->cell] = true;
  }
  AddCandidates(shape, stack);
  for (size_t newer = 0; newer < tables.size(); ++newer) {
    AskOfTable(tables[newer], shape);
    for (size_t older = 0; older < newer; ++older) {
      AskOfChanges(tables[older], tables[newer], shape);
    }
  }
}

std::vector<StackedIntervals::Table> StackedIntervals::TablesOf(
    const std::vector<LedgerView>& views, const StackedSystem& stack) {
  std::vector<Table> tables;
  for (const LedgerView& view : views) {
    const int index = view.MeasureIndex(measure_);
    if (index < 0 || view.made_by[static_cast<size_t>(index)] != view.release) continue;
    geographies_ = view.family.geographies;
    is_sensitive_ =
        is_sensitive_ || view.family.attributes[static_cast<size_t>(index)]->sensitive();
    const std::vector<uint32_t>& inner = stack.inner_of.at({measure_, view.release});
    inner_of_.emplace(view.release, inner);
    tables.push_back({&view, index, inner});
  }
  return tables;
}

// Inner counts that are known anyway, or were shown, are no cells: they never move.
void StackedIntervals::AddInner(const std::vector<Table>& tables, const StackedSystem& stack) {
  const Slice whole;
  for (const Table& table : tables) {
    ForEachInner(Remainder{{table.measure}, whole, kSexGroups.size() - 1, {kAgeGroups.size() - 1}},
                 geographies_, [&](int g, int k, int s, int b) {
                   counts_.try_emplace(table.inner[InnerIndex(g, k, s, b)],
                                       PooledInner(table.view->family, table.measure, g, k, s, b));
                 });
  }
  std::vector<bool> is_known = stack.known_zeros;
  for (const StackedSystem::Shown& shown : stack.earlier) {
    if (shown.id == measure_ && shown.row.size() == 1) is_known[shown.row[0].variable] = true;
  }
  cell_of_.assign(stack.variables, kNone);
  for (const auto& [variable, count] : counts_) {
    if (is_known[variable]) continue;
    cell_of_[variable] = static_cast<uint32_t>(system_.cells.size());
    system_.cells.push_back(HiddenCellOf(count, is_sensitive_));
    system_.cells.back().may_hide = false;
    is_shown_.push_back(false);
  }
}

// A cell that was shown stays known, whatever the candidate hides.
void StackedIntervals::AddCandidates(const TableShape& shape, const StackedSystem& stack) {
  for (uint32_t c = 0; c < stack.candidates.size(); ++c) {
    const StackedSystem::Candidate& candidate = stack.candidates[c];
    if (candidate.id != measure_) continue;
    own_.push_back(c);
    const std::optional<Place> place = PlaceOf(candidate.cell.row);
    if (!place.has_value() || is_shown_[place->cell]) continue;
    IntervalCell& cell = system_.cells[place->cell];
    const double cost = CostOfHiding(shape, candidate.index, candidate.count.x, candidate.cell.tie);
    cell.cost = cell.may_hide ? cell.cost + cost : cost;
    cell.may_hide = true;
    candidates_of_[place->cell].push_back(c);
  }
}

void StackedIntervals::AskOfTable(const Table& table, const TableShape& shape) {
  const std::vector<Judgement>& judgements =
      table.view->judgements[static_cast<size_t>(table.measure)];
  ForEachCell({0, shape.slices.size()}, [&](size_t slice, int s, int a) {
    if ((judgements[CellIndex(slice, s, a)].reasons & kSmallCount) == 0) return;
    AskOfSum(*table.view, table.measure, table.inner,
             {{table.measure}, shape.slices[slice], s, {a}});
  });
}

void StackedIntervals::AskOfChanges(const Table& older, const Table& newer,
                                    const TableShape& shape) {
  ForEachCell({0, shape.publishable}, [&](size_t slice, int s, int a) {
    const Remainder sum{{newer.measure}, shape.slices[slice], s, {a}};
    Row row;
    Count change;
    ForEachInner(sum, geographies_, [&](int g, int k, int sex, int band) {
      const uint32_t now = newer.inner[InnerIndex(g, k, sex, band)];
      const uint32_t then = older.inner[InnerIndex(g, k, sex, band)];
      if (now == then) return;
      row.push_back({now, 1});
      row.push_back({then, -1});
      change = change + (counts_.at(now) - counts_.at(then));
    });
    if (row.empty()) return;
    const int64_t t =
        std::max(MinCellOf(newer.view->family, sum.blocks, sum.slice, s, sum.age_groups),
                 MinCellOf(older.view->family, std::vector<int>{older.measure}, sum.slice, s,
                           sum.age_groups));
    AskOfRow(std::move(row), RoomOfSmallChange(change, t, is_sensitive_));
  });
}

void StackedIntervals::Ask(const LedgerView& view, const Remainder& sum) {
  const int measure = view.MeasureIndex(measure_);
  if (sum.blocks != std::vector<int>{measure}) return;
  const uint8_t reasons =
      ReasonsOfCells(view.family, measure, sum.slice, sum.sex_group, sum.age_groups);
  const auto inner = inner_of_.find(view.made_by[static_cast<size_t>(measure)]);
  if ((reasons & kSmallCount) == 0 || inner == inner_of_.end()) return;
  AskOfSum(view, measure, inner->second, sum);
  clean_.clear();
}

void StackedIntervals::AskOfSum(const LedgerView& view, int measure,
                                const std::vector<uint32_t>& inner, const Remainder& sum) {
  SummedCells summed;
  Row row;
  ForEachInner(sum, geographies_, [&](int g, int k, int s, int b) {
    const uint32_t variable = inner[InnerIndex(g, k, s, b)];
    summed.Add(counts_.at(variable));
    row.push_back({variable, 1});
  });
  const bool is_sensitive = view.family.attributes[static_cast<size_t>(measure)]->sensitive();
  IntervalCell cell = HiddenCellOf(summed.total, is_sensitive);
  const int64_t t = MinCellOf(view.family, sum.blocks, sum.slice, sum.sex_group, sum.age_groups);
  AskOfSmallCount(summed, t, is_sensitive, &cell);
  AskOfRow(std::move(row), {cell.need_low - cell.value, cell.need_high - cell.value});
}

// No further than the cell can reach at all.
void StackedIntervals::AskOfRow(Row row, const Ends& room) {
  if (room.low == 0 && room.high == 0) return;
  const std::optional<Place> place = PlaceOf(Gathered(std::move(row)));
  if (!place.has_value() || is_shown_[place->cell]) return;
  IntervalCell& cell = system_.cells[place->cell];
  const Ends moved = place->is_negative ? Ends{-room.high, -room.low} : room;
  cell.is_protected = true;
  cell.need_low = std::min(cell.need_low, std::max(cell.value + moved.low, cell.floor));
  cell.need_high = std::max(cell.need_high, std::min(cell.value + moved.high, cell.cap));
}

std::optional<StackedIntervals::Place> StackedIntervals::PlaceOf(const Row& row) {
  Row parts;
  for (const Term& t : row) {
    if (cell_of_[t.variable] != kNone) parts.push_back({cell_of_[t.variable], t.coefficient});
  }
  if (parts.empty()) return std::nullopt;
  const bool is_negative = parts.front().coefficient < 0;
  if (is_negative) {
    for (Term& t : parts) t.coefficient = -t.coefficient;
  }
  if (parts.size() == 1) return Place{parts.front().variable, is_negative};
  const auto known = sums_.find(parts);
  return Place{known != sums_.end() ? known->second : AddSum(std::move(parts)), is_negative};
}

uint32_t StackedIntervals::AddSum(Row parts) {
  IntervalCell sum;
  sum.cap = 0;
  for (const Term& t : parts) {
    const IntervalCell& part = system_.cells[t.variable];
    sum.value += t.coefficient * part.value;
    sum.floor += t.coefficient * (t.coefficient > 0 ? part.floor : part.cap);
    sum.cap += t.coefficient * (t.coefficient > 0 ? part.cap : part.floor);
  }
  sum.need_low = sum.need_high = sum.value;
  sum.may_hide = false;
  const auto cell = static_cast<uint32_t>(system_.cells.size());
  system_.cells.push_back(sum);
  is_shown_.push_back(false);
  sums_.emplace(parts, cell);
  system_.sums.push_back({cell, std::move(parts)});
  return cell;
}

std::vector<bool> StackedIntervals::HiddenBy(const std::vector<bool>& candidates) const {
  std::vector<bool> hidden(system_.cells.size());
  for (size_t c = 0; c < hidden.size(); ++c) hidden[c] = !is_shown_[c];
  for (const auto& [cell, of_cell] : candidates_of_) {
    // Equal to a count that must not be known, as a change is where the rest of it is known.
    const bool is_asked = system_.cells[cell].need_low != system_.cells[cell].need_high;
    hidden[cell] = is_asked || std::all_of(of_cell.begin(), of_cell.end(),
                                           [&](uint32_t c) { return bool{candidates[c]}; });
  }
  return hidden;
}

// Half as much, and again, until it can be met where the candidate shows nothing.
bool StackedIntervals::AskNoMoreThanEarlierLeave(const std::vector<Violation>& unmet) {
  const auto ask = [](CellSystem* system, const Need& need, int64_t distance) {
    IntervalCell& cell = system->cells[need.cell];
    (need.distance > 0 ? cell.need_high : cell.need_low) = cell.value + distance;
  };
  CellSystem asked = system_;
  for (IntervalCell& cell : asked.cells) {
    cell.is_protected = false;
    cell.need_low = cell.need_high = cell.value;
  }
  for (const Violation& violation : unmet) {
    asked.cells[violation.need.cell].is_protected = true;
    ask(&asked, violation.need, violation.need.distance);
  }
  std::vector<bool> hidden(asked.cells.size());
  for (size_t c = 0; c < hidden.size(); ++c) hidden[c] = !is_shown_[c];
  bool asks_less = false;
  while (true) {
    MovementPool pool(asked);  // it keeps what reaches as far as is asked
    const std::vector<Violation> open = AuditIntervals(asked, hidden, {}, &pool);
    if (open.empty()) return asks_less;
    asks_less = true;
    for (const Violation& violation : open) {
      ask(&asked, violation.need, violation.need.distance / 2);
      ask(&system_, violation.need, violation.need.distance / 2);
    }
  }
}

std::vector<uint32_t> StackedIntervals::StillShown(const std::vector<bool>& hidden) const {
  std::vector<uint32_t> shown;
  for (const auto& candidates : candidates_of_) {
    if (!hidden[candidates.first]) shown.push_back(candidates.first);
  }
  std::stable_sort(shown.begin(), shown.end(), [this](uint32_t a, uint32_t b) {
    return system_.cells[a].cost < system_.cells[b].cost;
  });
  return shown;
}

// Where all movements that the repair finds are of fractions it hides everything. Before that the
// cheapest cells are hidden, ever more of them: a total is the last.
IntervalPattern StackedIntervals::Repaired(const std::vector<bool>& pattern) {
  const std::vector<uint32_t> cheapest = StillShown(pattern);
  IntervalPattern repaired;
  const size_t all = cheapest.size();
  for (const size_t share : std::set<size_t>{0, all / 8, all / 4, all / 2, all - 1}) {
    std::vector<bool> hidden = pattern;
    for (size_t i = 0; i < share; ++i) hidden[cheapest[i]] = true;
    MovementPool pool(system_);
    for (const Movement& movement : movements_) pool.Add(hidden, movement);
    repaired = RepairIntervals(system_, std::move(hidden), {}, &pool);
    const bool is_clean = repaired.left.empty() && repaired.hopeless.empty();
    if (is_clean && !StillShown(repaired.hidden).empty()) {
      movements_ = pool.movements();
      return repaired;
    }
  }
  return repaired;
}

void StackedIntervals::Widen(std::vector<bool>* hidden) {
  while (true) {
    std::vector<bool> pattern = HiddenBy(*hidden);
    if (candidates_of_.empty() || pattern == clean_) return;
    MovementPool pool(system_);
    for (const Movement& movement : movements_) pool.Add(pattern, movement);
    const std::vector<Violation> unmet = AuditIntervals(system_, pattern, {}, &pool);
    movements_ = pool.movements();
    if (!unmet.empty() && AskNoMoreThanEarlierLeave(unmet)) continue;
    IntervalPattern repaired;
    if (unmet.empty() || StillShown(pattern).empty()) {
      repaired.hidden = std::move(pattern);
    } else {
      repaired = Repaired(pattern);
    }
    for (const auto& [cell, of_cell] : candidates_of_) {
      for (const uint32_t c : of_cell) (*hidden)[c] = (*hidden)[c] || repaired.hidden[cell];
    }
    if (!repaired.left.empty() || !repaired.hopeless.empty()) {
      for (const uint32_t c : own_) (*hidden)[c] = true;
    }
    clean_ = HiddenBy(*hidden);
    return;
  }
}

}  // namespace renkei::policy::disclosure
