#include "policy/disclosure/component_audit.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "policy/disclosure/echelon.h"
#include "policy/disclosure/movement_parts.h"

namespace renkei::policy::disclosure {
namespace {

// What a unit towards a need is worth against the cost 1 of moving another cell by one.
constexpr double kGain = -1000;
constexpr int64_t kFurtherTries = 4;
constexpr size_t kManyNeeds = 16;
constexpr size_t kFewNeeds = 4;

bool IsUp(const Need& need) { return need.distance > 0; }

double OrInfinity(int64_t distance) {
  return distance >= kNoCap ? kInfinity : static_cast<double>(distance);
}

// Columns of a cell in the near program.
uint32_t Up(uint32_t column) { return 2 * column; }
uint32_t Down(uint32_t column) { return 2 * column + 1; }

void Append(const Row& row, uint32_t columns_per_cell, ProgramRow* out) {
  for (const Term& t : row) {
    out->columns.push_back(columns_per_cell * t.variable);
    out->coefficients.push_back(t.coefficient);
    if (columns_per_cell == 1) continue;
    out->columns.push_back(columns_per_cell * t.variable + 1);
    out->coefficients.push_back(-t.coefficient);
  }
}

// Without rows that follow from others: of a table that is written with sums most do, and a program
// takes time by its rows.
std::vector<Row> IndependentRows(std::vector<Row> rows, size_t cells) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& l, const Row& r) { return l.size() < r.size(); });
  Echelon echelon(static_cast<uint32_t>(cells));
  std::erase_if(rows, [&echelon](const Row& row) { return !echelon.Add(row); });
  return rows;
}

}  // namespace

ComponentAudit::ComponentAudit(const CellSystem& system, const std::vector<bool>& hidden,
                               const HiddenComponent& component, MovementPool* pool)
    : system_(system),
      hidden_(hidden),
      cells_(component.cells),
      sums_(component.sums),
      all_rows_(component.rows),
      pool_(*pool),
      far_costs_(component.cells.size(), 0) {
  for (const uint32_t c : cells_) {
    if (system.cells[c].is_protected) asked_.push_back(c);
  }
  for (const Sum& sum : sums_) asked_.push_back(sum.cell);
  std::sort(asked_.begin(), asked_.end());
}

std::vector<Need> ComponentAudit::Unmet(const Limits& limits, std::span<const View> views,
                                        bool first_only) {
  AdmittedMovements admitted(pool_, limits);
  std::vector<Need> open = OpenNeeds(views, &admitted);
  if (open.empty()) return {};
  if (bounds_.empty()) bounds_now_ = bounds_ = PropagateBounds(system_, cells_, all_rows_);
  Narrow(views, limits);
  std::vector<Need> unmet;
  const auto is_over = [&] { return first_only && !unmet.empty(); };
  const auto fail = [&](const Need& need, bool failed) {
    if (failed) unmet.push_back(need);
    return failed;
  };
  std::erase_if(open, [&](const Need& need) { return fail(need, IsOutOfBounds(need)); });
  if (is_over()) return unmet;
  if (!open.empty()) BuildFar();
  MeetInGroups(
      &admitted, [this](std::span<const Need> needs, bool) { MoveFar(needs); }, &open);
  std::erase_if(open, [&](const Need& need) {
    return !is_over() && fail(need, !ReachesFar(need, &admitted));
  });
  if (is_over()) return unmet;
  std::erase_if(open, [&](const Need& need) { return admitted.Meet(need); });
  if (!open.empty()) BuildNear(open);
  MeetInGroups(
      &admitted, [this](std::span<const Need> needs, bool up) { MoveNear(needs, up); }, &open);
  for (const Need& need : open) {
    fail(need, !admitted.Meet(need) && !MeetAlone(need, &admitted));
    if (is_over()) return unmet;
  }
  // What was found for another may meet it.
  std::erase_if(unmet, [&](const Need& need) { return admitted.Meet(need); });
  Widen(views);
  return unmet;
}

