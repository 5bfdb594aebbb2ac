#include "policy/disclosure/interval_audit.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "policy/disclosure/movement_bounds.h"
#include "policy/disclosure/movement_parts.h"
#include "policy/disclosure/movement_program.h"

namespace renkei::policy::disclosure {
namespace {

// What a unit towards a need is worth against the cost 1 of moving another cell by one.
constexpr double kGain = -1000;
constexpr int64_t kFurtherTries = 4;
constexpr uint32_t kPrices = 4;

bool IsUp(const Need& need) { return need.distance > 0; }

double OrInfinity(int64_t distance) {
  return distance >= kNoCap ? kInfinity : static_cast<double>(distance);
}

// One component of the hidden cells, with its linear programs.
class ComponentAudit {
 public:
  // `equations` hold the component's cells only.
  ComponentAudit(const CellSystem& system, const std::vector<bool>& hidden,
                 const HiddenComponent& cells, const std::vector<Row>& equations,
                 MovementPool* pool)
      : system_(system), hidden_(hidden), cells_(cells), pool_(*pool) {
    for (const Row& equation : equations) {
      Row row = equation;
      for (Term& t : row) t.variable = ColumnOf(t.variable);
      rows_.push_back(std::move(row));
    }
  }

  // Needs that an attacker leaves unmet. `views` are his of the component; `limits` say the same.
  // With `first_only` it may end at the first, and the object is of no use afterwards.
  void Audit(const Limits& limits, const std::vector<View>& views, int32_t attacker,
             bool first_only, std::vector<Violation>* out) {
    const auto is_over = [&] { return first_only && !out->empty(); };
    std::vector<Need> open = OpenNeeds(limits, views);
    if (open.empty()) return;
    if (bounds_.empty()) bounds_now_ = bounds_ = PropagateBounds(system_, cells_, rows_);
    for (const View& view : views) Narrow(ColumnOf(view.cell), limits);
    const auto fail = [&](const Need& need, bool failed) {
      if (failed) out->push_back({need, attacker});
      return failed;
    };
    std::erase_if(open, [&](const Need& need) { return fail(need, IsOutOfBounds(need)); });
    if (is_over()) return;
    BuildFar();
    for (const bool up : {true, false}) MeetFar(up, limits, &open);
    std::erase_if(open, [&](const Need& need) {
      return !is_over() && fail(need, !ReachesFar(need, limits));
    });
    if (is_over()) return;
    std::erase_if(open, [&](const Need& need) { return pool_.Meets(need, limits); });
    if (!open.empty()) BuildNear();
    for (const bool up : {true, false}) MeetNear(up, limits, &open);
    for (const Need& need : open) {
      fail(need, !MeetAlone(need, limits));
      if (is_over()) return;
    }
    for (const View& view : views) Widen(ColumnOf(view.cell));
  }

 private:
  // What is asked and not yet met.
  std::vector<Need> OpenNeeds(const Limits& limits, const std::vector<View>& views) const {
    std::vector<Need> open;
    auto next = views.begin();
    for (const uint32_t c : cells_) {
      const IntervalCell& cell = system_.cells[c];
      while (next != views.end() && next->cell < c) ++next;
      if (!cell.is_protected) continue;
      const bool is_viewed = next != views.end() && next->cell == c;
      for (const int64_t end : {is_viewed ? next->need_low : cell.need_low,
                                is_viewed ? next->need_high : cell.need_high}) {
        const Need need{c, end - cell.value};
        if (need.distance != 0 && !pool_.Meets(need, limits)) open.push_back(need);
      }
    }
    return open;
  }

  uint32_t ColumnOf(uint32_t cell) const {
    return static_cast<uint32_t>(std::lower_bound(cells_.begin(), cells_.end(), cell) -
                                 cells_.begin());
  }

