#include "policy/disclosure/need_cuts.h"

#include <algorithm>
#include <cstdint>

namespace renkei::policy::disclosure {
namespace {

View* FindView(uint32_t cell, Attacker* attacker) {
  const auto at = std::lower_bound(attacker->views.begin(), attacker->views.end(), cell,
                                   [](const View& view, uint32_t c) { return view.cell < c; });
  return at != attacker->views.end() && at->cell == cell ? &*at : nullptr;
}

// From now on the need is of another distance.
void Ask(const Violation& violation, int64_t distance, CellSystem* system,
         std::vector<Attacker>* attackers) {
  const auto& [need, against] = violation;
  IntervalCell& cell = system->cells[need.cell];
  cell.is_protected = true;
  if (against == kPublic) {
    (need.distance > 0 ? cell.need_high : cell.need_low) = cell.value + distance;
    return;
  }
  Attacker& attacker = (*attackers)[static_cast<size_t>(against)];
  View* view = FindView(need.cell, &attacker);
  if (view == nullptr) {  // what was asked was the same as for the public
    const auto at = std::find_if(attacker.views.begin(), attacker.views.end(),
                                 [&](const View& v) { return v.cell > need.cell; });
    view = &*attacker.views.insert(
        at, {need.cell, cell.floor, cell.cap, cell.need_low, cell.need_high});
  }
  (need.distance > 0 ? view->need_high : view->need_low) = cell.value + distance;
}

void CutViews(const Need& need, int64_t end, std::vector<Attacker>* attackers) {
  for (Attacker& attacker : *attackers) {
    View* view = FindView(need.cell, &attacker);
    if (view == nullptr) continue;
    if (need.distance > 0) {
      view->need_high = std::min(view->need_high, end);
    } else {
      view->need_low = std::max(view->need_low, end);
    }
  }
}

}  // namespace

void CutNeeds(const std::vector<bool>& hidden, CellSystem* system) {
  for (const Sum& sum : system->sums) {
    int64_t low = 0;
    int64_t high = 0;
    for (const Term& t : sum.parts) {
      const IntervalCell& part = system->cells[t.variable];
      const bool is_known = !part.may_hide && !hidden[t.variable];
      low += is_known ? part.value : part.floor;
      high += is_known ? part.value : part.cap;
    }
    IntervalCell& cell = system->cells[sum.cell];
    if (!cell.is_protected) continue;
    cell.need_low = std::max(cell.need_low, low);
    cell.need_high = std::min(cell.need_high, high);
  }
}

bool LowerNeeds(const std::vector<bool>& hidden, const std::vector<Violation>& unmet,
                CellSystem* system, std::vector<Attacker>* attackers) {
  CellSystem asked = *system;
  for (IntervalCell& cell : asked.cells) {
    cell.is_protected = false;
    cell.need_low = cell.need_high = cell.value;
  }
  const bool is_of_public = std::all_of(unmet.begin(), unmet.end(), [](const Violation& violation) {
    return violation.attacker == kPublic;
  });
  std::vector<Attacker> against;
  if (!is_of_public) against = *attackers;
  for (Attacker& attacker : against) {
    for (View& view : attacker.views) {
      view.need_low = view.need_high = system->cells[view.cell].value;
    }
  }
  for (const Violation& violation : unmet) {
    Ask(violation, violation.need.distance, &asked, &against);
  }
  bool asks_less = false;
  while (true) {
    MovementPool pool(asked, against);  // it keeps what reaches as far as is asked
    const std::vector<Violation> open = AuditIntervals(asked, hidden, against, &pool);
    if (open.empty()) return asks_less;
    asks_less = true;
    for (const Violation& violation : open) {
      const int64_t half = violation.need.distance / 2;
      Ask(violation, half, &asked, &against);
      Ask(violation, half, system, attackers);
      if (violation.attacker == kPublic) {
        CutViews(violation.need, system->cells[violation.need.cell].value + half, attackers);
      }
    }
  }
}

}  // namespace renkei::policy::disclosure
