#include "policy/disclosure/interval_refine.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "policy/disclosure/cover_search.h"
#include "policy/disclosure/hidden_components.h"
#include "policy/disclosure/interval_audit.h"
#include "policy/disclosure/interval_repair.h"
#include "policy/disclosure/system_part.h"

namespace renkei::policy::disclosure {
namespace {

// Sizes above which a part is left as it is: time grows with the square of its cells and more.
constexpr size_t kMostShown = 200;     // hidden cells
constexpr size_t kMostSearched = 100;  // cells, hidden or not
constexpr size_t kMostNeeds = 400;     // times those who know something

size_t HiddenCells(const std::vector<bool>& hidden) {
  return static_cast<size_t>(std::count(hidden.begin(), hidden.end(), true));
}

// Nothing is asked of a protected cell where the whole interval is its value. No movement would
// tell that it became exact.
bool HasSilentCell(const SystemPart& part) {
  std::set<uint32_t> asked;
  for (const Attacker& attacker : part.attackers) {
    for (const View& view : attacker.views) {
      if (view.need_low != view.need_high) asked.insert(view.cell);
    }
  }
  for (uint32_t c = 0; c < part.system.cells.size(); ++c) {
    const IntervalCell& cell = part.system.cells[c];
    if (cell.is_protected && cell.need_low == cell.need_high && !asked.contains(c)) return true;
  }
  return false;
}

// Cells of one component that need not be hidden, the dearest first; by position.
void ShowSpareOf(const SystemPart& part, std::vector<bool>* hidden) {
  std::vector<uint32_t> spare;
  for (uint32_t c = 0; c < part.system.cells.size(); ++c) {
    if (!part.system.cells[c].is_protected && part.system.cells[c].may_hide) spare.push_back(c);
  }
  std::stable_sort(spare.begin(), spare.end(), [&part](uint32_t a, uint32_t b) {
    return part.system.cells[a].cost > part.system.cells[b].cost;
  });
  MovementPool pool(part.system);
  if (spare.empty() || !IntervalsHold(part.system, *hidden, part.attackers, &pool)) return;
  std::vector<uint32_t> shown;
  for (const uint32_t c : spare) {
    MovementPool without = pool;
    without.Forget(c);
    (*hidden)[c] = false;
    if (IntervalsHold(part.system, *hidden, part.attackers, &without)) {
      pool = std::move(without);
      shown.push_back(c);
    } else {
      (*hidden)[c] = true;
    }
  }
  // Another's audit must find what this one kept from its way.
  while (!shown.empty()) {
    MovementPool fresh(part.system);
    if (IntervalsHold(part.system, *hidden, part.attackers, &fresh)) break;
    (*hidden)[shown.back()] = true;
    shown.pop_back();
  }
}

void ShowSpare(const CellSystem& system, const std::vector<Attacker>& attackers,
               std::vector<bool>* hidden) {
  SystemParts parts(system, attackers);
  for (HiddenComponent& component : ComponentsOf(system, *hidden).components) {
    if (component.cells.size() > kMostShown) continue;
    const SystemPart part = parts.Of(std::move(component.cells));
    if (HasSilentCell(part)) continue;
    std::vector<bool> of_part(part.cells.size(), true);
    ShowSpareOf(part, &of_part);
    for (size_t i = 0; i < of_part.size(); ++i) (*hidden)[part.cells[i]] = of_part[i];
  }
}

size_t NeedsOf(const SystemPart& part) {
  size_t is_protected = 0;
  for (const IntervalCell& cell : part.system.cells) is_protected += cell.is_protected;
  return is_protected * (1 + part.attackers.size());
}

double CostOf(const CellSystem& system, const std::vector<bool>& hidden) {
  double cost = 0;
  for (size_t c = 0; c < hidden.size(); ++c) cost += hidden[c] ? system.cells[c].cost : 0;
  return cost;
}

// A pattern made anew for a part that depends on nothing else; the old one unless it is better.
void SearchAnew(const SystemPart& part, std::vector<bool>* hidden) {
  if (part.cells.size() > kMostSearched || NeedsOf(part) > kMostNeeds || HasSilentCell(part)) {
    return;
  }
  std::vector<bool> found = SearchCover(part.system, *hidden, part.attackers);
  if (found.empty()) return;
  MovementPool pool(part.system);
  IntervalPattern pattern = RepairIntervals(part.system, std::move(found), part.attackers, &pool);
  if (!pattern.left.empty() || !pattern.hopeless.empty()) return;
  ShowSpare(part.system, part.attackers, &pattern.hidden);
  const std::pair now(HiddenCells(*hidden), CostOf(part.system, *hidden));
  const std::pair then(HiddenCells(pattern.hidden), CostOf(part.system, pattern.hidden));
  if (then >= now) return;
  MovementPool fresh(part.system);
  if (IntervalsHold(part.system, pattern.hidden, part.attackers, &fresh)) {
    *hidden = std::move(pattern.hidden);
  }
}

// Regions whose hidden cells no equation connects with hidden cells elsewhere.
std::set<uint32_t> ClosedRegions(const CellSystem& system, const std::vector<bool>& hidden) {
  std::set<uint32_t> open;
  std::set<uint32_t> all;
  for (const HiddenComponent& component : ComponentsOf(system, hidden).components) {
    std::set<uint32_t> regions;
    for (const uint32_t c : component.cells) regions.insert(system.cells[c].region);
    all.insert(regions.begin(), regions.end());
    if (regions.size() > 1) open.insert(regions.begin(), regions.end());
  }
  for (const uint32_t region : open) all.erase(region);
  return all;
}

}  // namespace

std::vector<bool> RefineIntervals(const CellSystem& system, std::vector<bool> hidden,
                                  const std::vector<Attacker>& attackers) {
  ShowSpare(system, attackers, &hidden);
  SystemParts parts(system, attackers);
  const std::set<uint32_t> closed = ClosedRegions(system, hidden);
  std::map<uint32_t, std::vector<uint32_t>> cells_of;
  for (uint32_t c = 0; c < hidden.size(); ++c) {
    if (!hidden[c] && !system.cells[c].may_hide) continue;
    if (closed.contains(system.cells[c].region)) cells_of[system.cells[c].region].push_back(c);
  }
  for (auto& [region, cells] : cells_of) {
    if (cells.size() > kMostSearched) continue;
    const SystemPart part = parts.Of(std::move(cells));
    std::vector<bool> of_part;
    for (const uint32_t c : part.cells) of_part.push_back(hidden[c]);
    SearchAnew(part, &of_part);
    for (size_t i = 0; i < of_part.size(); ++i) hidden[part.cells[i]] = of_part[i];
  }
  return hidden;
}

}  // namespace renkei::policy::disclosure
