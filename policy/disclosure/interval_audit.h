// The interval audit (privacy 4.4, 4.5): does every protected cell keep its interval against the
// public and against each attacker who knows further cells? Bound propagation, then linear programs
// whose vertices serve all cells of a component; only movements checked in integers count as proof,
// so a fault of the solver costs cells and never gives one away.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/movement_pool.h"

namespace renkei::policy::disclosure {

// The public: an attacker who knows nothing else.
inline constexpr int32_t kPublic = -1;

struct Violation {
  Need need;
  int32_t attacker = kPublic;  // index
  bool operator==(const Violation&) const = default;
};

// Needs that no integer movement meets, by component, public first. What the audit finds on its
// way is added to the pool, so the next audit is faster. Deterministic.
std::vector<Violation> AuditIntervals(const CellSystem& system, const std::vector<bool>& hidden,
                                      const std::vector<Attacker>& attackers, MovementPool* pool);

// Is there none? Ends at the first, which is faster.
bool IntervalsHold(const CellSystem& system, const std::vector<bool>& hidden,
                   const std::vector<Attacker>& attackers, MovementPool* pool);

}  // namespace renkei::policy::disclosure