  // The equations of the movements, `columns_per_cell` columns each: one that moves both ways, or
  // one upwards and one downwards.
  std::unique_ptr<MovementProgram> Build(uint32_t columns_per_cell) const {
    std::vector<ProgramRow> rows;
    for (const Row& equation : rows_) {
      ProgramRow row;
      for (const Term& t : equation) {
        row.columns.push_back(columns_per_cell * t.variable);
        row.coefficients.push_back(t.coefficient);
        if (columns_per_cell == 1) continue;
        row.columns.push_back(columns_per_cell * t.variable + 1);
        row.coefficients.push_back(-t.coefficient);
      }
      rows.push_back(std::move(row));
    }
    return std::make_unique<MovementProgram>(columns_per_cell * cells_.size(), rows);
  }

  // Bounds of a column: what propagation found, and the attacker's limits.
  void Narrow(uint32_t column, const Limits& limits) {
    bounds_now_[column].lower = std::max(bounds_[column].lower, limits.lower(cells_[column]));
    bounds_now_[column].upper = std::min(bounds_[column].upper, limits.upper(cells_[column]));
    Reset(column);
  }
  void Widen(uint32_t column) {
    bounds_now_[column] = bounds_[column];
    Reset(column);
  }
  void Reset(uint32_t column) {
    if (far_ != nullptr) ResetFar(column);
    if (near_ != nullptr) ResetNear(column);
  }

  // What the bounds alone rule out.
  bool IsOutOfBounds(const Need& need) const {
    const MovementBounds& b = bounds_now_[ColumnOf(need.cell)];
    return need.distance > 0 ? b.upper < need.distance : b.lower > need.distance;
  }

  // The far program: whatever moves costs nothing, so its vertices lie at the ends of many cells
  // and few programs serve all.
  void BuildFar() {
    if (far_ != nullptr) return;
    far_ = Build(1);
    for (uint32_t column = 0; column < cells_.size(); ++column) ResetFar(column);
  }
  void ResetFar(uint32_t column) {
    far_->SetBounds(column, -OrInfinity(-bounds_now_[column].lower),
                    OrInfinity(bounds_now_[column].upper));
  }
  // Towards the need, and no further.
  void AimFar(const Need& need) {
    const MovementBounds& b = bounds_now_[ColumnOf(need.cell)];
    const double distance = static_cast<double>(need.distance);
    const bool up = IsUp(need);
    far_->SetBounds(ColumnOf(need.cell), up ? -OrInfinity(-b.lower) : distance,
                    up ? distance : OrInfinity(b.upper));
    far_->SetCost(ColumnOf(need.cell), up ? -1 : 1);
  }
  void UnaimFar(const Need& need) {
    ResetFar(ColumnOf(need.cell));
    far_->SetCost(ColumnOf(need.cell), 0);
  }
  void AddFar() {
    const double* y = far_->solution();
    AddParts({y, y + cells_.size()});
  }

  // Moves as many of the open cells as far as they need in one program, while that helps.
  void MeetFar(bool up, const Limits& limits, std::vector<Need>* open) {
    for (size_t before = 0; before != open->size();) {
      before = open->size();
      for (const Need& need : *open) {
        if (IsUp(need) == up) AimFar(need);
      }
      if (far_->SolvePrimal() == MovementProgram::Outcome::kOptimal) AddFar();
      for (const Need& need : *open) {
        if (IsUp(need) == up) UnaimFar(need);
      }
      std::erase_if(*open, [&](const Need& need) { return pool_.Meets(need, limits); });
    }
  }

  // Is there a movement at all, in fractions if need be?
  bool ReachesFar(const Need& need, const Limits& limits) {
    if (pool_.Meets(need, limits)) return true;
    AimFar(need);
    const bool solved = far_->SolvePrimal() == MovementProgram::Outcome::kOptimal;
    const double reached = solved ? far_->solution()[ColumnOf(need.cell)] : 0;
    if (solved) AddFar();
    UnaimFar(need);
    return std::abs(reached) > std::abs(static_cast<double>(need.distance)) - 0.5;
  }

