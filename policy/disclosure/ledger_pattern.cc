#include "policy/disclosure/ledger_pattern.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "policy/base/status.h"
#include "policy/disclosure/delta_rests.h"
#include "policy/disclosure/denominators.h"
#include "policy/disclosure/ledger_rests.h"
#include "policy/disclosure/set_search.h"

namespace renkei::policy::disclosure {
namespace {

std::shared_ptr<const ProtectRequest> Sorted(const ProtectRequest& request) {
  auto sorted = std::make_shared<ProtectRequest>(request);
  sorted->earlier.clear();
  std::sort(sorted->contributions.begin(), sorted->contributions.end(),
            [](const auto& a, const auto& b) { return a.member < b.member; });
  return sorted;
}

std::vector<bool> FlagsOf(const StackedSystem& stack, const Pattern& hidden) {
  std::vector<bool> flags;
  for (const StackedSystem::Candidate& c : stack.candidates) {
    flags.push_back(hidden[c.measure][c.index]);
  }
  return flags;
}

void HideFlagged(const StackedSystem& stack, const std::vector<bool>& flags, Pattern* hidden) {
  for (size_t i = 0; i < flags.size(); ++i) {
    const StackedSystem::Candidate& c = stack.candidates[i];
    if (flags[i]) (*hidden)[c.measure][c.index] = true;
  }
}

absl::Status HideIn(const StackedSystem& stack, Pattern* hidden) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<bool> flags,
                          HideStacked(stack, FlagsOf(stack, *hidden)));
  HideFlagged(stack, flags, hidden);
  return absl::OkStatus();
}

// What readers know of inner counts beside what is shown: all zeros and full cells; where nobody
// can be; that, and what shown margins of nobody and of everybody tell.
std::array<std::vector<bool>, 3> ReadersOf(const StackedSystem& stack,
                                           const std::vector<bool>& flags) {
  return {stack.known_zeros, stack.known_empty, ToldZeros(stack, flags)};
}

bool AddNew(const Row& row, std::vector<Row>* rows) {
  if (std::find(rows->begin(), rows->end(), row) != rows->end()) return false;
  rows->push_back(row);
  return true;
}

// What was shown of a release and its groupings, by cell of the shape.
Pattern ShownOf(const EarlierRelease& earlier, const TableShape& shape) {
  Pattern shown = earlier.shown;
  for (const ShownUnion& one : earlier.unions) {
    const PlaceSet set = PlacesNamed(*earlier.inputs.layout, one.municipalities);
    const auto at = static_cast<size_t>(std::find(shape.sets.begin(), shape.sets.end(), set) -
                                        shape.sets.begin());
    for (size_t m = 0; m < shown.size(); ++m) {
      shown[m].resize(shape.cells());
      for (size_t c = 0; c < kUnionCells; ++c) {
        if (one.shown[m][c]) shown[m][shape.SliceOfSet(at, 0) * kGroupsPerSlice + c] = true;
      }
    }
  }
  return shown;
}

constexpr size_t kTotal = CellIndex(0, kSexGroups.size() - 1, kAgeGroups.size() - 1);

}  // namespace

absl::StatusOr<LedgerPattern> LedgerPattern::Make(const ProtectRequest& request,
                                                  const TableShape& shape,
                                                  std::span<const uint8_t> table_key) {
  LedgerPattern out;
  out.shape_ = shape;
  out.table_key_ = table_key;
  if (request.earlier.empty()) return out;
  RENKEI_RETURN_IF_ERROR(CheckAgainstLedger(request));
  out.Remember(request.earlier);
  out.owned_.push_back(Sorted(request));
  out.candidate_ = out.owned_.size() - 1;
  RENKEI_RETURN_IF_ERROR(out.StackAll());
  return out;
}

