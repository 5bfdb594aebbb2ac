#include "policy/disclosure/cover_program.h"

#include <algorithm>

#include "ClpSimplex.hpp"

namespace renkei::policy::disclosure {
namespace {

constexpr int kMaxIterations = 200'000;

}  // namespace

class CoverProgram::Solver {
 public:
  ClpSimplex model_;
};

CoverProgram::CoverProgram(const std::vector<double>& costs) : solver_(std::make_unique<Solver>()) {
  solver_->model_.setLogLevel(0);
  solver_->model_.setMaximumIterations(kMaxIterations);
  for (const double cost : costs) solver_->model_.addColumn(0, nullptr, nullptr, 0, 1, cost);
}

CoverProgram::~CoverProgram() = default;

void CoverProgram::Add(const Cover& cover) {
  const std::vector<int> columns(cover.cells.begin(), cover.cells.end());
  solver_->model_.addRow(static_cast<int>(columns.size()), columns.data(),
                         cover.coefficients.data(), cover.at_least, COIN_DBL_MAX);
}

void CoverProgram::Fix(uint32_t cell, bool hidden) {
  solver_->model_.setColumnBounds(static_cast<int>(cell), hidden ? 1 : 0, hidden ? 1 : 0);
}

void CoverProgram::Release(uint32_t cell) {
  solver_->model_.setColumnBounds(static_cast<int>(cell), 0, 1);
}

std::vector<double> CoverProgram::Solve() {
  solver_->model_.dual();
  if (solver_->model_.status() != 0) return {};
  const double* solution = solver_->model_.primalColumnSolution();
  std::vector<double> shares(solution, solution + solver_->model_.numberColumns());
  for (double& share : shares) share = std::clamp(share, 0.0, 1.0);
  return shares;
}

}  // namespace renkei::policy::disclosure
