#include "policy/disclosure/cover_search.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "policy/disclosure/cover_program.h"
#include "policy/disclosure/interval_audit.h"
#include "policy/disclosure/movement_program.h"

namespace renkei::policy::disclosure {
namespace {

constexpr double kZero = 1e-9;
constexpr double kShort = 1e-3;
constexpr double kWhole = 1 - 1e-6;
// Stands for no bound; far above any movement that is needed.
constexpr double kFar = 1e4;
constexpr int kMaxRounds = 60;
// What the dearest cell weighs more than the cheapest, in cells.
constexpr double kCostShare = 1e-3;
// Programs times cells.
constexpr size_t kMostWork = 200'000;

class CoverSearch {
 public:
  CoverSearch(const CellSystem& system, const std::vector<bool>& hidden,
              const std::vector<Attacker>& attackers)
      : system_(system),
        attackers_(attackers),
        costs_(CostsOf(system)),
        limits_(system.cells.size()),
        reach_(system.cells.size(), ProgramRowsOf(system.equations)),
        program_(costs_),
        fewest_(std::count(hidden.begin(), hidden.end(), true)) {
    for (uint32_t c = 0; c < system.cells.size(); ++c) {
      const IntervalCell& cell = system.cells[c];
      if (cell.is_protected || !cell.may_hide) program_.Fix(c, hidden[c]);
    }
    AddNeeds(kPublic, {});
    for (uint32_t a = 0; a < attackers.size(); ++a) {
      AddNeeds(static_cast<int32_t>(a), attackers[a].views);
    }
  }

  std::vector<bool> Run() {
    AddLines();
    // Inequalities from cells hidden in part are cheap and bring the bound near; later ones come
    // from whole patterns only.
    for (int round = 0; round < kMaxRounds && work_ < kMostWork; ++round) {
      const std::vector<double> shares = program_.Solve();
      if (shares.empty() || !AddCuts(shares)) break;
    }
    work_ = 0;
    Branch();
    return std::move(best_);
  }

 private:
  // A cell alone in a line cannot move: to hide it would be for nothing.
  void AddLines() {
    for (const Row& equation : system_.equations) {
      for (const Term& alone : equation) {
        const IntervalCell& cell = system_.cells[alone.variable];
        if (cell.is_protected || !cell.may_hide) continue;
        Cover cover;
        for (const Term& t : equation) {
          cover.cells.push_back(t.variable);
          cover.coefficients.push_back(t.variable == alone.variable ? -1 : 1);
        }
        program_.Add(cover);
      }
    }
  }

  // Hides the cell that is hidden most, or else shows it, while fewer cells are possible and work
  // is left.
  void Branch() {
    std::vector<double> shares;
    std::optional<uint32_t> most;
    do {
      work_ += costs_.size();
      shares = program_.Solve();
      if (shares.empty() || AtLeast(shares) >= fewest_ || work_ > kMostWork) return;
      most = MostHidden(shares);
    } while (!most && AddCuts(shares));
    if (!most) {
      best_.clear();
      for (const double share : shares) best_.push_back(share > kWhole);
      fewest_ = std::count(best_.begin(), best_.end(), true);
      return;
    }
    for (const bool hide : {true, false}) {
      program_.Fix(*most, hide);
      Branch();
    }
    program_.Release(*most);
  }

  // How many cells every pattern hides, if these shares are the cheapest.
  int64_t AtLeast(const std::vector<double>& shares) const {
    double cost = 0;
    for (size_t c = 0; c < shares.size(); ++c) cost += costs_[c] * shares[c];
    return static_cast<int64_t>(std::ceil(cost / (1 + kCostShare) - kShort));
  }

  // Of the cells that are hidden in part.
  std::optional<uint32_t> MostHidden(const std::vector<double>& shares) const {
    std::optional<uint32_t> most;
    for (uint32_t c = 0; c < shares.size(); ++c) {
      if (shares[c] < kShort || shares[c] > kWhole) continue;
      if (!most || shares[c] > shares[*most] + kZero ||
          (shares[c] > shares[*most] - kZero && costs_[c] < costs_[*most])) {
        most = c;
      }
    }
    return most;
  }

  static std::vector<double> CostsOf(const CellSystem& system) {
    double dearest = 0;
    for (const IntervalCell& cell : system.cells) dearest = std::max(dearest, cell.cost);
    std::vector<double> costs;
    for (const IntervalCell& cell : system.cells) {
      costs.push_back(1 + kCostShare * cell.cost / dearest);
    }
    return costs;
  }

