// Movements that were checked in integers, by the needs that they meet. A movement stays good when
// further cells are hidden, and serves every attacker who knows none of the cells that it moves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

// One end of a protected cell's interval: the cell must be able to move so far, never 0.
struct Need {
  uint32_t cell = 0;
  int64_t distance = 0;
  bool operator==(const Need&) const = default;
};

class MovementPool {
 public:
  // `system` must outlive the pool and keep its cells and equations.
  explicit MovementPool(const CellSystem& system);

  // Checks and keeps a movement; false, and nothing kept, when it is none.
  bool Add(const std::vector<bool>& hidden, Movement movement);

  // Does a movement meet the need without moving a cell that `is_known` marks?
  bool Meets(const Need& need, const std::vector<bool>& is_known) const;

  size_t size() const { return movements_.size(); }

 private:
  const CellSystem& system_;
  std::vector<std::vector<uint32_t>> equations_of_;
  std::vector<Movement> movements_;
  struct Entry {
    uint32_t movement;
    int64_t delta;  // of the cell
  };
  std::vector<std::vector<Entry>> entries_;  // 2 * cell + upwards
};

}  // namespace renkei::policy::disclosure
