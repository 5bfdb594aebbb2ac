// Which further cells of a candidate are hidden for what earlier releases have shown. Inside
// disclosure only. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/ledger_system.h"
#include "policy/disclosure/ledger_views.h"
#include "policy/disclosure/release_ledger.h"

namespace renkei::policy::disclosure {

// Hidden flag per candidate of the stack, on top of `hidden`, so that neither a primary of any
// release nor an unsafe difference of two follows. FAILED_PRECONDITION, reason HELD, when hiding
// cannot help.
absl::StatusOr<std::vector<bool>> HideStacked(const StackedSystem& stack, std::vector<bool> hidden);

// Hidden flags: measure of the candidate's layout -> publishable cell.
using Pattern = std::vector<std::vector<bool>>;

class LedgerPattern {
 public:
  // Errors of CheckAgainstLedger and ViewsOf.
  static absl::StatusOr<LedgerPattern> Make(const ProtectRequest& request, const TableShape& shape,
                                            std::span<const uint8_t> table_key);

  // Sticky: of a measure whose counts and judgements are those of its newest release, what that
  // release hid.
  void KeepHidden(Pattern* hidden) const;

  // True when it hid more. FAILED_PRECONDITION, reason HELD, also when a total that readers have
  // would no longer be shown for the sake of the ledger alone: such a candidate replaces nothing.
  absl::StatusOr<bool> Hide(Pattern* hidden);

 private:
  struct Group {
    std::vector<LedgerView> views;
    StackedSystem stack;
  };
  void KeepHiddenOf(const LedgerView& newest, size_t measure, const Group& group,
                    Pattern* hidden) const;
  absl::Status HideGroup(Group* group, Pattern* hidden) const;
  absl::Status HideTogether(const LedgerView& newest, Pattern* hidden) const;
  bool WasShown(size_t release, const std::string& measure, size_t cell) const;

  TableShape shape_;
  std::vector<std::shared_ptr<const ProtectRequest>> owned_;  // members ascending
  std::vector<const ProtectRequest*> releases_;
  std::vector<Pattern> shown_;  // of the earlier releases
  std::vector<Group> groups_;
  StackedSystem denominators_;
  Pattern alone_;  // of the first call of Hide: what the candidate hides without the ledger
};

}  // namespace renkei::policy::disclosure
