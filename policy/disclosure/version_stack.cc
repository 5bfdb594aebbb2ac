#include "policy/disclosure/version_stack.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "policy/base/status.h"

namespace renkei::policy::disclosure {
namespace {

bool SaysTheSame(const IntervalCell& a, const IntervalCell& b) {
  return a.value == b.value && a.floor == b.floor && a.cap == b.cap && a.need_low == b.need_low &&
         a.need_high == b.need_high && a.is_protected == b.is_protected;
}

absl::Status Unfit(const char* what) { return absl::InvalidArgumentError(what); }

// What somebody may assume of a cell.
struct Range {
  int64_t floor = 0;
  int64_t cap = 0;
};

// Of a difference, whatever the equations: how far it must seem to reach, as a cell that few
// members made (R8), and no further than the two cells can.
Range NeedsOf(int64_t change, int64_t distance, const Range& older, const Range& newer) {
  return {std::max(change - distance, newer.floor - older.cap),
          std::min(change + distance, newer.cap - older.floor)};
}

// Views ascend by cell.
const View* FindView(std::span<const View> views, uint32_t cell) {
  const auto it = std::lower_bound(views.begin(), views.end(), cell,
                                   [](const View& view, uint32_t c) { return view.cell < c; });
  return it != views.end() && it->cell == cell ? &*it : nullptr;
}

Range RangeOf(const IntervalCell& cell, bool hidden) {
  if (!hidden && !cell.may_hide) return {cell.value, cell.value};
  return {cell.floor, cell.cap};
}

}  // namespace

absl::Status VersionStack::CheckFits(const Version& version) const {
  const size_t cells = version.system.cells.size();
  const bool is_first = versions() == 0;
  if (version.hidden.size() != cells || version.attackers.size() != version.attacker_ids.size() ||
      version.in_scope.size() != (is_first ? 0 : cells) ||
      (is_first && !version.corrections.empty())) {
    return Unfit("version stack: flags, ids or corrections do not fit the cells");
  }
  if (is_first) return absl::OkStatus();
  if (cells != cell_of_.back().size() || version.system.equations != equations_) {
    return Unfit("version stack: a version has other cells or equations");
  }
  for (uint32_t c = 0; c < cells; ++c) {
    if (!version.in_scope[c] &&
        !SaysTheSame(system_.cells[cell_of_.back()[c]], version.system.cells[c])) {
      return Unfit("version stack: a cell out of scope has changed");
    }
  }
  return absl::OkStatus();
}

absl::Status VersionStack::Add(const Version& version) {
  RENKEI_RETURN_IF_ERROR(CheckFits(version));
  if (versions() == 0) equations_ = version.system.equations;
  cells_before_ = system_.cells.size();
  newly_viewed_.clear();
  for (IntervalCell& cell : system_.cells) cell.may_hide = false;
  AddCells(version);
  AddEquations();
  corrections_.push_back(version.corrections);
  RENKEI_RETURN_IF_ERROR(AddAttackers(version));
  return AddChanges(version);
}

void VersionStack::AddCells(const Version& version) {
  std::vector<uint32_t> cell_of;
  for (uint32_t c = 0; c < version.system.cells.size(); ++c) {
    if (versions() > 0 && !version.in_scope[c]) {
      const uint32_t same = cell_of_.back()[c];
      hidden_[same] = hidden_[same] && version.hidden[c];
      cell_of.push_back(same);
      continue;
    }
    cell_of.push_back(static_cast<uint32_t>(system_.cells.size()));
    system_.cells.push_back(version.system.cells[c]);
    hidden_.push_back(version.hidden[c]);
  }
  cell_of_.push_back(std::move(cell_of));
}

void VersionStack::AddEquations() {
  equation_before_ = equation_of_;
  for (uint32_t e = 0; e < equations_.size(); ++e) {
    Row row = equations_[e];
    bool is_new = false;
    for (Term& t : row) {
      t.variable = cell_of_.back()[t.variable];
      is_new = is_new || t.variable >= cells_before_;
    }
    if (!is_new) continue;
    const uint32_t index = static_cast<uint32_t>(system_.equations.size());
    if (versions() == 1) {
      equation_of_.push_back(index);
    } else {
      equation_of_[e] = index;
    }
    system_.equations.push_back(std::move(row));
  }
}

absl::Status VersionStack::AddAttackers(const Version& version) {
  for (size_t a = 0; a < version.attackers.size(); ++a) {
    const auto [at, is_new] = attacker_of_.try_emplace(version.attacker_ids[a], attackers_.size());
    if (is_new) attackers_.emplace_back();
    Attacker& attacker = attackers_[at->second];
    const size_t known = attacker.views.size();
    for (View view : version.attackers[a].views) {
      view.cell = cell_of_.back()[view.cell];
      if (view.cell < cells_before_) {
        const View* before = FindView(std::span(attacker.views).first(known), view.cell);
        if (before != nullptr && !(*before == view)) {
          return Unfit("version stack: what somebody knows of a cell out of scope has changed");
        }
        if (before != nullptr) continue;
        newly_viewed_.push_back(view.cell);
      }
      attacker.views.push_back(view);
    }
    std::sort(attacker.views.begin(), attacker.views.end(),
              [](const View& x, const View& y) { return x.cell < y.cell; });
  }
  return absl::OkStatus();
}

absl::Status VersionStack::AddChanges(const Version& version) {
  const size_t newer = versions() - 1;
  for (const Correction& correction : version.corrections) {
    for (const Step& step : correction.steps) {
      if (step.cell >= version.in_scope.size() || !version.in_scope[step.cell]) {
        return Unfit("version stack: a correction of a cell out of scope");
      }
    }
  }
  const size_t changes_before = changes_.size();
  for (size_t older = 0; older < newer; ++older) {
    const std::vector<MemberStep> steps =
        NetSteps(std::span(corrections_).subspan(older + 1, newer - older));
    std::vector<int64_t> change_of(version.system.cells.size(), 0);
    for (const MemberStep& step : steps) change_of[step.cell] += step.delta;
    for (uint32_t c = 0; c < change_of.size(); ++c) {
      if (version.system.cells[c].value - system_.cells[CellOf(older, c)].value != change_of[c]) {
        return Unfit("version stack: the corrections do not sum to what changed");
      }
    }
    ForEachCell(steps, [&](uint32_t cell, std::span<const MemberStep> of_cell) {
      // A cell that the next version did not change is taken from there.
      if (CellOf(older, cell) == CellOf(older + 1, cell) || !IsUnsafeChange(of_cell, rule_)) return;
      AddChange(CellOf(older, cell), CellOf(newer, cell), of_cell);
    });
  }
  AddChangeViews(changes_before);
  return absl::OkStatus();
}

// The difference as a cell, and the equation that says so.
void VersionStack::AddChange(uint32_t older, uint32_t newer, std::span<const MemberStep> steps) {
  const uint32_t index = static_cast<uint32_t>(system_.cells.size());
  const IntervalCell& before = system_.cells[older];
  const IntervalCell& after = system_.cells[newer];
  IntervalCell change;
  change.value = after.value - before.value;
  change.floor = change.value - kNoCap;
  change.cap = change.value + kNoCap;
  const Range needs = NeedsOf(change.value, rule_.min_cell - 1, RangeOf(before, hidden_[older]),
                              RangeOf(after, hidden_[newer]));
  change.need_low = needs.floor;
  change.need_high = needs.cap;
  change.is_protected = true;
  change.may_hide = false;
  change.region = after.region;
  system_.cells.push_back(change);
  hidden_.push_back(true);
  system_.equations.push_back({{older, -1}, {newer, 1}, {index, -1}});
  Change& added = changes_.emplace_back(Change{older, newer, index, std::nullopt});
  if (steps.size() == 1) added.only_member = steps.front().member;
}

// Whoever knows more of the two cells, or that the change is his own, is asked less.
void VersionStack::AddChangeViews(size_t from) {
  std::vector<std::vector<size_t>> changes_of(system_.cells.size());
  std::map<size_t, std::set<size_t>> viewed_by;
  for (size_t i = from; i < changes_.size(); ++i) {
    changes_of[changes_[i].older].push_back(i);
    changes_of[changes_[i].newer].push_back(i);
    const std::optional<size_t> maker = MakerOf(changes_[i]);
    if (maker) viewed_by[*maker].insert(i);
  }
  for (size_t a = 0; a < attackers_.size(); ++a) {
    for (const View& view : attackers_[a].views) {
      for (const size_t i : changes_of[view.cell]) viewed_by[a].insert(i);
    }
  }
  for (const auto& [a, viewed] : viewed_by) {
    for (const size_t i : viewed) attackers_[a].views.push_back(ViewOf(a, changes_[i]));
  }
}

std::optional<size_t> VersionStack::MakerOf(const Change& change) const {
  if (!change.only_member) return std::nullopt;
  const auto member = attacker_of_.find(*change.only_member);
  if (member == attacker_of_.end()) return std::nullopt;
  return member->second;
}

View VersionStack::ViewOf(size_t attacker, const Change& change) const {
  const IntervalCell& cell = system_.cells[change.cell];
  if (MakerOf(change) == attacker) return KnownCell(change.cell, cell.value);
  const auto range_of = [&](uint32_t c) {
    const View* view = FindView(attackers_[attacker].views, c);
    return view == nullptr ? RangeOf(system_.cells[c], hidden_[c]) : Range{view->floor, view->cap};
  };
  const Range needs =
      NeedsOf(cell.value, rule_.min_cell - 1, range_of(change.older), range_of(change.newer));
  return {change.cell, cell.floor, cell.cap, needs.floor, needs.cap};
}

bool VersionStack::AskHalf(const Violation& unmet) {
  const Need& need = unmet.need;
  const bool is_change =
      std::any_of(changes_.begin(), changes_.end(),
                  [&need](const Change& change) { return change.cell == need.cell; });
  if (!is_change) return false;
  IntervalCell& cell = system_.cells[need.cell];
  const auto halve = [&](int64_t* need_low, int64_t* need_high) {
    (need.distance > 0 ? *need_high : *need_low) = cell.value + need.distance / 2;
    return *need_low != *need_high;
  };
  if (unmet.attacker == kPublic) return halve(&cell.need_low, &cell.need_high);
  std::vector<View>& views = attackers_[static_cast<size_t>(unmet.attacker)].views;
  auto view = std::lower_bound(views.begin(), views.end(), need.cell,
                               [](const View& v, uint32_t c) { return v.cell < c; });
  if (view == views.end() || view->cell != need.cell) {
    view = views.insert(view, {need.cell, cell.floor, cell.cap, cell.need_low, cell.need_high});
  }
  return halve(&view->need_low, &view->need_high);
}

std::vector<bool> VersionStack::HiddenIn(size_t version) const {
  std::vector<bool> hidden;
  for (const uint32_t c : cell_of_[version]) hidden.push_back(hidden_[c]);
  return hidden;
}

std::vector<uint32_t> VersionStack::Touched() const {
  std::vector<uint32_t> root(system_.cells.size());
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&root](uint32_t c) {
    while (root[c] != c) c = root[c] = root[root[c]];
    return c;
  };
  const auto hidden_of = [this](uint32_t equation) {
    Row open;
    for (const Term& t : system_.equations[equation]) {
      if (hidden_[t.variable]) open.push_back(t);
    }
    return open;
  };
  for (const Row& equation : system_.equations) {
    std::optional<uint32_t> first;
    for (const Term& t : equation) {
      if (!hidden_[t.variable]) continue;
      if (!first) first = t.variable;
      root[find(t.variable)] = find(*first);
    }
  }
  std::vector<bool> is_touched(system_.cells.size(), false);
  for (uint32_t c = static_cast<uint32_t>(cells_before_); c < root.size(); ++c) {
    if (hidden_[c]) is_touched[find(c)] = true;
  }
  for (const uint32_t c : newly_viewed_) is_touched[find(c)] = true;
  for (uint32_t e = 0; e < equation_of_.size(); ++e) {
    // Where the new equation says of hidden cells what the old one said, it says nothing.
    if (equation_before_.empty() || equation_of_[e] == equation_before_[e]) continue;
    const Row open = hidden_of(equation_of_[e]);
    if (!open.empty() && open != hidden_of(equation_before_[e])) {
      is_touched[find(open.front().variable)] = true;
    }
  }
  std::vector<uint32_t> touched;
  for (uint32_t c = 0; c < root.size(); ++c) {
    if (c >= cells_before_ || (hidden_[c] && is_touched[find(c)])) touched.push_back(c);
  }
  return touched;
}

}  // namespace renkei::policy::disclosure