  void AddNeeds(int32_t attacker, std::span<const View> views) {
    if (attacker == kPublic) {
      for (uint32_t c = 0; c < system_.cells.size(); ++c) {
        const IntervalCell& cell = system_.cells[c];
        if (cell.is_protected) AddNeed(c, cell.need_low, cell.need_high, attacker);
      }
      return;
    }
    // What is asked of other cells is asked against him too, if he knows a cell here.
    auto next = views.begin();
    for (uint32_t c = 0; c < system_.cells.size(); ++c) {
      const IntervalCell& cell = system_.cells[c];
      const bool is_viewed = next != views.end() && next->cell == c;
      if (cell.is_protected) {
        AddNeed(c, is_viewed ? next->need_low : cell.need_low,
                is_viewed ? next->need_high : cell.need_high, attacker);
      }
      if (is_viewed) ++next;
    }
  }
  void AddNeed(uint32_t cell, int64_t low, int64_t high, int32_t attacker) {
    for (const int64_t end : {low, high}) {
      const int64_t distance = end - system_.cells[cell].value;
      if (distance != 0) needs_.push_back({{cell, distance}, attacker});
    }
  }

  // An inequality for each need that the shares do not meet; false: they meet all.
  bool AddCuts(const std::vector<double>& shares) {
    bool added = false;
    int32_t attacker = kPublic;
    for (const Violation& need : needs_) {
      if (need.attacker != attacker) SetAttacker(&attacker, need.attacker);
      const bool has_cut = AddCut(need.need, shares);
      added = added || has_cut;
    }
    SetAttacker(&attacker, kPublic);
    return added;
  }

  void SetAttacker(int32_t* now, int32_t next) {
    if (*now != kPublic) {
      for (const View& view : attackers_[static_cast<size_t>(*now)].views) limits_.Clear(view.cell);
    }
    if (next != kPublic) {
      for (const View& view : attackers_[static_cast<size_t>(next)].views) {
        limits_.Set(system_, view);
      }
    }
    *now = next;
  }

  double Up(uint32_t c) const {
    const IntervalCell& cell = system_.cells[c];
    const int64_t cap = cell.cap >= kNoCap ? kNoCap : cell.cap - cell.value;
    return std::min(kFar, static_cast<double>(std::min(cap, limits_.upper(c))));
  }
  double Down(uint32_t c) const {
    const IntervalCell& cell = system_.cells[c];
    return std::min(kFar,
                    static_cast<double>(std::min(cell.value - cell.floor, -limits_.lower(c))));
  }

  // Moves of more than the distance are seldom needed, and without them the inequality is sharper;
  // it holds all the same, because it is computed from the true bounds.
  bool AddCut(const Need& need, const std::vector<double>& shares) {
    const double distance = std::abs(static_cast<double>(need.distance));
    const bool up = need.distance > 0;
    for (const double most : {distance, kFar}) {
      for (uint32_t c = 0; c < shares.size(); ++c) {
        reach_.SetBounds(c, -std::min(Down(c), most) * shares[c],
                         std::min(Up(c), most) * shares[c]);
      }
      reach_.SetBounds(need.cell, up ? -kFar : -distance, up ? distance : kFar);
      reach_.SetCost(need.cell, up ? -1 : 1);
      work_ += shares.size();
      const bool solved = reach_.SolveDual() == MovementProgram::Outcome::kOptimal;
      reach_.SetCost(need.cell, 0);
      if (!solved) return false;
      if (std::abs(reach_.solution()[need.cell]) > distance - kShort) return false;
      const Cover cover = CoverOf(need, distance);
      double sum = 0;
      for (size_t i = 0; i < cover.cells.size(); ++i) {
        sum += cover.coefficients[i] * shares[cover.cells[i]];
      }
      if (sum < cover.at_least - kShort) {
        program_.Add(cover);
        return true;
      }
    }
    return false;
  }

  // Every movement y has y_need = sum of e_c y_c, whatever the duals; and more than the distance
  // does not count.
  Cover CoverOf(const Need& need, double distance) const {
    std::vector<double> e(system_.cells.size(), 0.0);
    e[need.cell] = need.distance > 0 ? 1 : -1;
    for (size_t r = 0; r < system_.equations.size(); ++r) {
      for (const Term& t : system_.equations[r]) {
        e[t.variable] += t.coefficient * reach_.duals()[r];
      }
    }
    Cover cover;
    cover.at_least = distance;
    for (uint32_t c = 0; c < e.size(); ++c) {
      const double most = e[c] > 0 ? e[c] * Up(c) : -e[c] * Down(c);
      if (most < kZero) continue;
      cover.cells.push_back(c);
      cover.coefficients.push_back(std::min(most, distance));
    }
    return cover;
  }

  const CellSystem& system_;
  const std::vector<Attacker>& attackers_;
  std::vector<double> costs_;
  Limits limits_;
  std::vector<Violation> needs_;
  MovementProgram reach_;
  CoverProgram program_;
  std::vector<bool> best_;
  int64_t fewest_;  // cells of the best pattern known
  size_t work_ = 0;
};

}  // namespace

std::vector<bool> SearchCover(const CellSystem& system, const std::vector<bool>& hidden,
                              const std::vector<Attacker>& attackers) {
  return CoverSearch(system, hidden, attackers).Run();
}

}  // namespace renkei::policy::disclosure
