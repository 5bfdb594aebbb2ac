// Hides further cells until the interval audit is clean (privacy 4.2): for each need that is not
// met, the cheapest movement that meets it, over hidden cells for nothing and shown ones at their
// cost, within the region first; what it moves is hidden. A cure of one region is a movement of the
// whole table in which everything else stands still.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/interval_audit.h"

namespace renkei::policy::disclosure {

struct IntervalPattern {
  std::vector<bool> hidden;
  // Needs that were not cured in time, although all hideable cells of their regions are hidden.
  std::vector<Violation> left;
  // Needs that stay unmet when everything that may be hidden is: what the attacker knows anyway is
  // as narrow, and no pattern helps.
  std::vector<Violation> hopeless;
  int rounds = 0;
  uint32_t cured_in_region = 0;
  uint32_t cured_in_whole = 0;
};

// `hidden` grows only. Deterministic.
IntervalPattern RepairIntervals(const CellSystem& system, std::vector<bool> hidden,
                                const std::vector<Attacker>& attackers, MovementPool* pool);

}  // namespace renkei::policy::disclosure
