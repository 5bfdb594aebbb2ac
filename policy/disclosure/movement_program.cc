#include "policy/disclosure/movement_program.h"

#include <algorithm>
#include <cmath>

#include "ClpSimplex.hpp"
#include "CoinPackedMatrix.hpp"
#include "policy/disclosure/movement_parts.h"

namespace renkei::policy::disclosure {
namespace {

constexpr int kMaxIterations = 200'000;
// Of one rounding; what succeeds takes a dozen.
constexpr int kMostSolves = 300;

}  // namespace

std::vector<ProgramRow> ProgramRowsOf(const std::vector<Row>& rows) {
  std::vector<ProgramRow> out;
  for (const Row& row : rows) {
    ProgramRow& program_row = out.emplace_back();
    for (const Term& t : row) {
      program_row.columns.push_back(t.variable);
      program_row.coefficients.push_back(t.coefficient);
    }
  }
  return out;
}

class MovementProgram::Solver {
 public:
  Solver(size_t columns, const std::vector<ProgramRow>& rows) {
    model_.setLogLevel(0);
    model_.setMaximumIterations(kMaxIterations);
    std::vector<int> row_index;
    std::vector<int> column_index;
    std::vector<double> element;
    for (size_t r = 0; r < rows.size(); ++r) {
      for (size_t i = 0; i < rows[r].columns.size(); ++i) {
        row_index.push_back(static_cast<int>(r));
        column_index.push_back(static_cast<int>(rows[r].columns[i]));
        element.push_back(rows[r].coefficients[i]);
      }
    }
    CoinPackedMatrix matrix(/*colordered=*/true, row_index.data(), column_index.data(),
                            element.data(), static_cast<CoinBigIndex>(element.size()));
    matrix.setDimensions(static_cast<int>(rows.size()), static_cast<int>(columns));
    const std::vector<double> zero_columns(columns, 0.0);
    const std::vector<double> zero_rows(rows.size(), 0.0);
    model_.loadProblem(matrix, zero_columns.data(), zero_columns.data(), zero_columns.data(),
                       zero_rows.data(), zero_rows.data());
  }

  void Add(const ProgramRow& row, double value) {
    const std::vector<int> columns(row.columns.begin(), row.columns.end());
    model_.addRow(static_cast<int>(columns.size()), columns.data(), row.coefficients.data(), value,
                  value);
  }
  void RemoveLast() {
    const int last = model_.numberRows() - 1;
    model_.deleteRows(1, &last);
  }

  // Fixes the columns that are nearest to whole numbers there, half of those that are left at a
  // time; where that leads to nothing fewer of them, and the last one on its other side.
  Outcome Dive() {
    std::vector<Fixed> path;
    size_t half = 0;
    bool is_turned = false;
    model_.dual();
    Outcome outcome = OutcomeOf();
    for (int solves = 1; solves < kMostSolves; ++solves) {
      if (outcome == Outcome::kOptimal) {
        const std::vector<Fixed> next = NearlyWhole();
        if (next.empty()) break;
        half = (next.size() + 1) / 2;
        is_turned = false;
        for (size_t i = 0; i < half; ++i) {
          Fix(next[i], next[i].nearest);
          path.push_back(next[i]);
        }
      } else if (half > 1) {
        const size_t fewer = half / 4 + 1;
        for (; half > fewer; --half) Release(&path);
      } else if (half == 1 && !is_turned) {
        Fix(path.back(), path.back().other);
        is_turned = true;
      } else {
        break;
      }
      model_.dual();
      outcome = OutcomeOf();
    }
    const bool is_whole = outcome == Outcome::kOptimal && NearlyWhole().empty();
    while (!path.empty()) Release(&path);
    return is_whole ? Outcome::kOptimal : Outcome::kFailed;
  }

  Outcome OutcomeOf() {
    switch (model_.status()) {
      case 0:
        return Outcome::kOptimal;
      case 1:
        return Outcome::kInfeasible;
      case 2:
        return Outcome::kUnbounded;
      default:
        return Outcome::kFailed;
    }
  }

  ClpSimplex model_;

 private:
  struct Fixed {
    int column;
    double lower;  // before
    double upper;
    double nearest;
    double other;
    double off;
  };

  // All columns that are not whole, the nearest to it first.
  std::vector<Fixed> NearlyWhole() const {
    std::vector<Fixed> columns;
    for (int column = 0; column < model_.numberColumns(); ++column) {
      const double y = model_.primalColumnSolution()[column];
      const double nearest = std::round(y);
      const double off = std::abs(y - nearest);
      if (off <= kSolverZero) continue;
      const double other = nearest < y ? nearest + 1 : nearest - 1;
      columns.push_back({column, model_.columnLower()[column], model_.columnUpper()[column],
                         nearest, other, off});
    }
    std::stable_sort(columns.begin(), columns.end(),
                     [](const Fixed& l, const Fixed& r) { return l.off < r.off; });
    return columns;
  }
  void Fix(const Fixed& fixed, double at) { model_.setColumnBounds(fixed.column, at, at); }
  void Release(std::vector<Fixed>* path) {
    const Fixed& last = path->back();
    model_.setColumnBounds(last.column, last.lower, last.upper);
    path->pop_back();
  }
};

MovementProgram::MovementProgram(size_t columns, const std::vector<ProgramRow>& rows)
    : solver_(std::make_unique<Solver>(columns, rows)) {}

MovementProgram::~MovementProgram() = default;

void MovementProgram::SetBounds(uint32_t column, double lower, double upper) {
  solver_->model_.setColumnBounds(static_cast<int>(column), lower, upper);
}

void MovementProgram::SetCost(uint32_t column, double cost) {
  solver_->model_.setObjectiveCoefficient(static_cast<int>(column), cost);
}

MovementProgram::Outcome MovementProgram::SolvePrimal() {
  solver_->model_.primal();
  return solver_->OutcomeOf();
}

MovementProgram::Outcome MovementProgram::SolveDual() {
  solver_->model_.dual();
  return solver_->OutcomeOf();
}

MovementProgram::Outcome MovementProgram::SolveDualWith(const ProgramRow& row, double value) {
  solver_->Add(row, value);
  const Outcome outcome = SolveDual();
  solver_->RemoveLast();
  return outcome;
}

MovementProgram::Outcome MovementProgram::SolveWhole() { return solver_->Dive(); }

MovementProgram::Outcome MovementProgram::SolveWholeWith(const ProgramRow& row, double value) {
  solver_->Add(row, value);
  const Outcome outcome = SolveWhole();
  solver_->RemoveLast();
  return outcome;
}

const double* MovementProgram::solution() const { return solver_->model_.primalColumnSolution(); }

const double* MovementProgram::duals() const { return solver_->model_.dualRowSolution(); }

}  // namespace renkei::policy::disclosure