  // The near program: two columns per cell, upwards and downwards, so that moving costs something.
  // Its vertices move few cells, which makes them integral and of use against most attackers.
  static uint32_t Up(uint32_t column) { return 2 * column; }
  static uint32_t Down(uint32_t column) { return 2 * column + 1; }

  void BuildNear() {
    if (near_ != nullptr) return;
    near_ = Build(2);
    for (uint32_t column = 0; column < cells_.size(); ++column) {
      ResetNear(column);
      near_->SetCost(Up(column), 1);
      near_->SetCost(Down(column), 1);
    }
  }
  void ResetNear(uint32_t column) {
    near_->SetBounds(Up(column), 0, OrInfinity(bounds_now_[column].upper));
    near_->SetBounds(Down(column), 0, OrInfinity(-bounds_now_[column].lower));
  }
  void FixNear(uint32_t column, int64_t distance) {
    const double up = static_cast<double>(std::max<int64_t>(distance, 0));
    const double down = static_cast<double>(std::max<int64_t>(-distance, 0));
    near_->SetBounds(Up(column), up, up);
    near_->SetBounds(Down(column), down, down);
  }
  void AddNear() {
    const double* y = near_->solution();
    std::vector<double> moved(cells_.size());
    for (uint32_t column = 0; column < cells_.size(); ++column) {
      moved[column] = y[Up(column)] - y[Down(column)];
    }
    AddParts(moved);
  }

  void MeetNear(bool up, const Limits& limits, std::vector<Need>* open) {
    for (size_t before = 0; before != open->size();) {
      before = open->size();
      for (const Need& need : *open) {
        if (IsUp(need) != up) continue;
        const uint32_t column = ColumnOf(need.cell);
        const double distance = std::abs(static_cast<double>(need.distance));
        near_->SetBounds(up ? Up(column) : Down(column), 0, distance);
        near_->SetCost(up ? Up(column) : Down(column), kGain);
      }
      if (near_->SolvePrimal() == MovementProgram::Outcome::kOptimal) AddNear();
      for (const Need& need : *open) {
        if (IsUp(need) != up) continue;
        const uint32_t column = ColumnOf(need.cell);
        ResetNear(column);
        near_->SetCost(up ? Up(column) : Down(column), 1);
      }
      std::erase_if(*open, [&](const Need& need) { return pool_.Meets(need, limits); });
    }
  }

  // The nearest vertex may have halves; one unit further, or at other costs, they often vanish.
  bool MeetAlone(const Need& need, const Limits& limits) {
    const uint32_t column = ColumnOf(need.cell);
    bool is_possible = true;
    for (uint32_t prices = 0; prices < kPrices && is_possible; ++prices) {
      if (prices > 0) Price(prices);
      for (int64_t further = 0; further < kFurtherTries; ++further) {
        if (pool_.Meets(need, limits)) break;
        FixNear(column, need.distance + (IsUp(need) ? further : -further));
        const bool solved = near_->SolveDual() == MovementProgram::Outcome::kOptimal;
        if (!solved && further == 0) is_possible = false;
        if (!solved) break;
        AddNear();
      }
      if (prices > 0) Price(0);
      if (pool_.Meets(need, limits)) break;
    }
    ResetNear(column);
    return pool_.Meets(need, limits);
  }

  // Costs of moving: all alike, or one of a few fixed disorders.
  void Price(uint32_t prices) {
    for (uint32_t column = 0; column < cells_.size(); ++column) {
      const double cost = prices == 0 ? 1 : 1 + (column * 2654435761u >> (3 * prices) & 7u);
      near_->SetCost(Up(column), cost);
      near_->SetCost(Down(column), cost);
    }
  }

  void AddParts(const std::vector<double>& moved) {
    for (Movement& part : IntegralParts(rows_, cells_, moved)) {
      pool_.Add(hidden_, std::move(part));
    }
  }

  const CellSystem& system_;
  const std::vector<bool>& hidden_;
  const HiddenComponent& cells_;
  std::vector<Row> rows_;  // over columns
  MovementPool& pool_;

