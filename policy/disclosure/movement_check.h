// Is a change of hidden counts one that no equation notices? Plain integers, independent of what
// proposed it. Not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

class MovementCheck {
 public:
  // `system` must outlive the check and keep its cells, equations and sums.
  explicit MovementCheck(const CellSystem& system);

  // `movement`, of cells that are no sums, with the sums that move along. Empty: it is no movement;
  // every equation must hold after it, only hidden cells may move, and each, sums included, must
  // stay within its floor and cap.
  Movement WholeOf(const std::vector<bool>& hidden, const Movement& movement);

 private:
  bool MayMove(const std::vector<bool>& hidden, const Step& step) const;

  const CellSystem* system_;
  std::vector<Row> rows_of_;
  std::vector<bool> is_sum_;
  std::vector<int64_t> change_;    // of each row; all 0 between calls
  std::vector<uint32_t> touched_;  // rows that may have changed
};

}  // namespace renkei::policy::disclosure
