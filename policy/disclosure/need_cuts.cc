#include "policy/disclosure/need_cuts.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

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

// The most that can be met of a need: `met` can, `unmet` cannot.
struct Search {
  Violation asked;
  int64_t met = 0;
  int64_t unmet = 0;

  bool IsDone() const { return met == asked.need.distance || std::abs(unmet - met) <= 1; }
  int64_t Middle() const { return met + (unmet - met) / 2; }
  // `open`: what was not met of all that was asked.
  void Learn(const std::vector<Violation>& open) {
    if (IsDone()) return;
    const Violation now{{asked.need.cell, Middle()}, asked.attacker};
    (std::find(open.begin(), open.end(), now) == open.end() ? met : unmet) = Middle();
  }
};

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

std::vector<int64_t> MostThatIsMet(const CellSystem& system, const std::vector<bool>& hidden,
                                   const std::vector<Attacker>& attackers,
                                   std::span<const Violation> asked) {
  CellSystem only = system;
  for (IntervalCell& cell : only.cells) {
    cell.is_protected = false;
    cell.need_low = cell.need_high = cell.value;
  }
  const bool is_of_public = std::all_of(asked.begin(), asked.end(), [](const Violation& violation) {
    return violation.attacker == kPublic;
  });
  std::vector<Attacker> against;
  if (!is_of_public) against = attackers;
  for (Attacker& attacker : against) {
    for (View& view : attacker.views) {
      view.need_low = view.need_high = system.cells[view.cell].value;
    }
  }
  std::vector<Search> searches;
  for (const Violation& violation : asked) {
    searches.push_back({violation, 0, 2 * violation.need.distance});  // first as far as is asked
  }
  const auto is_done = [](const Search& search) { return search.IsDone(); };
  while (!std::all_of(searches.begin(), searches.end(), is_done)) {
    for (const Search& search : searches) {
      Ask(search.asked, search.IsDone() ? 0 : search.Middle(), &only, &against);
    }
    MovementPool pool(only, against);  // it keeps what reaches as far as is asked
    const std::vector<Violation> open = AuditIntervals(only, hidden, against, &pool);
    for (Search& search : searches) search.Learn(open);
  }
  std::vector<int64_t> most;
  for (const Search& search : searches) most.push_back(search.met);
  return most;
}

bool LowerNeeds(const std::vector<bool>& hidden, const std::vector<Violation>& unmet,
                CellSystem* system, std::vector<Attacker>* attackers) {
  const std::vector<int64_t> most = MostThatIsMet(*system, hidden, *attackers, unmet);
  bool asks_less = false;
  for (size_t i = 0; i < unmet.size(); ++i) {
    const auto& [need, attacker] = unmet[i];
    if (most[i] == need.distance) continue;
    asks_less = true;
    Ask(unmet[i], most[i], system, attackers);
    if (attacker == kPublic) CutViews(need, system->cells[need.cell].value + most[i], attackers);
  }
  return asks_less;
}

}  // namespace renkei::policy::disclosure