  std::vector<MovementBounds> bounds_;      // against the public
  std::vector<MovementBounds> bounds_now_;  // against the attacker of the moment
  std::unique_ptr<MovementProgram> far_;
  std::unique_ptr<MovementProgram> near_;
};

}  // namespace

std::vector<HiddenComponent> ComponentsOf(const CellSystem& system,
                                          const std::vector<bool>& hidden) {
  std::vector<uint32_t> root(system.cells.size());
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&root](uint32_t c) {
    while (root[c] != c) c = root[c] = root[root[c]];
    return c;
  };
  for (const Row& equation : system.equations) {
    int64_t first = -1;
    for (const Term& t : equation) {
      if (!hidden[t.variable]) continue;
      const uint32_t r = find(t.variable);
      if (first < 0) {
        first = r;
        continue;
      }
      const uint32_t f = find(static_cast<uint32_t>(first));
      root[std::max(f, r)] = std::min(f, r);
    }
  }
  std::vector<HiddenComponent> components;
  std::vector<int64_t> component_of(system.cells.size(), -1);
  for (uint32_t c = 0; c < system.cells.size(); ++c) {
    if (!hidden[c]) continue;
    const uint32_t r = find(c);
    if (component_of[r] < 0) {
      component_of[r] = static_cast<int64_t>(components.size());
      components.emplace_back();
    }
    components[static_cast<size_t>(component_of[r])].push_back(c);
  }
  return components;
}

namespace {

std::vector<Violation> Audit(const CellSystem& system, const std::vector<bool>& hidden,
                             const std::vector<Attacker>& attackers, bool first_only,
                             MovementPool* pool) {
  const std::vector<HiddenComponent> components = ComponentsOf(system, hidden);
  std::vector<uint32_t> component_of(system.cells.size(), 0);
  for (uint32_t k = 0; k < components.size(); ++k) {
    for (const uint32_t c : components[k]) component_of[c] = k;
  }
  std::vector<std::vector<Row>> equations(components.size());
  for (const Row& equation : system.equations) {
    Row open;
    for (const Term& t : equation) {
      if (hidden[t.variable]) open.push_back(t);
    }
    if (!open.empty()) equations[component_of[open.front().variable]].push_back(std::move(open));
  }
  // An attacker's views by component; one who has none there is the public.
  struct Local {
    int32_t attacker;
    std::vector<View> views;
  };
  std::vector<std::vector<Local>> locals(components.size());
  for (size_t a = 0; a < attackers.size(); ++a) {
    for (const View& view : attackers[a].views) {
      if (!hidden[view.cell]) continue;
      std::vector<Local>& list = locals[component_of[view.cell]];
      if (list.empty() || list.back().attacker != static_cast<int32_t>(a)) {
        list.push_back({static_cast<int32_t>(a), {}});
      }
      list.back().views.push_back(view);
    }
  }
  std::vector<Violation> violations;
  Limits limits(system.cells.size());
  for (size_t k = 0; k < components.size(); ++k) {
    ComponentAudit audit(system, hidden, components[k], equations[k], pool);
    audit.Audit(limits, {}, kPublic, first_only, &violations);
    if (first_only && !violations.empty()) return violations;
    for (const Local& local : locals[k]) {
      for (const View& view : local.views) limits.Set(system, view);
      audit.Audit(limits, local.views, local.attacker, first_only, &violations);
      if (first_only && !violations.empty()) return violations;
      for (const View& view : local.views) limits.Clear(view.cell);
    }
  }
  return violations;
}

}  // namespace

std::vector<Violation> AuditIntervals(const CellSystem& system, const std::vector<bool>& hidden,
                                      const std::vector<Attacker>& attackers, MovementPool* pool) {
  return Audit(system, hidden, attackers, /*first_only=*/false, pool);
}

bool IntervalsHold(const CellSystem& system, const std::vector<bool>& hidden,
                   const std::vector<Attacker>& attackers, MovementPool* pool) {
  return Audit(system, hidden, attackers, /*first_only=*/true, pool).empty();
}

}  // namespace renkei::policy::disclosure
