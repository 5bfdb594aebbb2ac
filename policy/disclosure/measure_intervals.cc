#include "policy/disclosure/measure_intervals.h"

#include <utility>

#include "policy/disclosure/interval_cells.h"
#include "policy/disclosure/need_cuts.h"

namespace renkei::policy::disclosure {
namespace {

using tables::kBands;
using tables::kSexes;

// Slices of one geography (0: the area) among the publishable ones: all kinds, then each kind.
constexpr size_t kSlicesPerGeography = 1 + kKinds;

class Builder {
 public:
  Builder(const FamilyCounts& family, const TableShape& shape, int measure,
          const std::vector<Judgement>& judgements, ReaderKnows knows,
          std::span<const uint8_t> table_key)
      : family_(family),
        shape_(shape),
        measure_(measure),
        is_sensitive_(family.attributes[static_cast<size_t>(measure)]->sensitive()),
        knows_zeros_(!is_sensitive_ && knows == ReaderKnows::kZeros),
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

  const Judgement& JudgementOf(size_t slice, int s, int a) const {
    return judgements_[CellIndex(slice, s, a)];
  }

  Remainder CellOf(size_t slice, int s, int a) const {
    return {{measure_}, shape_.slices[slice], s, {a}};
  }

  void AddPublishable(const std::vector<bool>& pattern) {
    ForEachCell({0, shape_.publishable}, [&](size_t slice, int s, int a) {
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
    if (!knows_zeros_) return false;
    const bool is_full = j.count.x == j.count.n && (j.reasons & kSmallCount) == 0;
    return j.count.x == 0 || is_full;
  }

  double CostOf(size_t slice, int s, int a, int64_t x) const {
    const uint64_t tie =
        TieOfCell(family_, measure_, shape_.slices[slice], kSexGroups[static_cast<size_t>(s)],
                  kAgeGroups[static_cast<size_t>(a)], table_key_);
    return CostOfHiding(shape_, CellIndex(slice, s, a), x, tie);
  }

  void AddSum(uint32_t cell, const Remainder& sum) {
    out_.system.sums.push_back({cell, {}});
    Row& parts = out_.system.sums.back().parts;
    ForEachInner(sum, family_.geographies, [&parts](int g, int k, int s, int b) {
      parts.push_back({InnerCellOf(g, k, s, b), 1});
    });
  }

  void AddMargins() {
    ForEachCell({0, shape_.publishable}, [&](size_t slice, int s, int a) {
      if (IsInner(slice, s, a)) return;
      AddSum(static_cast<uint32_t>(CellIndex(slice, s, a)), CellOf(slice, s, a));
    });
  }

  // Differences and rests of the measure.
  void AddDerived() {
    ForEachCell({shape_.publishable, shape_.slices.size()}, [&](size_t slice, int s, int a) {
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

  uint32_t Push(const Remainder& sum, uint8_t reasons) {
    SummedCells summed;
    ForEachInner(sum, family_.geographies, [&](int g, int k, int s, int b) {
      summed.Add(PooledInner(family_, measure_, g, k, s, b));
    });
    IntervalCell cell = HiddenCellOf(summed.total, knows_zeros_);
    int64_t t = 0;
    if (reasons & kSmallCount) {
      t = MinCellOf(family_, sum.blocks, sum.slice, sum.sex_group, sum.age_groups);
      AskOfSmallCount(summed, t, is_sensitive_, &cell);
    }
    out_.min_cells.push_back(t);
    out_.system.cells.push_back(cell);
    out_.hidden.push_back(false);
    return static_cast<uint32_t>(out_.system.cells.size() - 1);
  }

  const FamilyCounts& family_;
  const TableShape& shape_;
  int measure_;
  bool is_sensitive_;
  bool knows_zeros_;
  const std::vector<Judgement>& judgements_;
  std::span<const uint8_t> table_key_;
  MeasureIntervals out_;
};

}  // namespace

uint32_t InnerCellOf(int geography, int kind, int sex, int band) {
  const size_t slice =
      static_cast<size_t>(geography + 1) * kSlicesPerGeography + 1 + static_cast<size_t>(kind);
  return static_cast<uint32_t>(CellIndex(slice, sex, band));
}

MeasureIntervals BuildIntervals(const FamilyCounts& family, const TableShape& shape, int measure,
                                const std::vector<Judgement>& judgements, ReaderKnows knows,
                                std::span<const uint8_t> table_key,
                                const std::vector<bool>& pattern,
                                std::span<const Remainder> remainders) {
  return Builder(family, shape, measure, judgements, knows, table_key).Run(pattern, remainders);
}

}  // namespace renkei::policy::disclosure
