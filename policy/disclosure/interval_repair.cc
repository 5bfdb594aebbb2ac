#include "policy/disclosure/interval_repair.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "policy/disclosure/movement_parts.h"
#include "policy/disclosure/movement_program.h"

namespace renkei::policy::disclosure {
namespace {

constexpr int kMaxRounds = 8;
constexpr int64_t kFurtherTries = 4;
// Cells of another region are dearer: a cure should stay where the need is.
constexpr double kOtherRegion = 20;
// Not nothing: hidden cells far away should not move along.
constexpr double kHiddenCost = 1e-3;

enum class Numbers { kFractions, kWhole };

// The cheapest movements over hidden and hideable cells of a region, or of all.
class CureProgram {
 public:
  // nullopt: the whole system.
  CureProgram(const CellSystem& system, const std::vector<bool>& hidden,
              std::optional<uint32_t> region)
      : system_(system),
        limits_(system.cells.size()),
        position_of_(system.cells.size(), kNone),
        is_sum_(system.cells.size()) {
    for (const Sum& sum : system.sums) is_sum_[sum.cell] = true;
    for (uint32_t c = 0; c < system.cells.size(); ++c) {
      const IntervalCell& cell = system.cells[c];
      if (region && cell.region != *region) continue;
      if (!hidden[c] && !cell.may_hide) continue;
      if (hidden[c] && is_sum_[c]) continue;  // binds nothing
      position_of_[c] = static_cast<uint32_t>(cells_.size());
      cells_.push_back(c);
    }
    std::vector<ProgramRow> program_rows;
    const auto add = [&](const Row& equation) {
      Row row;
      for (const Term& t : equation) {
        const uint32_t position = position_of_[t.variable];
        if (position != kNone) row.push_back({position, t.coefficient});
      }
      if (row.empty()) return;
      program_rows.push_back(ProgramRowOf(equation));
      rows_.push_back(std::move(row));
    };
    for (const Row& equation : system.equations) add(equation);
    for (const Sum& sum : system.sums) {
      parts_of_.emplace(sum.cell, &sum.parts);
      if (hidden[sum.cell]) continue;
      Row row = sum.parts;
      row.push_back({sum.cell, -1});
      add(row);
    }
    program_ = std::make_unique<MovementProgram>(2 * cells_.size(), program_rows);
    for (const uint32_t c : cells_) {
      Reset(c);
      SetCost(c, hidden[c] ? kHiddenCost : system.cells[c].cost);
    }
  }

  // From now on against this attacker; nullptr: the public.
  void SetAttacker(const Attacker* attacker) {
    is_infeasible_ = false;  // nothing solved against him yet
    if (attacker == attacker_) return;
    for (const View& view : ViewsOf(attacker_)) limits_.Clear(view.cell);
    for (const View& view : ViewsOf(attacker)) limits_.Set(system_, view);
    for (const View& view : ViewsOf(attacker_)) Reset(view.cell);
    for (const View& view : ViewsOf(attacker)) Reset(view.cell);
    attacker_ = attacker;
  }

  // How far each cell moves, for the least cost, when `target` moves so far; false: there is no
  // such movement, or the solver gave none.
  bool Solve(uint32_t target, int64_t distance, const std::vector<bool>& hidden, Numbers numbers) {
    Price(system_.cells[target].region, hidden);
    MovementProgram::Outcome outcome;
    const bool whole = numbers == Numbers::kWhole;
    if (position_of_[target] != kNone) {
      Fix(target, distance);
      outcome = whole ? program_->SolveWhole() : program_->SolveDual();
    } else {
      const ProgramRow row = ProgramRowOf(*parts_of_.at(target));
      const double value = static_cast<double>(distance);
      outcome = whole ? program_->SolveWholeWith(row, value) : program_->SolveDualWith(row, value);
    }
    const bool solved = outcome == MovementProgram::Outcome::kOptimal;
    is_infeasible_ = outcome == MovementProgram::Outcome::kInfeasible;
    if (solved) {
      const double* y = program_->solution();
      moved_.resize(cells_.size());
      for (uint32_t i = 0; i < cells_.size(); ++i) moved_[i] = y[Up(i)] - y[Down(i)];
    }
    Reset(target);
    return solved;
  }

