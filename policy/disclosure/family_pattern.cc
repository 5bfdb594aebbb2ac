#include "policy/disclosure/family_pattern.h"

#include <algorithm>
#include <utility>

#include "policy/base/error.h"
#include "policy/base/parallel.h"
#include "policy/base/status.h"
#include "policy/disclosure/complementary.h"
#include "policy/disclosure/interval_repair.h"
#include "policy/disclosure/linear_audit.h"
#include "policy/disclosure/measure_attackers.h"
#include "policy/disclosure/measure_intervals.h"
#include "policy/disclosure/remainders.h"

namespace renkei::policy::disclosure {
namespace {

absl::Status Held() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "the tables could not be protected and are held", "",
                         "disclosure.linear_audit", "coarser tables or other indicators");
}

// What follows without any shown cell, from what a view lets the reader know anyway (denominators,
// where nobody can be, in the strong one zeros and full cells), no hiding protects: it is hidden,
// and no reason to hold everything else. What follows only in the strong view the weak one
// protects.
void LeaveOutWhatFollowsAnyway(LinearSystem* system) {
  const std::vector<bool> nothing_shown(system->cells.size(), true);
  for (const uint32_t c : ExactPrimaries(*system, nothing_shown)) {
    system->cells[c].primary = false;
  }
}

// Hidden flags of the publishable cells of a component, measure by measure, on top of `preset`.
absl::StatusOr<std::vector<bool>> HidePattern(const FamilyCounts& family, const TableShape& shape,
                                              const Component& component,
                                              const std::vector<std::vector<Judgement>>& judgements,
                                              std::span<const uint8_t> table_key,
                                              const std::vector<bool>& preset,
                                              std::span<const Remainder> remainders) {
  ComponentSystem strong = BuildSystem(family, shape, component, judgements, ReaderKnows::kZeros,
                                       table_key, preset, remainders);
  ComponentSystem weak = BuildSystem(family, shape, component, judgements, ReaderKnows::kEmptyCells,
                                     table_key, preset, remainders);
  LeaveOutWhatFollowsAnyway(&strong.system);
  LeaveOutWhatFollowsAnyway(&weak.system);
  const size_t cells = component.measures.size() * strong.cells_per_measure;
  RENKEI_ASSIGN_OR_RETURN(std::vector<bool> hidden, SuppressComplementary(strong.system));
  for (size_t c = 0; c < cells; ++c) {
    SystemCell& cell = weak.system.cells[c];
    cell.preset_hidden = cell.preset_hidden || hidden[c];
  }
  RENKEI_ASSIGN_OR_RETURN(hidden, SuppressComplementary(weak.system));
  // Hiding more protects more; that it did is checked, not assumed.
  std::vector<bool> final_pattern = hidden;
  final_pattern.resize(cells);
  std::vector<bool> on_strong = final_pattern;
  on_strong.resize(strong.system.cells.size(), true);
  if (!ExactPrimaries(strong.system, on_strong).empty()) return Held();
  return final_pattern;
}

// Hides cells of one measure until every interval is wide enough for the public and for those who
// know some of the persons. What linked measures say of each other is left to the linear audit:
// their programs together take minutes. `movements`: what earlier calls for the measure found, to
// begin with; what a reader who knows all zeros must think possible others must too.
std::vector<bool> WidenFor(ReaderKnows knows, const FamilyCounts& family, const TableShape& shape,
                           int measure, const std::vector<Judgement>& judgements,
                           std::span<const uint8_t> table_key, std::vector<bool> hidden,
                           std::span<const Remainder> remainders,
                           std::vector<Movement>* movements) {
  MeasureIntervals intervals =
      BuildIntervals(family, shape, measure, judgements, knows, table_key, hidden, remainders);
  const std::vector<Attacker> attackers =
      AttackersOf(family, measure, intervals, family.request->policy.audit_member_intervals());
  MovementPool pool(intervals.system, attackers);
  for (const Movement& movement : *movements) pool.Add(intervals.hidden, movement);
  const IntervalPattern pattern =
      RepairIntervals(intervals.system, intervals.hidden, attackers, &pool);
  *movements = pool.movements();
  // Needs are cut to what no hiding widens, so that one without a cure is a fault of the solver.
  if (!pattern.left.empty() || !pattern.hopeless.empty()) {
    return std::vector<bool>(hidden.size(), true);
  }
  for (size_t c = 0; c < hidden.size(); ++c) hidden[c] = hidden[c] || pattern.hidden[c];
  return hidden;
}

