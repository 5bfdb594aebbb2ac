#include "policy/disclosure/movement_program.h"

#include "ClpSimplex.hpp"
#include "CoinPackedMatrix.hpp"

namespace renkei::policy::disclosure {
namespace {

constexpr int kMaxIterations = 200'000;

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
  const std::vector<int> columns(row.columns.begin(), row.columns.end());
  solver_->model_.addRow(static_cast<int>(columns.size()), columns.data(), row.coefficients.data(),
                         value, value);
  solver_->model_.dual();
  const Outcome outcome = solver_->OutcomeOf();
  const int added = solver_->model_.numberRows() - 1;
  solver_->model_.deleteRows(1, &added);
  return outcome;
}

const double* MovementProgram::solution() const { return solver_->model_.primalColumnSolution(); }

const double* MovementProgram::duals() const { return solver_->model_.dualRowSolution(); }

}  // namespace renkei::policy::disclosure
