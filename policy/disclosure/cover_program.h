// A linear program over CLP that covers: of each inequality enough cells must be hidden, a cell in
// part if need be, for the least cost. Like MovementProgram it only proposes; fixed rules, no
// clock.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace renkei::policy::disclosure {

// Sum of coefficient x share hidden >= at_least.
struct Cover {
  std::vector<uint32_t> cells;
  std::vector<double> coefficients;
  double at_least = 0;
};

class CoverProgram {
 public:
  // One share per cell, between 0 and 1.
  explicit CoverProgram(const std::vector<double>& costs);
  ~CoverProgram();
  CoverProgram(const CoverProgram&) = delete;
  CoverProgram& operator=(const CoverProgram&) = delete;

  void Add(const Cover& cover);
  // The share of a cell from now on: all or nothing, or free again.
  void Fix(uint32_t cell, bool hidden);
  void Release(uint32_t cell);
  // Shares, one per cell; empty: no solution.
  std::vector<double> Solve();

 private:
  class Solver;
  std::unique_ptr<Solver> solver_;
};

}  // namespace renkei::policy::disclosure
