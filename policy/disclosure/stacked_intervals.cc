#include "policy/disclosure/stacked_intervals.h"

#include <algorithm>
#include <set>
#include <utility>

#include "policy/disclosure/need_cuts.h"

namespace renkei::policy::disclosure {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};

}  // namespace

StackedIntervals::StackedIntervals(const std::vector<LedgerView>& views, const TableShape& shape,
                                   const StackedSystem& stack, const std::string& measure,
                                   ReaderKnows knows, Against against)
    : measure_(measure) {
  const std::vector<Table> tables = TablesOf(views, stack);
  knows_zeros_ = !is_sensitive_ && knows == ReaderKnows::kZeros;
  AddInner(tables, stack);
  if (against == Against::kMembersAndPersons) AddOwners(tables, stack);
  if (against != Against::kPublic) AddAlone(tables);
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
  attackers_ = Attackers();
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
  std::vector<bool> is_known = knows_zeros_ ? stack.known_zeros : stack.known_empty;
  for (const StackedSystem::Shown& shown : stack.earlier) {
    if (shown.id == measure_ && shown.row.size() == 1) is_known[shown.row[0].variable] = true;
  }
  cell_of_.assign(stack.variables, kNone);
  for (const auto& [variable, count] : counts_) {
    if (is_known[variable]) continue;
    cell_of_[variable] = static_cast<uint32_t>(system_.cells.size());
    system_.cells.push_back(HiddenCellOf(count, knows_zeros_));
    system_.cells.back().may_hide = false;
    is_shown_.push_back(false);
  }
}

// Readers are taken to know which members changed: who alone did knows how the count changed.
void StackedIntervals::AddOwners(const std::vector<Table>& tables, const StackedSystem& stack) {
  for (const Table& table : tables) {
    const FamilyCounts& family = table.view->family;
    const Block& block = family.blocks[static_cast<size_t>(table.measure)];
    for (size_t i = 0; i < family.kind_of.size(); ++i) {
      StackedMember& member = members_[family.request->contributions[i].member];
      for (int g = 0; g < geographies_; ++g) {
        for (int s = 0; s < tables::kSexes; ++s) {
          for (int b = 0; b < tables::kBands; ++b) {
            const Count& own = block.Inner(i, g, s, b);
            if (own.n > 0) member.own[table.inner[InnerIndex(g, family.kind_of[i], s, b)]] = own;
          }
        }
      }
    }
  }
  for (const OwnChanges& changes : stack.own_changes) {
    StackedMember& member = members_[changes.member];
    for (const Row& row : changes.rows) {
      if (!counts_.contains(row[0].variable) || !counts_.contains(row[1].variable)) continue;
      const uint32_t first = cell_of_[row[0].variable];
      const uint32_t second = cell_of_[row[1].variable];
      if (first != kNone && second != kNone) {
        const auto change = static_cast<uint32_t>(system_.cells.size());
        IntervalCell cell;
        cell.floor = -kNoCap;
        cell.value = cell.need_low = cell.need_high =
            row[0].coefficient * system_.cells[first].value +
            row[1].coefficient * system_.cells[second].value;
        cell.may_hide = false;
        system_.cells.push_back(cell);
        is_shown_.push_back(false);
        system_.equations.push_back(
            {{first, row[0].coefficient}, {second, row[1].coefficient}, {change, -1}});
        member.known_cells.push_back(change);
      } else if (first != second) {
        member.known_variables.push_back(row[first == kNone ? 1 : 0].variable);
      }
    }
  }
}