// First for readers who know all zeros and full cells, hidden ones too: most of what those need
// serves readers who do not.
std::vector<bool> WidenIntervals(const FamilyCounts& family, const TableShape& shape, int measure,
                                 const std::vector<Judgement>& judgements,
                                 std::span<const uint8_t> table_key, std::vector<bool> hidden,
                                 std::span<const Remainder> remainders,
                                 std::vector<Movement>* movements) {
  for (const ReaderKnows knows : {ReaderKnows::kZeros, ReaderKnows::kEmptyCells}) {
    hidden = WidenFor(knows, family, shape, measure, judgements, table_key, std::move(hidden),
                      remainders, movements);
  }
  return hidden;
}

// Every measure of a component for itself; false: none hides more.
class Widening {
 public:
  Widening(const FamilyCounts& family, const TableShape& shape, const Component& component,
           const std::vector<std::vector<Judgement>>& judgements,
           std::span<const uint8_t> table_key)
      : family_(family),
        shape_(shape),
        component_(component),
        judgements_(judgements),
        table_key_(table_key),
        found_(component.measures.size()),
        clean_(component.measures.size()) {}

  bool HideMore(std::span<const Remainder> remainders, std::vector<bool>* hidden) {
    const auto cells = static_cast<std::ptrdiff_t>(shape_.publishable_cells());
    std::vector<std::vector<bool>> patterns;
    for (size_t p = 0; p < component_.measures.size(); ++p) {
      const auto from = hidden->begin() + static_cast<std::ptrdiff_t>(p) * cells;
      patterns.emplace_back(from, from + cells);
    }
    base::InParallel(patterns.size(), [&](size_t p) { Widen(p, remainders, &patterns[p]); });
    std::vector<bool> wide;
    for (const auto& pattern : patterns) wide.insert(wide.end(), pattern.begin(), pattern.end());
    const bool hid_more = wide != *hidden;
    *hidden = std::move(wide);
    return hid_more;
  }

 private:
  void Widen(size_t p, std::span<const Remainder> remainders, std::vector<bool>* pattern) {
    std::vector<Remainder> own;
    for (const Remainder& remainder : remainders) {
      if (remainder.blocks == std::vector<int>{component_.measures[p]}) own.push_back(remainder);
    }
    if (clean_[p] == std::pair(*pattern, own.size())) return;
    const auto measure = static_cast<size_t>(component_.measures[p]);
    *pattern = WidenIntervals(family_, shape_, component_.measures[p], judgements_[measure],
                              table_key_, std::move(*pattern), own, &found_[p]);
    clean_[p] = {*pattern, own.size()};
  }

  const FamilyCounts& family_;
  const TableShape& shape_;
  const Component& component_;
  const std::vector<std::vector<Judgement>>& judgements_;
  std::span<const uint8_t> table_key_;
  std::vector<std::vector<Movement>> found_;
  // Per measure the pattern that was found wide enough, with how many remainders.
  std::vector<std::pair<std::vector<bool>, size_t>> clean_;
};

}  // namespace

// A pattern decides which places are shown, and so which remainders there are; hiding for one may
// make another. Each round hides more, so the rounds end.
absl::StatusOr<std::vector<bool>> HideComponent(
    const FamilyCounts& family, const TableShape& shape, const Component& component,
    const std::vector<std::vector<Judgement>>& judgements, std::span<const uint8_t> table_key,
    std::vector<bool> hidden) {
  std::vector<Remainder> remainders;
  Widening widening(family, shape, component, judgements, table_key);
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(
        hidden, HidePattern(family, shape, component, judgements, table_key, hidden, remainders));
    const size_t known = remainders.size();
    for (Remainder& more : RemaindersOf(family, shape, component, hidden)) {
      const bool is_new = std::find(remainders.begin(), remainders.end(), more) == remainders.end();
      if (is_new) remainders.push_back(std::move(more));
    }
    if (remainders.size() == known && !widening.HideMore(remainders, &hidden)) return hidden;
  }
}

}  // namespace renkei::policy::disclosure