// What is asked and not yet met.
std::vector<Need> ComponentAudit::OpenNeeds(std::span<const View> views,
                                            AdmittedMovements* admitted) const {
  std::vector<Need> open;
  auto next = views.begin();
  for (const uint32_t c : asked_) {
    const IntervalCell& cell = system_.cells[c];
    while (next != views.end() && next->cell < c) ++next;
    const bool is_viewed = next != views.end() && next->cell == c;
    for (const int64_t end : {is_viewed ? next->need_low : cell.need_low,
                              is_viewed ? next->need_high : cell.need_high}) {
      const Need need{c, end - cell.value};
      if (need.distance != 0 && !admitted->Meet(need)) open.push_back(need);
    }
  }
  return open;
}

const Sum* ComponentAudit::FindSum(uint32_t cell) const {
  const auto it = std::lower_bound(sums_.begin(), sums_.end(), cell,
                                   [](const Sum& sum, uint32_t c) { return sum.cell < c; });
  return it != sums_.end() && it->cell == cell ? &*it : nullptr;
}

uint32_t ComponentAudit::ColumnOf(uint32_t cell) const {
  return static_cast<uint32_t>(std::lower_bound(cells_.begin(), cells_.end(), cell) -
                               cells_.begin());
}

// Of sums the attacker knows what he knows of the parts.
void ComponentAudit::Narrow(std::span<const View> views, const Limits& limits) {
  for (const View& view : views) {
    if (FindSum(view.cell) != nullptr) continue;
    const uint32_t column = ColumnOf(view.cell);
    bounds_now_[column].lower = std::max(bounds_[column].lower, limits.lower(view.cell));
    bounds_now_[column].upper = std::min(bounds_[column].upper, limits.upper(view.cell));
    if (far_ != nullptr) ResetFar(column);
    if (near_ != nullptr) ResetNear(column);
  }
}

void ComponentAudit::Widen(std::span<const View> views) {
  for (const View& view : views) {
    if (FindSum(view.cell) != nullptr) continue;
    const uint32_t column = ColumnOf(view.cell);
    bounds_now_[column] = bounds_[column];
    if (far_ != nullptr) ResetFar(column);
    if (near_ != nullptr) ResetNear(column);
  }
}

// What the bounds alone rule out.
bool ComponentAudit::IsOutOfBounds(const Need& need) const {
  int64_t most = 0;
  const auto add = [&](const MovementBounds& b, int32_t coefficient) {
    const int64_t end = (coefficient > 0) == IsUp(need) ? b.upper : b.lower;
    most += coefficient * end;  // unknown ends are 2^40: some thousands of them fit
  };
  if (const Sum* sum = FindSum(need.cell)) {
    for (const Term& t : sum->parts) add(bounds_now_[t.variable], t.coefficient);
  } else {
    add(bounds_now_[ColumnOf(need.cell)], 1);
  }
  return IsUp(need) ? most < need.distance : most > need.distance;
}

void ComponentAudit::BuildFar() {
  if (far_ != nullptr) return;
  rows_ = system_.sums.empty() ? all_rows_ : IndependentRows(all_rows_, cells_.size());
  std::vector<ProgramRow> rows;
  for (const Row& row : rows_) Append(row, 1, &rows.emplace_back());
  far_ = std::make_unique<MovementProgram>(cells_.size(), rows);
  for (uint32_t column = 0; column < cells_.size(); ++column) ResetFar(column);
}

void ComponentAudit::ResetFar(uint32_t column) {
  far_->SetBounds(column, -OrInfinity(-bounds_now_[column].lower),
                  OrInfinity(bounds_now_[column].upper));
}

void ComponentAudit::PullFar(const Need& need, double direction) {
  const auto pull = [&](uint32_t column, double cost) {
    far_costs_[column] += cost;
    far_->SetCost(column, far_costs_[column]);
  };
  if (const Sum* sum = FindSum(need.cell)) {
    for (const Term& t : sum->parts) pull(t.variable, direction * t.coefficient);
  } else {
    pull(ColumnOf(need.cell), direction);
  }
}

