#include "tests/support/optimal_pattern.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "Cbc_C_Interface.h"
#include "ClpSimplex.hpp"
#include "CoinPackedMatrix.hpp"

namespace renkei::tests {
namespace {

using policy::disclosure::CellSystem;
using policy::disclosure::IntervalCell;
using policy::disclosure::kNoCap;
using policy::disclosure::Row;
using policy::disclosure::Term;

constexpr double kFar = 1e4;  // stands for no bound: far above any movement that is needed
constexpr double kZero = 1e-9;
constexpr double kViolated = 1e-4;

// Sum of coefficient x (is the cell hidden?) >= at_least.
struct Cut {
  std::vector<int> cells;
  std::vector<double> coefficients;
  double at_least = 0;
};

// How far one cell can move when cells are hidden in part.
class Reach {
 public:
  explicit Reach(const CellSystem& system) : system_(system) {
    std::vector<int> row_index;
    std::vector<int> column_index;
    std::vector<double> element;
    for (size_t r = 0; r < system.equations.size(); ++r) {
      for (const Term& t : system.equations[r]) {
        row_index.push_back(static_cast<int>(r));
        column_index.push_back(static_cast<int>(t.variable));
        element.push_back(t.coefficient);
      }
    }
    CoinPackedMatrix matrix(/*colordered=*/true, row_index.data(), column_index.data(),
                            element.data(), static_cast<CoinBigIndex>(element.size()));
    const size_t columns = system.cells.size();
    matrix.setDimensions(static_cast<int>(system.equations.size()), static_cast<int>(columns));
    const std::vector<double> zero_columns(columns, 0.0);
    const std::vector<double> zero_rows(system.equations.size(), 0.0);
    model_.setLogLevel(0);
    model_.loadProblem(matrix, zero_columns.data(), zero_columns.data(), zero_columns.data(),
                       zero_rows.data(), zero_rows.data());
  }

  double Up(size_t c) const {
    const IntervalCell& cell = system_.cells[c];
    return cell.cap >= kNoCap ? kFar : std::min(kFar, static_cast<double>(cell.cap - cell.value));
  }
  double Down(size_t c) const {
    const IntervalCell& cell = system_.cells[c];
    return std::min(kFar, static_cast<double>(cell.value - cell.floor));
  }

  // Nothing when the need is met with movements of at most `most` per cell; else an inequality that
  // every pattern which meets it satisfies, whatever `most` was.
  bool Separate(const std::vector<double>& share, size_t target, int64_t need, double most,
                Cut* cut) {
    const double distance = std::abs(static_cast<double>(need));
    const bool up = need > 0;
    for (size_t c = 0; c < share.size(); ++c) {
      model_.setColumnBounds(static_cast<int>(c), -std::min(Down(c), most) * share[c],
                             std::min(Up(c), most) * share[c]);
    }
    const int t = static_cast<int>(target);
    model_.setColumnBounds(t, up ? -kFar : -distance, up ? distance : kFar);
    model_.setObjectiveCoefficient(t, up ? -1 : 1);
    model_.dual();
    const bool is_met = model_.status() == 0 &&
                        std::abs(model_.primalColumnSolution()[target]) > distance - kViolated;
    if (!is_met) *cut = CutOf(target, distance, up);
    model_.setObjectiveCoefficient(t, 0);
    return !is_met;
  }

 private:
  // y_target = sum of e_c y_c for every movement y, for any duals; so far it moves at most, and
  // never more than the distance counts.
  Cut CutOf(size_t target, double distance, bool up) {
    std::vector<double> e(system_.cells.size(), 0.0);
    const double* dual = model_.dualRowSolution();
    for (size_t r = 0; r < system_.equations.size(); ++r) {
      for (const Term& t : system_.equations[r]) e[t.variable] += t.coefficient * dual[r];
    }
    e[target] += up ? 1 : -1;
    Cut cut;
    cut.at_least = distance;
    for (size_t c = 0; c < e.size(); ++c) {
      if (std::abs(e[c]) < kZero) continue;
      const double most = e[c] > 0 ? e[c] * Up(c) : -e[c] * Down(c);
      if (most < kZero) continue;
      cut.cells.push_back(static_cast<int>(c));
      cut.coefficients.push_back(std::min(most, distance));
    }
    return cut;
  }