absl::StatusOr<LedgerPattern> LedgerPattern::MakeForUnion(
    std::span<const std::shared_ptr<const EarlierRelease>> ledger, const GroupingOf& grouping,
    const TableShape& shape, std::span<const uint8_t> table_key) {
  LedgerPattern out;
  out.shape_ = shape;
  out.table_key_ = table_key;
  out.grouping_ = grouping;
  out.candidate_ = grouping.release;
  out.Remember(ledger);
  RENKEI_RETURN_IF_ERROR(out.StackAll());
  return out;
}

void LedgerPattern::Remember(std::span<const std::shared_ptr<const EarlierRelease>> ledger) {
  for (const auto& earlier : ledger) {
    owned_.push_back(Sorted(earlier->inputs));
    shown_.push_back(ShownOf(*earlier, shape_));
  }
}

absl::Status LedgerPattern::StackAll() {
  for (const auto& owned : owned_) releases_.push_back(owned.get());
  for (const std::set<std::string>& group : LinkedGroups(releases_, candidate_)) {
    Group made;
    RENKEI_ASSIGN_OR_RETURN(made.views, ViewsOf(releases_, shape_, group));
    made.stack = Stack(releases_, shown_, made.views, shape_, table_key_, grouping_);
    AddSetDeltas(&made.stack);
    StackIntervals(&made);
    groups_.push_back(std::move(made));
  }
  std::vector<DenominatorGroup> groups;
  for (const Group& group : groups_) groups.push_back({&group.views, &group.stack});
  RENKEI_ASSIGN_OR_RETURN(denominators_,
                          StackDenominators(releases_, shown_, groups, shape_, candidate_));
  return absl::OkStatus();
}

void LedgerPattern::StackIntervals(Group* group) const {
  const std::vector<StackedSystem::Shown>& shown = group->stack.earlier;
  for (const tables::MeasureVersion& measure : releases_[candidate_]->layout->measures()) {
    const bool is_of_group = ViewOfCandidate(*group).MeasureIndex(measure.id) >= 0;
    const bool has_any =
        is_of_group && std::any_of(shown.begin(), shown.end(), [&](const StackedSystem::Shown& s) {
          return s.id == measure.id;
        });
    if (!has_any) continue;
    for (const ReaderKnows knows : {ReaderKnows::kZeros, ReaderKnows::kEmptyCells}) {
      group->intervals.emplace_back(group->views, shape_, group->stack, measure.id, knows,
                                    Against());
    }
  }
}

// Of a grouping members and persons are judged by equations: every grouping would take as long as
// a release.
StackedIntervals::Against LedgerPattern::Against() const {
  if (grouping_.has_value()) return StackedIntervals::Against::kPublic;
  return releases_[candidate_]->policy.audit_member_intervals()
             ? StackedIntervals::Against::kMembersAndPersons
             : StackedIntervals::Against::kPersons;
}

bool LedgerPattern::WasShown(size_t release, const std::string& measure, size_t cell) const {
  const int m = MeasureIn(*releases_[release], measure);
  if (m < 0) return false;
  const std::vector<bool>& cells = shown_[release][static_cast<size_t>(m)];
  return cell < cells.size() && cells[cell];
}

void LedgerPattern::KeepHiddenOf(const LedgerView& newest, size_t measure, const Group& group,
                                 Pattern* hidden) const {
  const std::string& id = releases_.back()->layout->measures()[measure].id;
  const int now = newest.MeasureIndex(id);
  if (now < 0) return;
  for (auto view = group.views.rbegin(); view != group.views.rend(); ++view) {
    const int then = view->MeasureIndex(id);
    if (view->release + 1 == releases_.size() || then < 0 ||
        view->made_by[static_cast<size_t>(then)] != view->release) {
      continue;
    }
    const auto& was = view->judgements[static_cast<size_t>(then)];
    const auto& is = newest.judgements[static_cast<size_t>(now)];
    const bool same =
        IsUnchanged(*releases_[view->release], *releases_.back(), id) &&
        std::equal(was.begin(), was.end(), is.begin(), is.end(),
                   [](const auto& a, const auto& b) { return a.reasons == b.reasons; });
    if (!same) return;
    // What the layout or a cap of then withheld was not hidden for its counts.
    rules::WithheldLevels withheld = releases_[view->release]->withheld;
    withheld.Add(view->family.capped);
    std::vector<bool>& flags = (*hidden)[measure];
    for (size_t c = 0; c < flags.size(); ++c) {
      if (!WasShown(view->release, id, c) && !withheld.Withholds(GrainOf(shape_, c))) {
        flags[c] = true;
      }
    }
    return;
  }
}

