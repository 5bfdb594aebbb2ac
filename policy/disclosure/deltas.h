// What changed between two releases of a measure, member by member, and which of it must not be
// derivable (privacy 5.2, rule 2): a difference of 1 to t-1 persons, with or without the finding,
// or of fewer members than a cell must have. Inside disclosure only. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <map>
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

// What of a block's counts: both figures, or one of them as a table of its own.
enum class Counts { kBoth, kNumerator, kDenominator };

class Deltas {
 public:
  // Block `old_block` of the older view to `new_block` of the newer one. The views outlive it. Of
  // the rest of a relation kNumerator: the persons in it count, not the n that it is part of.
  Deltas(const LedgerView& older, int old_block, const LedgerView& newer, int new_block,
         Counts counts = Counts::kBoth)
      : Deltas(older, old_block, counts, newer, new_block, counts) {}
  Deltas(const LedgerView& older, int old_block, Counts old_counts, const LedgerView& newer,
         int new_block, Counts new_counts);

  // The figures, each alone, that must not follow: by the primary rules of either release, a
  // difference being a table of its own. A member that left or joined changes by all its people.
  // The age groups share nobody.
  std::vector<Figure> UnsafeFigures(const Slice& slice, int sex_group,
                                    std::span<const int> age_groups) const;

 private:
  void Add(const LedgerView& view, int block, Counts counts, int64_t sign);

  const LedgerView* older_;
  int old_block_;
  const LedgerView* newer_;
  int new_block_;
  int64_t min_contributors_;
  bool is_sensitive_ = false;
  std::map<base::MemberId, size_t> position_;
  std::vector<int> kinds_;       // per member of either release
  std::vector<bool> may_cross_;  // lets it be shown by municipality and type, then and now
  Block block_;
};

}  // namespace renkei::policy::disclosure
