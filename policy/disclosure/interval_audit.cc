#include "policy/disclosure/interval_audit.h"

#include <utility>

#include "policy/disclosure/component_audit.h"
#include "policy/disclosure/hidden_components.h"

namespace renkei::policy::disclosure {
namespace {

std::vector<Violation> Audit(const CellSystem& system, const std::vector<bool>& hidden,
                             const std::vector<Attacker>& attackers, bool first_only,
                             MovementPool* pool) {
  const HiddenComponents parts = ComponentsOf(system, hidden);
  // An attacker's views by component; one who has none there is the public.
  struct Local {
    int32_t attacker;
    std::vector<View> views;
  };
  std::vector<std::vector<Local>> locals(parts.components.size());
  for (size_t a = 0; a < attackers.size(); ++a) {
    for (const View& view : attackers[a].views) {
      const int32_t component = parts.component_of[view.cell];
      if (component < 0) continue;
      std::vector<Local>& list = locals[static_cast<size_t>(component)];
      if (list.empty() || list.back().attacker != static_cast<int32_t>(a)) {
        list.push_back({static_cast<int32_t>(a), {}});
      }
      list.back().views.push_back(view);
    }
  }
  std::vector<Violation> violations;
  Limits limits(system.cells.size());
  for (size_t k = 0; k < parts.components.size(); ++k) {
    ComponentAudit audit(system, hidden, parts.components[k], pool);
    for (const Need& need : audit.Unmet(limits, {}, first_only)) {
      violations.push_back({need, kPublic});
    }
    if (first_only && !violations.empty()) return violations;
    for (const Local& local : locals[k]) {
      for (const View& view : local.views) limits.Set(system, view);
      for (const Need& need : audit.Unmet(limits, local.views, first_only)) {
        violations.push_back({need, local.attacker});
      }
      if (first_only && !violations.empty()) return violations;
      for (const View& view : local.views) limits.Clear(view.cell);
    }
  }
  return violations;
}

}  // namespace

std::vector<Violation> AuditIntervals(const CellSystem& system, const std::vector<bool>& hidden,
                                      const std::vector<Attacker>& attackers, MovementPool* pool) {
  return Audit(system, hidden, attackers, /*first_only=*/false, pool);
}

bool IntervalsHold(const CellSystem& system, const std::vector<bool>& hidden,
                   const std::vector<Attacker>& attackers, MovementPool* pool) {
  return Audit(system, hidden, attackers, /*first_only=*/true, pool).empty();
}

}  // namespace renkei::policy::disclosure