// Towards the need; a cell no further than that, so that it leaves room for others.
void ComponentAudit::AimFar(const Need& need) {
  PullFar(need, IsUp(need) ? -1 : 1);
  if (FindSum(need.cell) != nullptr) return;
  const MovementBounds& b = bounds_now_[ColumnOf(need.cell)];
  const double distance = static_cast<double>(need.distance);
  far_->SetBounds(ColumnOf(need.cell), IsUp(need) ? -OrInfinity(-b.lower) : distance,
                  IsUp(need) ? distance : OrInfinity(b.upper));
}

void ComponentAudit::UnaimFar(const Need& need) {
  PullFar(need, IsUp(need) ? 1 : -1);
  if (FindSum(need.cell) == nullptr) ResetFar(ColumnOf(need.cell));
}

void ComponentAudit::AddFar() {
  const double* y = far_->solution();
  AddParts({y, y + cells_.size()});
}

// Moves several of the open cells as far as they need in one program: all, then ever fewer, each
// while that helps.
template <typename MoveTowards>
void ComponentAudit::MeetInGroups(AdmittedMovements* admitted, MoveTowards move_towards,
                                  std::vector<Need>* open) {
  for (const bool up : {true, false}) {
    const auto middle = std::stable_partition(open->begin(), open->end(),
                                              [up](const Need& need) { return IsUp(need) != up; });
    std::vector<Need> wanted(middle, open->end());
    open->erase(middle, open->end());
    for (const size_t group : {wanted.size(), kManyNeeds, kFewNeeds}) {
      for (size_t from = 0; from < wanted.size();) {
        const size_t some = std::min(group, wanted.size() - from);
        const size_t before = wanted.size();
        move_towards(std::span<const Need>(wanted).subspan(from, some), up);
        std::erase_if(wanted, [&](const Need& need) { return admitted->Meet(need); });
        if (wanted.size() == before) from += some;
      }
    }
    open->insert(open->end(), wanted.begin(), wanted.end());
  }
}

void ComponentAudit::MoveFar(std::span<const Need> needs) {
  for (const Need& need : needs) AimFar(need);
  if (far_->SolvePrimal() == MovementProgram::Outcome::kOptimal) AddFar();
  for (const Need& need : needs) UnaimFar(need);
}

// Is there a movement at all, in fractions if need be?
bool ComponentAudit::ReachesFar(const Need& need, AdmittedMovements* admitted) {
  if (admitted->Meet(need)) return true;
  AimFar(need);
  const MovementProgram::Outcome outcome = far_->SolvePrimal();
  double reached = 0;
  if (outcome == MovementProgram::Outcome::kOptimal) {
    const double* y = far_->solution();
    if (const Sum* sum = FindSum(need.cell)) {
      for (const Term& t : sum->parts) reached += t.coefficient * y[t.variable];
    } else {
      reached = y[ColumnOf(need.cell)];
    }
    AddFar();
  }
  UnaimFar(need);
  return outcome == MovementProgram::Outcome::kUnbounded ||
         std::abs(reached) > std::abs(static_cast<double>(need.distance)) - 0.5;
}