// Who is alone in an inner cell of several releases is taken for one person.
void StackedIntervals::AddAlone(const std::vector<Table>& tables) {
  const size_t inner_cells = tables.empty() ? 0 : tables.front().inner.size();
  for (size_t i = 0; i < inner_cells; ++i) {
    std::vector<uint32_t> known;
    for (const Table& table : tables) {
      const uint32_t variable = table.inner[i];
      const Count& count = counts_.at(variable);
      if (cell_of_[variable] == kNone || (count.x != 1 && count.n - count.x != 1)) continue;
      if (std::find(known.begin(), known.end(), variable) == known.end()) known.push_back(variable);
    }
    if (!known.empty()) alone_.push_back(std::move(known));
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
    ForEachInner(sum, geographies_, [&](int g, int k, int sex, int band) {
      const uint32_t now = newer.inner[InnerIndex(g, k, sex, band)];
      const uint32_t then = older.inner[InnerIndex(g, k, sex, band)];
      if (now == then) return;
      row.push_back({now, 1});
      row.push_back({then, -1});
    });
    if (row.empty()) return;
    const int64_t t =
        std::max(MinCellOf(newer.view->family, sum.blocks, sum.slice, s, sum.age_groups),
                 MinCellOf(older.view->family, std::vector<int>{older.measure}, sum.slice, s,
                           sum.age_groups));
    AskOf({Gathered(std::move(row)), t, is_sensitive_, /*is_change=*/true});
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
  attackers_ = Attackers();
  clean_.clear();
}

void StackedIntervals::AskOfSum(const LedgerView& view, int measure,
                                const std::vector<uint32_t>& inner, const Remainder& sum) {
  Row row;
  ForEachInner(sum, geographies_, [&](int g, int k, int s, int b) {
    row.push_back({inner[InnerIndex(g, k, s, b)], 1});
  });
  AskOf({Gathered(std::move(row)),
         MinCellOf(view.family, sum.blocks, sum.slice, sum.sex_group, sum.age_groups),
         view.family.attributes[static_cast<size_t>(measure)]->sensitive()});
}

void StackedIntervals::AskOf(StackedAsk ask) {
  const auto is_asked_by = [&](const StackedCounts& own) {
    const Ends room = RoomOf(ask, counts_, own);
    return room.low < 0 || room.high > 0;
  };
  const bool is_asked =
      is_asked_by({}) || std::any_of(members_.begin(), members_.end(),
                                     [&](const auto& m) { return is_asked_by(m.second.own); });
  if (!is_asked) return;
  const std::optional<Place> place = PlaceOf(ask.row);
  if (!place.has_value() || is_shown_[place->cell]) return;
  IntervalCell& cell = system_.cells[place->cell];
  const AskOfCell of_cell{std::move(ask), place->is_negative};
  const Ends ends = EndsOf(std::span(&of_cell, 1), counts_, {}, cell.value);
  cell.is_protected = true;
  cell.need_low = std::min(cell.need_low, std::max(ends.low, cell.floor));
  cell.need_high = std::max(cell.need_high, std::min(ends.high, cell.cap));
  asks_[place->cell].push_back(of_cell);
}

std::vector<Attacker> StackedIntervals::Attackers() const {
  return AttackersOfStack({&system_, &cell_of_, &counts_, &asks_}, members_, alone_);
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
  std::vector<bool> hidden = HiddenAtMost();
  std::vector<bool> is_asked(hidden.size());
  for (size_t c = 0; c < hidden.size(); ++c) {
    is_asked[c] = system_.cells[c].need_low != system_.cells[c].need_high;
  }
  for (const Attacker& attacker : attackers_) {
    for (const View& view : attacker.views) {
      if (view.need_low != view.need_high) is_asked[view.cell] = true;
    }
  }
  for (const auto& [cell, of_cell] : candidates_of_) {
    // Equal to a count that must not be known, as a change is where the rest of it is known.
    hidden[cell] = is_asked[cell] || std::all_of(of_cell.begin(), of_cell.end(),
                                                 [&](uint32_t c) { return bool{candidates[c]}; });
  }
  return hidden;
}

std::vector<bool> StackedIntervals::HiddenAtMost() const {
  std::vector<bool> hidden = is_shown_;
  hidden.flip();
  return hidden;
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
IntervalPattern StackedIntervals::Repaired(const std::vector<bool>& pattern,
                                           const std::vector<Attacker>& against) {
  const std::vector<uint32_t> cheapest = StillShown(pattern);
  IntervalPattern repaired;
  const size_t all = cheapest.size();
  for (const size_t share : std::set<size_t>{0, all / 8, all / 4, all / 2, all - 1}) {
    std::vector<bool> hidden = pattern;
    for (size_t i = 0; i < share; ++i) hidden[cheapest[i]] = true;
    MovementPool pool(system_, against);
    for (const Movement& movement : movements_) pool.Add(hidden, movement);
    repaired = RepairIntervals(system_, std::move(hidden), against, &pool);
    const bool is_clean = repaired.left.empty() && repaired.hopeless.empty();
    if (is_clean && !StillShown(repaired.hidden).empty()) {
      movements_ = pool.movements();
      return repaired;
    }
  }
  return repaired;
}

// `against`: nobody but the public, or all attackers.
void StackedIntervals::WidenAgainst(const std::vector<Attacker>& against,
                                    std::vector<bool>* hidden) {
  while (true) {
    std::vector<bool> pattern = HiddenBy(*hidden);
    MovementPool pool(system_, against);
    for (const Movement& movement : movements_) pool.Add(pattern, movement);
    const std::vector<Violation> unmet = AuditIntervals(system_, pattern, against, &pool);
    movements_ = pool.movements();
    if (!unmet.empty() && LowerNeeds(HiddenAtMost(), unmet, &system_, &attackers_)) continue;
    IntervalPattern repaired;
    if (unmet.empty() || StillShown(pattern).empty()) {
      repaired.hidden = std::move(pattern);
    } else {
      repaired = Repaired(pattern, against);
    }
    for (const auto& [cell, of_cell] : candidates_of_) {
      for (const uint32_t c : of_cell) (*hidden)[c] = (*hidden)[c] || repaired.hidden[cell];
    }
    if (!repaired.left.empty() || !repaired.hopeless.empty()) {
      for (const uint32_t c : own_) (*hidden)[c] = true;
    }
    return;
  }
}

// First against the public: what it cannot be left nobody can. What a member knows of its own
// changes binds no one else, and would only be in the way.
void StackedIntervals::Widen(std::vector<bool>* hidden) {
  if (candidates_of_.empty() || HiddenBy(*hidden) == clean_) return;
  std::vector<Row> of_members = std::exchange(system_.equations, {});
  WidenAgainst({}, hidden);
  system_.equations = std::move(of_members);
  for (Movement& movement : movements_) MoveChanges(&movement);
  if (!attackers_.empty()) WidenAgainst(attackers_, hidden);
  clean_ = HiddenBy(*hidden);
}

// Changes move with the counts that they are of.
void StackedIntervals::MoveChanges(Movement* movement) const {
  std::map<uint32_t, int64_t> moved;
  for (const Step& step : *movement) moved[step.cell] = step.delta;
  for (const Row& row : system_.equations) {
    const auto delta_of = [&](const Term& t) {
      const auto at = moved.find(t.variable);
      return at == moved.end() ? 0 : t.coefficient * at->second;
    };
    moved[row[2].variable] = delta_of(row[0]) + delta_of(row[1]);
  }
  movement->clear();
  for (const auto& [cell, delta] : moved) {
    if (delta != 0) movement->push_back({cell, delta});
  }
}

}  // namespace renkei::policy::disclosure