void LedgerPattern::KeepHidden(Pattern* hidden) const {
  for (const Group& group : groups_) {
    for (size_t m = 0; m < hidden->size(); ++m) {
      KeepHiddenOf(group.views.back(), m, group, hidden);
    }
  }
}

// What relations hide together when the two measures are of different releases; of a union also
// when they are of one.
absl::Status LedgerPattern::HideTogether(const LedgerView& view, Pattern* hidden) const {
  const auto& measures = view.request->layout->measures();
  const auto in_candidate = [&](int measure) {
    const auto m = static_cast<size_t>(measure);
    return view.made_by[m] == candidate_ ? MeasureIn(*releases_[candidate_], measures[m].id) : -1;
  };
  for (const auto& tie : view.family.ties) {
    const int from = in_candidate(tie.from);
    const int to = in_candidate(tie.to);
    if (grouping_.has_value() && from >= 0 && to >= 0) {
      for (const size_t c : UnionCells()) {
        if ((*hidden)[static_cast<size_t>(from)][c]) (*hidden)[static_cast<size_t>(to)][c] = true;
      }
    }
    if ((from < 0) == (to < 0)) continue;  // of one release: protect.cc, now or then
    const int carried = from < 0 ? tie.from : tie.to;
    const auto m = static_cast<size_t>(carried);
    for (const size_t c : grouping_.has_value() ? UnionCells() : PublishableCells()) {
      const bool carried_shown = WasShown(view.made_by[m], measures[m].id, c);
      if (from < 0 && !carried_shown) (*hidden)[static_cast<size_t>(to)][c] = true;
      if (from >= 0 && carried_shown && (*hidden)[static_cast<size_t>(from)][c])
        return HeldByLedger();
    }
  }
  return absl::OkStatus();
}

std::vector<size_t> LedgerPattern::PublishableCells() const {
  std::vector<size_t> cells(shape_.publishable_cells());
  std::iota(cells.begin(), cells.end(), size_t{0});
  return cells;
}

std::vector<size_t> LedgerPattern::UnionCells() const {
  std::vector<size_t> cells(kUnionCells);
  std::iota(cells.begin(), cells.end(), shape_.SliceOfSet(grouping_->set, 0) * kGroupsPerSlice);
  return cells;
}

const LedgerView& LedgerPattern::ViewOfCandidate(const Group& group) const {
  return *std::find_if(group.views.begin(), group.views.end(),
                       [&](const LedgerView& view) { return view.release == candidate_; });
}