void ComponentAudit::BuildNear(const std::vector<Need>& open) {
  std::vector<uint32_t> wanted;
  for (const Need& need : open) {
    if (FindSum(need.cell) != nullptr) wanted.push_back(need.cell);
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  if (near_ != nullptr &&
      std::includes(near_sums_.begin(), near_sums_.end(), wanted.begin(), wanted.end())) {
    return;
  }
  near_sums_ = std::move(wanted);
  const auto cells = static_cast<uint32_t>(cells_.size());
  std::vector<ProgramRow> rows;
  for (const Row& row : rows_) Append(row, 2, &rows.emplace_back());
  for (uint32_t i = 0; i < near_sums_.size(); ++i) {
    ProgramRow& row = rows.emplace_back();
    Append(FindSum(near_sums_[i])->parts, 2, &row);
    Append({{cells + i, -1}}, 2, &row);
  }
  near_ = std::make_unique<MovementProgram>(2 * (cells_.size() + near_sums_.size()), rows);
  for (uint32_t column = 0; column < cells; ++column) {
    ResetNear(column);
    near_->SetCost(Up(column), 1);
    near_->SetCost(Down(column), 1);
  }
  for (const uint32_t cell : near_sums_) FreeNear(cell);
}

void ComponentAudit::ResetNear(uint32_t column) {
  near_->SetBounds(Up(column), 0, OrInfinity(bounds_now_[column].upper));
  near_->SetBounds(Down(column), 0, OrInfinity(-bounds_now_[column].lower));
}

uint32_t ComponentAudit::NearColumnOf(uint32_t cell) const {
  if (FindSum(cell) == nullptr) return ColumnOf(cell);
  const auto at = std::lower_bound(near_sums_.begin(), near_sums_.end(), cell);
  return static_cast<uint32_t>(cells_.size() + static_cast<size_t>(at - near_sums_.begin()));
}

void ComponentAudit::FixNear(uint32_t cell, int64_t distance) {
  const uint32_t column = NearColumnOf(cell);
  const double up = static_cast<double>(std::max<int64_t>(distance, 0));
  const double down = static_cast<double>(std::max<int64_t>(-distance, 0));
  near_->SetBounds(Up(column), up, up);
  near_->SetBounds(Down(column), down, down);
}

void ComponentAudit::FreeNear(uint32_t cell) {
  const uint32_t column = NearColumnOf(cell);
  if (column < cells_.size()) return ResetNear(column);
  near_->SetBounds(Up(column), 0, kInfinity);
  near_->SetBounds(Down(column), 0, kInfinity);
}

void ComponentAudit::AddNear() {
  const double* y = near_->solution();
  std::vector<double> moved(cells_.size());
  for (uint32_t column = 0; column < cells_.size(); ++column) {
    moved[column] = y[Up(column)] - y[Down(column)];
  }
  AddParts(moved);
}

void ComponentAudit::MoveNear(std::span<const Need> needs, bool up) {
  for (const Need& need : needs) {
    const uint32_t column = NearColumnOf(need.cell);
    const double distance = std::abs(static_cast<double>(need.distance));
    near_->SetBounds(up ? Up(column) : Down(column), 0, distance);
    near_->SetCost(up ? Up(column) : Down(column), kGain);
    // A sum has no bounds of its own: both its columns could grow for gain.
    if (column >= cells_.size()) near_->SetBounds(up ? Down(column) : Up(column), 0, 0);
  }
  if (near_->SolvePrimal() == MovementProgram::Outcome::kOptimal) AddNear();
  for (const Need& need : needs) {
    const uint32_t column = NearColumnOf(need.cell);
    FreeNear(need.cell);
    near_->SetCost(up ? Up(column) : Down(column), column < cells_.size() ? 1 : 0);
  }
}

// The nearest vertex may have halves; one unit further they often vanish. If not, they are rounded.
bool ComponentAudit::MeetAlone(const Need& need, AdmittedMovements* admitted) {
  for (int64_t further = 0; further < kFurtherTries; ++further) {
    FixNear(need.cell, need.distance + (IsUp(need) ? further : -further));
    if (near_->SolveDual() != MovementProgram::Outcome::kOptimal) {
      if (further > 0) break;
      FreeNear(need.cell);
      return false;
    }
    AddNear();
    if (admitted->Meet(need)) break;
  }
  if (!admitted->Meet(need)) {
    FixNear(need.cell, need.distance);
    if (near_->SolveWhole() == MovementProgram::Outcome::kOptimal) AddNear();
  }
  FreeNear(need.cell);
  return admitted->Meet(need);
}

void ComponentAudit::AddParts(const std::vector<double>& moved) {
  std::vector<Movement> parts = IntegralParts(rows_, cells_, moved);
  // A sum may need several parts that no equation connects.
  if (!sums_.empty() && parts.size() > 1) pool_.Add(hidden_, Together(parts));
  for (Movement& part : parts) pool_.Add(hidden_, std::move(part));
}

}  // namespace renkei::policy::disclosure