  const CellSystem& system_;
  ClpSimplex model_;
};

struct WantedMove {
  size_t cell;
  int64_t distance;
};

class Search {
 public:
  Search(const CellSystem& system, int64_t known, double seconds)
      : system_(system),
        known_(known),
        deadline_(std::chrono::steady_clock::now() +
                  std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                      std::chrono::duration<double>(seconds))),
        reach_(system) {
    for (size_t c = 0; c < system.cells.size(); ++c) {
      const IntervalCell& cell = system.cells[c];
      if (!cell.is_protected) continue;
      for (const int64_t end : {cell.need_low, cell.need_high}) {
        if (end != cell.value) wanted_.push_back({c, end - cell.value});
      }
    }
    AddLineCuts();
  }

  OptimalPattern Run() {
    OptimalPattern optimum;
    // Bounds of the relaxation first: they cost little and bring most inequalities.
    std::vector<double> share;
    double objective = 0;
    while (SecondsLeft() > 0 && SolveRelaxation(&share, &objective)) {
      optimum.at_least =
          std::max(optimum.at_least, static_cast<int64_t>(std::ceil(objective - 1e-5)));
      if (optimum.at_least >= known_) {
        optimum.is_proven = true;
        return optimum;
      }
      if (!AddCuts(share, /*is_integer=*/false)) break;
    }
    while (SecondsLeft() > 0) {
      const Answer answer = SolveInteger(optimum.at_least, &share);
      if (answer == Answer::kUnknown) return optimum;
      if (answer == Answer::kNone) {
        optimum.at_least = known_;
        optimum.is_proven = true;
        return optimum;
      }
      int64_t cells = 0;
      for (const double s : share) cells += s > 0.5;
      optimum.at_least = std::max(optimum.at_least, cells);
      if (!AddCuts(share, /*is_integer=*/true)) {
        optimum.is_proven = true;
        for (const double s : share) optimum.hidden.push_back(s > 0.5);
        return optimum;
      }
    }
    return optimum;
  }

 private:
  double SecondsLeft() const {
    return std::chrono::duration<double>(deadline_ - std::chrono::steady_clock::now()).count();
  }

  // A cell alone in a line cannot move: hiding it would be for nothing.
  void AddLineCuts() {
    for (const Row& equation : system_.equations) {
      for (const Term& alone : equation) {
        const IntervalCell& cell = system_.cells[alone.variable];
        const bool is_needed = cell.need_low != cell.value || cell.need_high != cell.value;
        if (!cell.may_hide || (cell.is_protected && !is_needed)) continue;
        Cut cut;
        cut.at_least = cell.is_protected ? 1 : 0;
        for (const Term& t : equation) {
          const bool is_alone = t.variable == alone.variable;
          if (is_alone && cell.is_protected) continue;
          cut.cells.push_back(static_cast<int>(t.variable));
          cut.coefficients.push_back(is_alone ? -1 : 1);
        }
        cuts_.push_back(std::move(cut));
      }
    }
  }

  double Least(size_t c) const { return system_.cells[c].is_protected ? 1 : 0; }
  double Most(size_t c) const { return system_.cells[c].may_hide || Least(c) > 0 ? 1 : 0; }

