#include "policy/disclosure/measure_intervals.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "policy/disclosure/need_cuts.h"

namespace renkei::policy::disclosure {
namespace {

using tables::kBands;
using tables::kSexes;

// Slices of one geography (0: the area) among the publishable ones: all kinds, then each kind.
constexpr size_t kSlicesPerGeography = 1 + kKinds;

// One end of an interval below a count and one above.
struct Ends {
  int64_t low;
  int64_t high;
  void Reach(int64_t down_to, int64_t up_to) {
    low = std::min(low, down_to);
    high = std::max(high, up_to);
  }
};

// Frequency (privacy 4.4): few persons must be able to be as few as they can, one in each inner
// cell that holds any, and t - 1.
void ReachForFew(int64_t persons, int64_t inner_cells, int64_t t, bool protects_zero, Ends* ends) {
  if (persons >= t || persons < 0 || (persons == 0 && !protects_zero)) return;
  const int64_t cells = protects_zero ? 1 : std::max<int64_t>(inner_cells, 1);
  ends->Reach(std::min(persons, cells), t - 1);
}

class Builder {
 public:
  Builder(const FamilyCounts& family, const TableShape& shape, int measure,
          const std::vector<Judgement>& judgements, std::span<const uint8_t> table_key)
      : family_(family),
        shape_(shape),
        measure_(measure),
        is_sensitive_(family.attributes[static_cast<size_t>(measure)]->sensitive()),
        judgements_(judgements),
        table_key_(table_key) {}

  MeasureIntervals Run(const std::vector<bool>& pattern, std::span<const Remainder> remainders) {
    AddPublishable(pattern);
    AddMargins();
    AddDerived();
    for (const Remainder& remainder : remainders) AddDerivedCell(remainder, kSmallCount);
    CutNeeds(out_.hidden, &out_.system);
    return std::move(out_);
  }

 private:
  static bool IsInner(size_t slice, int s, int a) {
    return slice >= kSlicesPerGeography && slice % kSlicesPerGeography != 0 && s < kSexes &&
           a < kBands;
  }
  static size_t InnerSlice(int geography, int kind) {
    return static_cast<size_t>(geography + 1) * kSlicesPerGeography + 1 + static_cast<size_t>(kind);
  }

  const Judgement& JudgementOf(size_t slice, int s, int a) const {
    return judgements_[CellIndex(slice, s, a)];
  }

  template <typename Visit>
  static void ForEachCell(size_t from_slice, size_t to_slice, Visit visit) {
    for (size_t slice = from_slice; slice < to_slice; ++slice) {
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) visit(slice, s, a);
      }
    }
  }

  Remainder CellOf(size_t slice, int s, int a) const {
    return {{measure_}, shape_.slices[slice], s, {a}};
  }

  void AddPublishable(const std::vector<bool>& pattern) {
    ForEachCell(0, shape_.publishable, [&](size_t slice, int s, int a) {
      const Judgement& j = JudgementOf(slice, s, a);
      const uint32_t cell = Push(CellOf(slice, s, a), j.reasons);
      IntervalCell& made = out_.system.cells[cell];
      made.cost = CostOf(slice, s, a, j.count.x);
      made.may_hide = !IsKnown(j);
      out_.hidden[cell] = pattern[cell] && made.may_hide;
    });
  }

  // What is known without being shown: nobody, everybody, or nobody can be there.
  bool IsKnown(const Judgement& j) const {
    if (j.count.n == 0 || j.structurally_empty || !j.collected) return true;
    if (is_sensitive_) return false;
    const bool is_full = j.count.x == j.count.n && (j.reasons & kSmallCount) == 0;
    return j.count.x == 0 || is_full;
  }

  // Margins first, large before small, shaken by the sealed key (privacy 4.6, A24).
  double CostOf(size_t slice, int s, int a, int64_t x) const {
    const Slice& where = shape_.slices[slice];
    const SexGroup& sex = kSexGroups[static_cast<size_t>(s)];
    const AgeGroup& age = kAgeGroups[static_cast<size_t>(a)];
    const double margin = (where.geography < 0 ? 5.0 : 1.0) *
                          (where.kinds == kAllKinds ? 3.0 : 1.0) * (sex.level == 0 ? 2.0 : 1.0) *
                          static_cast<double>(3 - age.level);
    const uint64_t tie = TieOfCell(family_, measure_, where, sex, age, table_key_);
    constexpr double kTwoTo53 = 9007199254740992.0;
    const double shaken = 1 + 0.1 * static_cast<double>(tie >> 11) / kTwoTo53;
    return margin * (1 + std::log(1 + static_cast<double>(x))) * shaken;
  }

