// What changed between two releases of a measure, member by member, and which of it must not be
// derivable (privacy 5.2, rule 2): a difference of 1 to t-1 persons, with or without the finding,
// or of fewer members than a cell must have. Inside disclosure only. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/ledger_views.h"

namespace renkei::policy::disclosure {

// Which figure of a difference: persons with the finding, without it, counted at all.
enum class Figure { kWith, kWithout, kCounted };
inline constexpr std::array<Figure, 3> kFigures = {Figure::kWith, Figure::kWithout,
                                                   Figure::kCounted};
inline int64_t FigureOf(const Count& count, Figure figure) {
  switch (figure) {
    case Figure::kWith:
      return count.x;
    case Figure::kWithout:
      return count.n - count.x;
    case Figure::kCounted:
      return count.n;
  }
  return 0;
}

class Deltas {
 public:
  // Block `old_block` of the older view to `new_block` of the newer one, by measure.
  static Deltas OfMeasure(const LedgerView& older, int old_block, const LedgerView& newer,
                          int new_block);
  // Of a rest the persons in it count alone, not the n that it is part of.
  static Deltas OfRest(const LedgerView& older, int old_block, const LedgerView& newer,
                       int new_block);

  // Of the denominators alone.
  static Deltas OfDenominators(const LedgerView& older, int old_measure, const LedgerView& newer,
                               int new_measure);

  // The figures, each alone, that must not follow. A member that left or joined changes by all its
  // people. The age groups share nobody.
  std::vector<Figure> UnsafeFigures(const Slice& slice, int sex_group,
                                    std::span<const int> age_groups, int64_t min_cell,
                                    int64_t min_contributors) const;

 private:
  enum class Counts { kBoth, kNumerator, kDenominator };
  Deltas(const LedgerView& older, int old_block, const LedgerView& newer, int new_block,
         Counts counts);

  std::vector<int> kinds_;  // per member of either release
  Block block_;
};

}  // namespace renkei::policy::disclosure
