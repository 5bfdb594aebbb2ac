// The linear programs behind the interval audit, over CLP (EPL). A solver proposes; what it says
// counts only after MovementCheck in integers. Primal and dual simplex with fixed rules and an
// iteration limit, no clock: two runs give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "policy/disclosure/linear_system.h"

namespace renkei::policy::disclosure {

inline constexpr double kInfinity = 1e30;

struct ProgramRow {
  std::vector<uint32_t> columns;
  std::vector<double> coefficients;
};

// One column per variable.
std::vector<ProgramRow> ProgramRowsOf(const std::vector<Row>& rows);

// Minimises cost . y subject to rows . y = 0 and bounds. Keeps its basis between solves.
class MovementProgram {
 public:
  MovementProgram(size_t columns, const std::vector<ProgramRow>& rows);
  ~MovementProgram();
  MovementProgram(const MovementProgram&) = delete;
  MovementProgram& operator=(const MovementProgram&) = delete;

  void SetBounds(uint32_t column, double lower, double upper);
  void SetCost(uint32_t column, double cost);

  enum class Outcome { kOptimal, kInfeasible, kUnbounded, kFailed };
  // After a change of costs the last point stays feasible: primal; after a change of bounds: dual.
  Outcome SolvePrimal();
  Outcome SolveDual();
  // With one row more, of this value.
  Outcome SolveDualWith(const ProgramRow& row, double value);
  // The same in whole numbers, by rounding ever more columns; kFailed: not found, which proves
  // nothing.
  Outcome SolveWhole();
  Outcome SolveWholeWith(const ProgramRow& row, double value);
  // Of the last optimal solve; one value per column.
  const double* solution() const;
  // Of the last solve; one value per row. By them a combination of the rows bounds the objective,
  // even where there is no solution better than it.
  const double* duals() const;

 private:
  class Solver;
  std::unique_ptr<Solver> solver_;
};

}  // namespace renkei::policy::disclosure
