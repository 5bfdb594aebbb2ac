#include "policy/disclosure/system_part.h"

#include <set>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};

}  // namespace

SystemParts::SystemParts(const CellSystem& system, const std::vector<Attacker>& attackers)
    : system_(system),
      attackers_(attackers),
      rows_of_(RowsOfCells(system)),
      attackers_of_(system.cells.size()),
      position_of_(system.cells.size(), kNone) {
  for (uint32_t a = 0; a < attackers.size(); ++a) {
    for (const View& view : attackers[a].views) attackers_of_[view.cell].push_back(a);
  }
}

SystemPart SystemParts::Of(std::vector<uint32_t> cells) {
  SystemPart part;
  std::set<uint32_t> equations;
  std::set<uint32_t> attackers;
  for (const uint32_t c : cells) {
    position_of_[c] = static_cast<uint32_t>(part.system.cells.size());
    part.system.cells.push_back(system_.cells[c]);
    for (const Term& t : rows_of_[c]) equations.insert(t.variable);
    attackers.insert(attackers_of_[c].begin(), attackers_of_[c].end());
  }
  for (const uint32_t e : equations) {
    Row row;
    for (const Term& t : system_.equations[e]) {
      if (position_of_[t.variable] != kNone)
        row.push_back({position_of_[t.variable], t.coefficient});
    }
    part.system.equations.push_back(std::move(row));
  }
  for (const uint32_t a : attackers) {
    Attacker attacker;
    for (View view : attackers_[a].views) {
      if (position_of_[view.cell] == kNone) continue;
      view.cell = position_of_[view.cell];
      attacker.views.push_back(view);
    }
    part.attackers.push_back(std::move(attacker));
  }
  for (const uint32_t c : cells) position_of_[c] = kNone;
  part.cells = std::move(cells);
  return part;
}

}  // namespace renkei::policy::disclosure