  bool SolveRelaxation(std::vector<double>* share, double* objective) {
    if (relaxed_ == 0) {
      relaxation_.setLogLevel(0);
      for (size_t c = 0; c < system_.cells.size(); ++c) {
        relaxation_.addColumn(0, nullptr, nullptr, Least(c), Most(c), 1);
      }
    }
    for (; relaxed_ < cuts_.size(); ++relaxed_) {
      const Cut& cut = cuts_[relaxed_];
      relaxation_.addRow(static_cast<int>(cut.cells.size()), cut.cells.data(),
                         cut.coefficients.data(), cut.at_least, COIN_DBL_MAX);
    }
    relaxation_.dual();
    if (relaxation_.status() != 0) return false;
    const double* solution = relaxation_.primalColumnSolution();
    share->assign(solution, solution + system_.cells.size());
    for (double& s : *share) s = std::clamp(s, 0.0, 1.0);
    *objective = relaxation_.objectiveValue();
    return true;
  }

  enum class Answer { kFound, kNone, kUnknown };
  // The smallest pattern below `known_`.
  Answer SolveInteger(int64_t at_least, std::vector<double>* share) {
    Cbc_Model* model = Cbc_newModel();
    std::vector<int> all;
    for (size_t c = 0; c < system_.cells.size(); ++c) {
      Cbc_addCol(model, "", Least(c), Most(c), 1, /*isInteger=*/1, 0, nullptr, nullptr);
      all.push_back(static_cast<int>(c));
    }
    for (const Cut& cut : cuts_) {
      Cbc_addRow(model, "", static_cast<int>(cut.cells.size()), cut.cells.data(),
                 cut.coefficients.data(), 'G', cut.at_least - 1e-7);
    }
    const std::vector<double> ones(all.size(), 1.0);
    Cbc_addRow(model, "", static_cast<int>(all.size()), all.data(), ones.data(), 'L',
               static_cast<double>(known_ - 1));
    Cbc_addRow(model, "", static_cast<int>(all.size()), all.data(), ones.data(), 'G',
               static_cast<double>(at_least));
    Cbc_setParameter(model, "logLevel", "0");
    Cbc_setParameter(model, "seconds", std::to_string(SecondsLeft()).c_str());
    Cbc_solve(model);
    Answer answer = Answer::kUnknown;
    if (Cbc_isProvenInfeasible(model) != 0) {
      answer = Answer::kNone;
    } else if (Cbc_isProvenOptimal(model) != 0) {
      answer = Answer::kFound;
      const double* solution = Cbc_getColSolution(model);
      share->assign(solution, solution + system_.cells.size());
      for (double& s : *share) s = s > 0.5 ? 1 : 0;
    }
    Cbc_deleteModel(model);
    return answer;
  }

  // False: the pattern meets every need.
  bool AddCuts(const std::vector<double>& share, bool is_integer) {
    const size_t before = cuts_.size();
    for (const WantedMove& wanted : wanted_) {
      const double distance = std::abs(static_cast<double>(wanted.distance));
      Cut cut;
      if (!reach_.Separate(share, wanted.cell, wanted.distance, distance, &cut)) continue;
      if (!IsViolated(cut, share)) {
        if (!reach_.Separate(share, wanted.cell, wanted.distance, kFar, &cut)) continue;
        if (!is_integer && !IsViolated(cut, share)) continue;
      }
      cuts_.push_back(std::move(cut));
    }
    return cuts_.size() > before;
  }

  static bool IsViolated(const Cut& cut, const std::vector<double>& share) {
    double sum = 0;
    for (size_t i = 0; i < cut.cells.size(); ++i) {
      sum += cut.coefficients[i] * share[static_cast<size_t>(cut.cells[i])];
    }
    return sum < cut.at_least - 1e-3;
  }

  const CellSystem& system_;
  const int64_t known_;
  const std::chrono::steady_clock::time_point deadline_;
  Reach reach_;
  std::vector<WantedMove> wanted_;
  std::vector<Cut> cuts_;
  ClpSimplex relaxation_;
  size_t relaxed_ = 0;
};

}  // namespace

OptimalPattern FewestHiddenCells(const CellSystem& system, int64_t known, double seconds) {
  return Search(system, known, seconds).Run();
}

}  // namespace renkei::tests
