// What the shown cells of several releases give together: of a margin of one release the places,
// bands or classes that any release shows with the same counts. What is left is the sum of hidden
// cells, and must not follow where it is primary. The counterpart, for the ledger, of the
// remainders of one release (protect.cc). Inside disclosure only. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "policy/disclosure/ledger_system.h"

namespace renkei::policy::disclosure {

class LedgerRests {
 public:
  // All outlive it; `stack.primaries` may grow.
  LedgerRests(const std::vector<LedgerView>& views, const TableShape& shape,
              const StackedSystem& stack)
      : views_(views), shape_(shape), stack_(stack) {}

  struct Rest {
    size_t view = 0;  // index
    Remainder sum;
    Row row;  // over the stack's variables
  };
  // For hidden flags of the stack's candidates.
  std::vector<Rest> Find(const std::vector<bool>& hidden) const;

 private:
  const std::vector<LedgerView>& views_;
  const TableShape& shape_;
  const StackedSystem& stack_;
};

}  // namespace renkei::policy::disclosure
