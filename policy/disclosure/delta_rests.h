// What the changes that follow leave together: of the area's change the places whose own change
// follows, of an age margin's the bands. What is left is the change of hidden cells, and must not
// follow where it is of few. The counterpart, for two releases, of the remainders of one
// (protect.cc). Inside disclosure only. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "policy/disclosure/deltas.h"
#include "policy/disclosure/ledger_system.h"

namespace renkei::policy::disclosure {

class DeltaRests {
 public:
  // Of every measure of the candidate that an earlier view has. `views`, `shape` and `stack`
  // outlive it; `stack.deltas` may grow.
  DeltaRests(const std::vector<LedgerView>& views, const TableShape& shape,
             const StackedSystem& stack);

  // Rows over the stack's variables, for hidden flags of its candidates.
  std::vector<Row> Find(const std::vector<bool>& hidden) const;

 private:
  // Two releases of a measure.
  struct Pair {
    const LedgerView* newer;
    Deltas deltas;
    std::vector<int> then;  // publishable cell -> index in stack.earlier, -1 for not shown
    std::vector<int> now;   // -> index in stack.candidates
  };
  bool Follows(const Pair& pair, const std::vector<bool>& hidden, size_t cell) const;
  // The change of `margin` less the changes of `shown`.
  Row RestOf(const Pair& pair, size_t margin, const std::vector<size_t>& shown) const;
  void AmongPlaces(const Pair& pair, const std::vector<bool>& hidden, std::vector<Row>* out) const;
  void AmongBands(const Pair& pair, const std::vector<bool>& hidden, std::vector<Row>* out) const;

  const TableShape& shape_;
  const StackedSystem& stack_;
  std::vector<Pair> pairs_;
};

}  // namespace renkei::policy::disclosure