  // Was the last Solve refused because there is no movement, fractions included?
  bool is_infeasible() const { return is_infeasible_; }

  // Of the last solution: the movement that moves `target`, unless it is one of fractions. A sum
  // may be moved by several parts that no equation connects.
  std::optional<Movement> MovementOf(uint32_t target) const {
    std::vector<Movement> parts = IntegralParts(rows_, cells_, moved_);
    if (position_of_[target] == kNone) {
      if (parts.empty()) return std::nullopt;
      return Together(parts);
    }
    for (Movement& part : parts) {
      const bool moves_target = std::any_of(
          part.begin(), part.end(), [target](const Step& step) { return step.cell == target; });
      if (moves_target) return std::move(part);
    }
    return std::nullopt;
  }

  // Of the last solution: everything that moves.
  std::vector<uint32_t> Moving() const {
    std::vector<uint32_t> moving;
    for (uint32_t i = 0; i < cells_.size(); ++i) {
      if (std::abs(moved_[i]) > kSolverZero) moving.push_back(cells_[i]);
    }
    return moving;
  }

  bool IsSum(uint32_t cell) const { return is_sum_[cell]; }

  // How far `target`, which may be a sum, moves by a movement of cells that are none.
  int64_t MovedBy(const Movement& movement, uint32_t target) const {
    const auto sum = parts_of_.find(target);
    const Row itself = {{target, 1}};
    int64_t moved = 0;
    for (const Term& t : sum != parts_of_.end() ? *sum->second : itself) {
      const auto step =
          std::lower_bound(movement.begin(), movement.end(), t.variable,
                           [](const Step& s, uint32_t cell) { return s.cell < cell; });
      if (step != movement.end() && step->cell == t.variable) moved += t.coefficient * step->delta;
    }
    return moved;
  }

  void SetHidden(uint32_t cell) {
    if (position_of_[cell] != kNone) SetCost(cell, kHiddenCost);
  }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static uint32_t Up(uint32_t position) { return 2 * position; }
  static uint32_t Down(uint32_t position) { return 2 * position + 1; }

  // Cells of other regions than the target's are dearer.
  void Price(uint32_t region, const std::vector<bool>& hidden) {
    if (priced_for_ == region) return;
    priced_for_ = region;
    for (const uint32_t c : cells_) {
      const double factor = system_.cells[c].region == region ? 1 : kOtherRegion;
      if (!hidden[c]) SetCost(c, system_.cells[c].cost * factor);
    }
  }
  void SetCost(uint32_t cell, double cost) {
    program_->SetCost(Up(position_of_[cell]), cost);
    program_->SetCost(Down(position_of_[cell]), cost);
  }
  static std::span<const View> ViewsOf(const Attacker* attacker) {
    return attacker == nullptr ? std::span<const View>() : attacker->views;
  }
  ProgramRow ProgramRowOf(const Row& row) const {
    ProgramRow out;
    for (const Term& t : row) {
      const uint32_t position = position_of_[t.variable];
      if (position == kNone) continue;
      out.columns.insert(out.columns.end(), {Up(position), Down(position)});
      out.coefficients.push_back(t.coefficient);
      out.coefficients.push_back(-t.coefficient);
    }
    return out;
  }
  void Reset(uint32_t c) {
    const uint32_t position = position_of_[c];
    if (position == kNone) return;
    const IntervalCell& cell = system_.cells[c];
    const int64_t upper =
        std::min(cell.cap >= kNoCap ? kNoCap : cell.cap - cell.value, limits_.upper(c));
    const int64_t lower =
        std::max(cell.floor <= -kNoCap ? -kNoCap : cell.floor - cell.value, limits_.lower(c));
    program_->SetBounds(Up(position), 0, upper >= kNoCap ? kInfinity : static_cast<double>(upper));
    program_->SetBounds(Down(position), 0,
                        lower <= -kNoCap ? kInfinity : static_cast<double>(-lower));
  }
  void Fix(uint32_t c, int64_t distance) {
    const uint32_t position = position_of_[c];
    if (position == kNone) return;
    const double up = static_cast<double>(std::max<int64_t>(distance, 0));
    const double down = static_cast<double>(std::max<int64_t>(-distance, 0));
    program_->SetBounds(Up(position), up, up);
    program_->SetBounds(Down(position), down, down);
  }

