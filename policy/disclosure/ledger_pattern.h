// Which further cells of a candidate are hidden for what earlier releases have shown. Inside
// disclosure only. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/ledger_system.h"
#include "policy/disclosure/ledger_views.h"
#include "policy/disclosure/linked_ledger.h"
#include "policy/disclosure/place_sets.h"
#include "policy/disclosure/release_ledger.h"
#include "policy/disclosure/stacked_hiding.h"
#include "policy/disclosure/stacked_intervals.h"

namespace renkei::policy::disclosure {

// Hidden flags: measure of the candidate's layout -> publishable cell.
using Pattern = std::vector<std::vector<bool>>;

class LedgerPattern {
 public:
  // `table_key` must outlive it. Errors of CheckAgainstLedger and ViewsOf.
  static absl::StatusOr<LedgerPattern> Make(const ProtectRequest& request, const TableShape& shape,
                                            std::span<const uint8_t> table_key);

  // The candidates are the cells of a set of the shape, of an earlier release's counts; their flags
  // in a Pattern are those of the shape's cells. Errors of ViewsOf.
  static absl::StatusOr<LedgerPattern> MakeForUnion(
      std::span<const std::shared_ptr<const EarlierRelease>> ledger, const GroupingOf& grouping,
      const TableShape& shape, std::span<const uint8_t> table_key);

  // Sticky: of a measure whose counts and judgements are those of its newest release, what that
  // release hid.
  void KeepHidden(Pattern* hidden) const;

  // True when it hid more. FAILED_PRECONDITION, reason HELD, also when a total that readers have
  // would no longer be shown for the sake of the ledger alone: such a candidate replaces nothing.
  absl::StatusOr<bool> Hide(Pattern* hidden);

  // The same of a union, at once. FAILED_PRECONDITION, reason HELD, when hiding cannot help.
  absl::Status HideUnion(Pattern* hidden);

  // Adds the sets of places that follow from groupings by such a pattern and are not in the shape,
  // where they were not judged: true when there are any. Errors of SetSearch.
  absl::StatusOr<bool> FindSets(const Pattern& hidden, std::vector<PlaceSet>* sets) const;

 private:
  struct Group {
    std::vector<LedgerView> views;
    StackedSystem stack;
    std::vector<StackedIntervals> intervals;  // of measures that readers have some of
    std::unique_ptr<LinkedLedger> linked;     // made by the first HideGroup
  };
  void Remember(std::span<const std::shared_ptr<const EarlierRelease>> ledger);
  absl::Status StackAll();
  void StackIntervals(Group* group) const;
  StackedIntervals::Against Against() const;
  std::vector<size_t> PublishableCells() const;
  std::vector<size_t> UnionCells() const;
  const LedgerView& ViewOfCandidate(const Group& group) const;
  void KeepHiddenOf(const LedgerView& newest, size_t measure, const Group& group,
                    Pattern* hidden) const;
  absl::Status HideGroup(Group* group, Pattern* hidden) const;
  absl::Status HideTogether(const LedgerView& view, Pattern* hidden) const;
  bool WasShown(size_t release, const std::string& measure, size_t cell) const;

  TableShape shape_;
  std::span<const uint8_t> table_key_;
  std::optional<GroupingOf> grouping_;
  size_t candidate_ = 0;  // the release that the candidates are of
  std::vector<std::shared_ptr<const ProtectRequest>> owned_;  // members ascending
  std::vector<const ProtectRequest*> releases_;
  std::vector<Pattern> shown_;  // of the earlier releases and their groupings
  std::vector<Group> groups_;
  StackedSystem denominators_;
  Pattern alone_;  // of the first call of Hide: what the candidate hides without the ledger
};

}  // namespace renkei::policy::disclosure
