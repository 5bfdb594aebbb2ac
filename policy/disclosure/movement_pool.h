// Movements that were checked in integers, by the needs that they meet. A movement stays good when
// further cells are hidden, and serves every attacker who knows none of the cells that it moves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/movement_check.h"

namespace renkei::policy::disclosure {

// One end of a protected cell's interval: the cell must be able to move so far, never 0.
struct Need {
  uint32_t cell = 0;
  int64_t distance = 0;
  bool operator==(const Need&) const = default;
};

// How far each cell may move at most, for one attacker.
class Limits {
 public:
  explicit Limits(size_t cells) : lower_(cells, -kNoCap), upper_(cells, kNoCap) {}
  void Set(const CellSystem& system, const View& view) {
    lower_[view.cell] = view.floor - system.cells[view.cell].value;
    upper_[view.cell] = view.cap - system.cells[view.cell].value;
  }
  void Clear(uint32_t cell) {
    lower_[cell] = -kNoCap;
    upper_[cell] = kNoCap;
  }
  int64_t lower(uint32_t cell) const { return lower_[cell]; }
  int64_t upper(uint32_t cell) const { return upper_[cell]; }
  bool Admit(const Step& step) const {
    return lower_[step.cell] <= step.delta && step.delta <= upper_[step.cell];
  }

 private:
  std::vector<int64_t> lower_;
  std::vector<int64_t> upper_;
};

class MovementPool {
 public:
  // `system` must outlive the pool and keep its cells and equations. Of sums it keeps what meets a
  // need of the public or of `attackers`.
  explicit MovementPool(const CellSystem& system, std::span<const Attacker> attackers = {});

  // Checks and keeps a movement of cells that are no sums, with the sums that move along; false,
  // and nothing kept, when it is none. Cells ascend.
  bool Add(const std::vector<bool>& hidden, Movement movement);

  // Does a movement within the limits meet the need? Of sums an attacker knows what follows from
  // what he knows of their parts.
  bool Meets(const Need& need, const Limits& limits) const;

  // Forgets what moves the cell, which is shown again.
  void Forget(uint32_t cell);

  // All that were kept, without sums.
  const std::vector<Movement>& movements() const { return movements_; }

 private:
  const CellSystem* system_;
  MovementCheck check_;
  std::vector<Movement> movements_;
  struct Entry {
    uint32_t movement;
    int64_t delta;  // of the cell
  };
  std::vector<std::vector<Entry>> entries_;  // 2 * cell + upwards
  std::vector<uint32_t> oldest_;             // that was replaced last, in the order of `entries_`
  // How far a movement must reach to be of use, in the order of `entries_`.
  std::vector<int64_t> least_;
  friend class AdmittedMovements;
};

// Meets for many needs of one attacker: each movement is looked at once. Both must outlive it, and
// the limits stay.
class AdmittedMovements {
 public:
  AdmittedMovements(const MovementPool& pool, const Limits& limits)
      : pool_(pool), limits_(limits) {}
  bool Meet(const Need& need);

 private:
  bool Admits(uint32_t movement);

  enum class State : uint8_t { kUnknown, kWithin, kBeyond };
  const MovementPool& pool_;
  const Limits& limits_;
  std::vector<State> states_;  // by movement
};

}  // namespace renkei::policy::disclosure