  const CellSystem& system_;
  Limits limits_;
  const Attacker* attacker_ = nullptr;
  std::vector<uint32_t> position_of_;
  std::vector<bool> is_sum_;
  std::map<uint32_t, const Row*> parts_of_;  // of each sum
  std::vector<uint32_t> cells_;
  std::vector<Row> rows_;  // over positions
  std::optional<uint32_t> priced_for_;
  std::unique_ptr<MovementProgram> program_;
  std::vector<double> moved_;
  bool is_infeasible_ = false;
};

class Repair {
 public:
  Repair(const CellSystem& system, std::vector<bool> hidden, const std::vector<Attacker>& attackers,
         MovementPool* pool)
      : system_(system), attackers_(attackers), pool_(*pool), limits_(hidden.size()) {
    pattern_.hidden = std::move(hidden);
  }

  // First for the public alone, then for ever more attackers: what one lacks others lack too, and
  // each would need a program of his own to show it.
  IntervalPattern Run() {
    RepairAgainst({});
    for (size_t some = 1; some < 2 * attackers_.size(); some *= 2) {
      const auto end =
          attackers_.begin() + static_cast<std::ptrdiff_t>(std::min(some, attackers_.size()));
      RepairAgainst({attackers_.begin(), end});
    }
    return std::move(pattern_);
  }

 private:
  void RepairAgainst(const std::vector<Attacker>& attackers) {
    for (int round = 0;; ++round) {
      pattern_.left = AuditIntervals(system_, pattern_.hidden, attackers, &pool_);
      LeaveOutHopeless();
      if (pattern_.left.empty()) break;
      const size_t before = HiddenCells();
      bool cured = false;  // by a movement, perhaps one of hidden cells
      if (round < kMaxRounds) {
        for (const Violation& violation : pattern_.left) cured = Cure(violation) || cured;
        LeaveOutHopeless();
      }
      if (!cured && HiddenCells() == before) HideRegions();
      if (!cured && HiddenCells() == before) break;
      ++pattern_.rounds;
    }
  }

  void LeaveOutHopeless() {
    std::erase_if(pattern_.left, [this](const Violation& violation) {
      return std::find(pattern_.hopeless.begin(), pattern_.hopeless.end(), violation) !=
             pattern_.hopeless.end();
    });
  }

  // What no movement cured is cured by showing nothing of its region.
  void HideRegions() {
    std::set<uint32_t> regions;
    for (const Violation& violation : pattern_.left) {
      regions.insert(system_.cells[violation.need.cell].region);
    }
    for (uint32_t c = 0; c < system_.cells.size(); ++c) {
      if (system_.cells[c].may_hide && regions.contains(system_.cells[c].region)) Hide(c);
    }
  }

  size_t HiddenCells() const {
    return static_cast<size_t>(std::count(pattern_.hidden.begin(), pattern_.hidden.end(), true));
  }

  // Is it cured now? If not, cells may have been hidden that help.
  bool Cure(const Violation& violation) {
    const Attacker* attacker = violation.attacker == kPublic
                                   ? nullptr
                                   : &attackers_[static_cast<size_t>(violation.attacker)];
    if (attacker != nullptr) {
      for (const View& view : attacker->views) limits_.Set(system_, view);
    }
    CureAgainst(attacker, violation);
    const bool cured = pool_.Meets(violation.need, limits_);
    if (attacker != nullptr) {
      for (const View& view : attacker->views) limits_.Clear(view.cell);
    }
    return cured;
  }