  // Visits every inner cell of a sum: place, kind, sex, band.
  template <typename Visit>
  void ForEachInner(const Remainder& sum, Visit visit) const {
    const SexGroup& sex = kSexGroups[static_cast<size_t>(sum.sex_group)];
    for (const int group : sum.age_groups) {
      const AgeGroup& age = kAgeGroups[static_cast<size_t>(group)];
      for (int g = 0; g < family_.geographies; ++g) {
        for (int k = 0; k < kKinds; ++k) {
          if (!sum.slice.Contains(g, k)) continue;
          for (int s = sex.from; s <= sex.to; ++s) {
            for (int b = age.from; b <= age.to; ++b) visit(g, k, s, b);
          }
        }
      }
    }
  }

  void AddSum(uint32_t cell, const Remainder& sum) {
    out_.system.sums.push_back({cell, {}});
    Row& parts = out_.system.sums.back().parts;
    ForEachInner(sum, [&parts](int g, int k, int s, int b) {
      parts.push_back({static_cast<uint32_t>(CellIndex(InnerSlice(g, k), s, b)), 1});
    });
  }

  void AddMargins() {
    ForEachCell(0, shape_.publishable, [&](size_t slice, int s, int a) {
      if (IsInner(slice, s, a)) return;
      AddSum(static_cast<uint32_t>(CellIndex(slice, s, a)), CellOf(slice, s, a));
    });
  }

  // Differences and rests of the measure.
  void AddDerived() {
    ForEachCell(shape_.publishable, shape_.slices.size(), [&](size_t slice, int s, int a) {
      const uint8_t reasons = JudgementOf(slice, s, a).reasons;
      if (reasons & kSmallCount) AddDerivedCell(CellOf(slice, s, a), reasons);
    });
  }

  // A sum that is never printed, but follows from what is.
  void AddDerivedCell(const Remainder& sum, uint8_t reasons) {
    const uint32_t cell = Push(sum, reasons);
    HideAlways(cell);
    AddSum(cell, sum);
  }

  void HideAlways(uint32_t cell) {
    IntervalCell& made = out_.system.cells[cell];
    made.may_hide = false;
    out_.hidden[cell] = made.floor != made.cap;
  }

  Count PooledInner(int g, int k, int s, int b) const {
    const Block& counts = family_.blocks[static_cast<size_t>(measure_)];
    Count pooled;
    for (size_t i = 0; i < family_.kind_of.size(); ++i) {
      if (family_.kind_of[i] == k) pooled = pooled + counts.Inner(i, g, s, b);
    }
    return pooled;
  }

  uint32_t Push(const Remainder& sum, uint8_t reasons) {
    Count total;
    int64_t cells_with = 0;
    int64_t cells_without = 0;
    ForEachInner(sum, [&](int g, int k, int s, int b) {
      const Count inner = PooledInner(g, k, s, b);
      total = total + inner;
      cells_with += inner.x > 0;
      cells_without += inner.n > inner.x;
    });
    IntervalCell cell;
    cell.value = total.x;
    // Where zeros and full cells are shown, a hidden cell is neither.
    cell.floor = !is_sensitive_ && total.x > 0 ? 1 : 0;
    cell.cap = !is_sensitive_ && total.x < total.n ? total.n - 1 : total.n;
    if (total.n == 0 || (!is_sensitive_ && total.x == 0)) cell.floor = cell.cap = total.x;
    cell.is_protected = (reasons & kSmallCount) != 0;
    cell.need_low = cell.need_high = cell.value;
    if (cell.is_protected) {
      const int64_t t = MinCellOf(family_, sum.blocks, sum.slice, sum.sex_group, sum.age_groups);
      const int64_t without = total.n - total.x;
      Ends ends{total.x, total.x};
      ReachForFew(total.x, cells_with, t, is_sensitive_, &ends);
      Ends complement{without, without};
      ReachForFew(without, cells_without, t, is_sensitive_, &complement);
      ends.Reach(total.n - complement.high, total.n - complement.low);
      cell.need_low = std::min(cell.value, std::max(ends.low, cell.floor));
      cell.need_high = std::max(cell.value, std::min(ends.high, cell.cap));
    }
    out_.system.cells.push_back(cell);
    out_.hidden.push_back(false);
    return static_cast<uint32_t>(out_.system.cells.size() - 1);
  }

  const FamilyCounts& family_;
  const TableShape& shape_;
  int measure_;
  bool is_sensitive_;
  const std::vector<Judgement>& judgements_;
  std::span<const uint8_t> table_key_;
  MeasureIntervals out_;
};

}  // namespace

MeasureIntervals BuildIntervals(const FamilyCounts& family, const TableShape& shape, int measure,
                                const std::vector<Judgement>& judgements,
                                std::span<const uint8_t> table_key,
                                const std::vector<bool>& pattern,
                                std::span<const Remainder> remainders) {
  return Builder(family, shape, measure, judgements, table_key).Run(pattern, remainders);
}

}  // namespace renkei::policy::disclosure
