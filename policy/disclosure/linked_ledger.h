// The interval audit of linked measures that readers have of several releases (privacy 3.3, 5.2):
// of each its newest table, as if they had been asked together; what was shown before of counts
// that nobody changed stays shown. Inside disclosure only. Left out: what a change of one measure
// says of another, older sums of which some counts changed, and groupings.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/ledger_system.h"
#include "policy/disclosure/ledger_views.h"
#include "policy/disclosure/linked_intervals.h"

namespace renkei::policy::disclosure {

class LinkedLedger {
 public:
  // Of one group, the candidate's view the last, which has cells in `stack`. All must outlive it.
  LinkedLedger(const std::vector<LedgerView>& views, const StackedSystem& stack,
               const TableShape& shape, std::span<const uint8_t> table_key);

  // Flags by measure of the candidate's layout; of the group's measures with more of them hidden.
  // True when it hid more.
  bool HideMore(std::vector<std::vector<bool>>* hidden);

 private:
  std::vector<int> in_candidate_;  // by measure of the view; -1: it is of an earlier release
  std::vector<std::vector<bool>> shown_before_;  // likewise, and by publishable cell
  LinkedIntervals linked_;
};

}  // namespace renkei::policy::disclosure