  void CureAgainst(const Attacker* attacker, const Violation& violation) {
    const Need& need = violation.need;
    if (pool_.Meets(need, limits_)) return;  // by a cure since the audit
    if (has_regions_) {
      auto& local = regional_[system_.cells[need.cell].region];
      if (local == nullptr) {
        local = std::make_unique<CureProgram>(system_, pattern_.hidden,
                                              system_.cells[need.cell].region);
      }
      if (CureWith(local.get(), attacker, need)) {
        ++pattern_.cured_in_region;
        return;
      }
    }
    if (whole_ == nullptr) {
      whole_ = std::make_unique<CureProgram>(system_, pattern_.hidden, std::nullopt);
    }
    if (CureWith(whole_.get(), attacker, violation.need)) {
      ++pattern_.cured_in_whole;
    } else if (whole_->is_infeasible()) {
      pattern_.hopeless.push_back(violation);
    }
  }

  // A cure may move halves; one unit further they often vanish. If not, they are rounded. If that
  // fails too, what moves is hidden all the same: the next audit finds a movement among more cells.
  bool CureWith(CureProgram* program, const Attacker* attacker, const Need& need) {
    program->SetAttacker(attacker);
    std::vector<uint32_t> moving;
    for (const Numbers numbers : {Numbers::kFractions, Numbers::kWhole}) {
      for (int64_t further = 0; further < kFurtherTries; ++further) {
        const Need asked{need.cell, need.distance + (need.distance > 0 ? further : -further)};
        if (!limits_.Admit({asked.cell, asked.distance})) break;
        if (!program->Solve(asked.cell, asked.distance, pattern_.hidden, numbers)) break;
        if (moving.empty()) moving = program->Moving();
        if (HideWhatMoves(*program, need)) return true;
      }
      if (moving.empty()) return false;
    }
    for (const uint32_t c : moving) Hide(c);
    return true;
  }

  // False: the program's movement does not meet the need. What the pool keeps must be hidden: it
  // proves other needs too.
  bool HideWhatMoves(const CureProgram& program, const Need& need) {
    std::optional<Movement> movement = program.MovementOf(need.cell);
    if (!movement.has_value()) return false;
    std::vector<bool> hidden = pattern_.hidden;
    std::vector<uint32_t> cells;
    for (const Step& step : *movement) {
      hidden[step.cell] = true;
      cells.push_back(step.cell);
    }
    // The pool moves sums along by itself.
    std::erase_if(*movement, [&program](const Step& s) { return program.IsSum(s.cell); });
    const int64_t moved = program.MovedBy(*movement, need.cell);
    const bool is_admitted = std::all_of(movement->begin(), movement->end(),
                                         [&](const Step& step) { return limits_.Admit(step); });
    if (!is_admitted || (need.distance > 0 ? moved < need.distance : moved > need.distance) ||
        !pool_.Add(hidden, *std::move(movement))) {
      return false;
    }
    for (const uint32_t c : cells) Hide(c);
    return pool_.Meets(need, limits_);
  }

  void Hide(uint32_t cell) {
    if (pattern_.hidden[cell]) return;
    pattern_.hidden[cell] = true;
    if (whole_ != nullptr) whole_->SetHidden(cell);
    const auto other = regional_.find(system_.cells[cell].region);
    if (other != regional_.end()) other->second->SetHidden(cell);
  }

  const CellSystem& system_;
  const std::vector<Attacker>& attackers_;
  MovementPool& pool_;
  Limits limits_;
  const bool has_regions_ = std::any_of(
      system_.cells.begin(), system_.cells.end(),
      [this](const IntervalCell& cell) { return cell.region != system_.cells[0].region; });
  IntervalPattern pattern_;
  std::map<uint32_t, std::unique_ptr<CureProgram>> regional_;
  std::unique_ptr<CureProgram> whole_;
};

}  // namespace

IntervalPattern RepairIntervals(const CellSystem& system, std::vector<bool> hidden,
                                const std::vector<Attacker>& attackers, MovementPool* pool) {
  return Repair(system, std::move(hidden), attackers, pool).Run();
}

}  // namespace renkei::policy::disclosure
