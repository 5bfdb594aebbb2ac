// Some cells of a system as a system of their own, in which everything else stands still. What is
// proved there holds for the whole.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"

namespace renkei::policy::disclosure {

struct SystemPart {
  std::vector<uint32_t> cells;  // of the whole, ascending; positions in it are cells of `system`
  CellSystem system;
  // Those who know something of these cells, with what they know of them.
  std::vector<Attacker> attackers;
};

// Builds parts of one system without sums; linear in the size of the part and of all attackers'
// views.
class SystemParts {
 public:
  SystemParts(const CellSystem& system, const std::vector<Attacker>& attackers);
  // `cells` ascend.
  SystemPart Of(std::vector<uint32_t> cells);

 private:
  const CellSystem& system_;
  const std::vector<Attacker>& attackers_;
  std::vector<Row> rows_of_;
  std::vector<std::vector<uint32_t>> attackers_of_;
  std::vector<uint32_t> position_of_;  // of the part being built
};

}  // namespace renkei::policy::disclosure