absl::Status LedgerPattern::HideUnion(Pattern* hidden) {
  Pattern before;
  while (before != *hidden) {
    before = *hidden;
    for (Group& group : groups_) {
      // A later release may have brought the other measure of a relation.
      for (const LedgerView& view : group.views) {
        RENKEI_RETURN_IF_ERROR(HideTogether(view, hidden));
      }
      RENKEI_RETURN_IF_ERROR(HideGroup(&group, hidden));
    }
    RENKEI_RETURN_IF_ERROR(HideIn(denominators_, hidden));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LedgerPattern::FindSets(const Pattern& hidden,
                                             std::vector<PlaceSet>* sets) const {
  if (shape_.sets.empty()) return false;
  std::set<PlaceSet> found;
  for (const Group& group : groups_) {
    const std::vector<bool> flags = FlagsOf(group.stack, hidden);
    const StackedSystem& stack = group.stack;
    std::vector<OwnChanges> own_changes = stack.own_changes;
    own_changes.emplace_back();  // of a reader
    for (const std::vector<bool>& knows : ReadersOf(stack, flags)) {
      for (const OwnChanges& own : own_changes) {
        const SetSearch search(group.views, shape_, stack, flags, knows, own.rows);
        RENKEI_ASSIGN_OR_RETURN(const std::vector<PlaceSet> more, search.NewSets());
        found.insert(more.begin(), more.end());
      }
    }
  }
  sets->insert(sets->end(), found.begin(), found.end());
  return !found.empty();
}

// A pattern decides which changes follow, and so what they leave.
absl::Status LedgerPattern::HideGroup(Group* group, Pattern* hidden) const {
  StackedSystem& stack = group->stack;
  // Of a grouping what follows is found by sets of places.
  std::optional<DeltaRests> of_changes;
  std::optional<LedgerRests> of_cells;
  if (!grouping_.has_value()) {
    of_changes.emplace(group->views, shape_, stack);
    of_cells.emplace(group->views, shape_, stack);
  }
  const auto add = [](const std::vector<Row>& found, std::vector<Row>* rows) {
    bool has_new = false;
    for (const Row& rest : found) has_new |= AddNew(rest, rows);
    return has_new;
  };
  for (bool has_more = true; has_more;) {
    RENKEI_RETURN_IF_ERROR(HideIn(stack, hidden));
    std::vector<bool> flags = FlagsOf(stack, *hidden);
    has_more = of_changes.has_value() && add(of_changes->Find(flags), &stack.deltas);
    std::vector<LedgerRests::Rest> rests;
    if (of_cells.has_value()) rests = of_cells->Find(flags);
    for (const LedgerRests::Rest& rest : rests) {
      if (!AddNew(rest.row, &stack.primaries)) continue;
      has_more = true;
      for (StackedIntervals& of_measure : group->intervals) {
        of_measure.Ask(group->views[rest.view], rest.sum);
      }
    }
    if (!shape_.sets.empty()) {
      for (const std::vector<bool>& knows : ReadersOf(stack, flags)) {
        const SetSearch search(group->views, shape_, stack, flags, knows, {});
        has_more |= add(search.Rests(), &stack.set_primaries);
        std::vector<Row> changes = search.ChangeRests();
        LeaveOutTold(stack, std::nullopt, &changes);
        has_more |= add(changes, &stack.deltas);
      }
    }
    if (has_more) continue;
    const std::vector<bool> before = flags;
    for (StackedIntervals& of_measure : group->intervals) of_measure.Widen(&flags);
    has_more = flags != before;
    HideFlagged(stack, flags, hidden);
    if (has_more || grouping_.has_value()) continue;
    if (group->linked == nullptr) {
      group->linked = std::make_unique<LinkedLedger>(group->views, stack, shape_, table_key_);
    }
    has_more = group->linked->HideMore(hidden);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LedgerPattern::Hide(Pattern* hidden) {
  if (groups_.empty()) return false;
  if (alone_.empty()) alone_ = *hidden;
  const Pattern before = *hidden;
  for (Group& group : groups_) {
    RENKEI_RETURN_IF_ERROR(HideTogether(group.views.back(), hidden));
    if (group.stack.earlier.empty()) continue;  // never released: protected by itself
    RENKEI_RETURN_IF_ERROR(HideGroup(&group, hidden));
  }
  RENKEI_RETURN_IF_ERROR(HideIn(denominators_, hidden));
  for (size_t m = 0; m < hidden->size(); ++m) {
    if (!(*hidden)[m][kTotal] || alone_[m][kTotal]) continue;
    const std::string& id = releases_.back()->layout->measures()[m].id;
    for (size_t r = 0; r + 1 < releases_.size(); ++r) {
      if (WasShown(r, id, kTotal)) return HeldByLedger();
    }
  }
  return *hidden != before;
}

}  // namespace renkei::policy::disclosure
