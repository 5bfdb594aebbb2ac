#include "policy/disclosure/remainders.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/functional/function_ref.h"

namespace renkei::policy::disclosure {
namespace {

class RemainderSearch {
 public:
  RemainderSearch(const FamilyCounts& family, const TableShape& shape, const Component& component,
                  const std::vector<bool>& hidden)
      : family_(family), shape_(shape), component_(component), hidden_(hidden) {}

  std::vector<Remainder> Run() {
    for (const int measure : component_.measures) {
      AmongPlaces(measure, {measure}, [&](const Slice& slice, int s, int a) {
        return ReasonsOfCells(family_, measure, slice, s, std::span(&a, 1)) != 0;
      });
      ForEachCell(shape_.publishable, [&](size_t slice, int s, int a) {
        if (kAgeGroups[static_cast<size_t>(a)].level < 2) AmongBands(measure, slice, s, a);
      });
    }
    for (const RelationBlock* relation : component_.relations) {
      ForEachCell(shape_.publishable,
                  [&](size_t slice, int s, int a) { AmongClasses(*relation, slice, s, a); });
      if (relation->rest < 0) continue;
      std::vector<int> measures = relation->parts;
      if (relation->total >= 0) measures.push_back(relation->total);
      AmongPlaces(relation->rest, measures, [&](const Slice& slice, int s, int a) {
        return IsSmallRest(family_, *relation, slice, s, a);
      });
    }
    return std::move(found_);
  }

 private:
  static void ForEachCell(size_t slices, absl::FunctionRef<void(size_t, int, int)> visit) {
    for (size_t slice = 0; slice < slices; ++slice) {
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) visit(slice, s, a);
      }
    }
  }

  bool IsShown(int measure, size_t slice, int s, int a) const {
    const auto at = std::find(component_.measures.begin(), component_.measures.end(), measure);
    const auto p = static_cast<size_t>(at - component_.measures.begin());
    return !hidden_[p * shape_.publishable_cells() + CellIndex(slice, s, a)];
  }
  bool AreShown(const std::vector<int>& measures, size_t slice, int s, int a) const {
    return std::all_of(measures.begin(), measures.end(),
                       [&](int measure) { return IsShown(measure, slice, s, a); });
  }

  void AmongPlaces(int block, const std::vector<int>& measures,
                   absl::FunctionRef<bool(const Slice&, int sex, int age)> must_not_follow) {
    ForEachCell(4, [&](size_t kind, int s, int a) {
      if (!AreShown(measures, kind, s, a)) return;
      Remainder rest{{block}, shape_.slices[kind], s, {a}};
      rest.slice.scope = Slice::Scope::kAllButSeveral;
      for (int g = 0; g < family_.geographies; ++g) {
        const size_t slice = static_cast<size_t>(g + 1) * 4 + kind;
        if (AreShown(measures, slice, s, a)) rest.slice.left_out.push_back(g);
      }
      const int shown = static_cast<int>(rest.slice.left_out.size());
      if (shown < 2 || family_.geographies - shown < 2) return;
      if (must_not_follow(rest.slice, s, a)) found_.push_back(std::move(rest));
    });
  }

  void AmongBands(int measure, size_t slice, int s, int margin) {
    if (!IsShown(measure, slice, s, margin)) return;
    const AgeGroup& ages = kAgeGroups[static_cast<size_t>(margin)];
    Remainder rest{{measure}, shape_.slices[slice], s, {}};
    for (int band = ages.from; band <= ages.to; ++band) {
      if (!IsShown(measure, slice, s, band)) rest.age_groups.push_back(band);
    }
    const int hidden = static_cast<int>(rest.age_groups.size());
    if (hidden < 2 || hidden > ages.to - ages.from) return;
    if (ReasonsOfCells(family_, measure, rest.slice, s, rest.age_groups) != 0) {
      found_.push_back(std::move(rest));
    }
  }

  void AmongClasses(const RelationBlock& relation, size_t slice, int s, int a) {
    if (relation.total >= 0 && !IsShown(relation.total, slice, s, a)) return;
    Remainder rest{{}, shape_.slices[slice], s, {a}};
    for (const int part : relation.parts) {
      if (!IsShown(part, slice, s, a)) rest.blocks.push_back(part);
    }
    if (rest.blocks.empty() || rest.blocks.size() == relation.parts.size()) return;
    if (relation.rest >= 0) rest.blocks.push_back(relation.rest);
    if (rest.blocks.size() < 2) return;
    if (IsSmallSum(family_, rest.blocks, rest.slice, s, a)) found_.push_back(std::move(rest));
  }

  const FamilyCounts& family_;
  const TableShape& shape_;
  const Component& component_;
  const std::vector<bool>& hidden_;
  std::vector<Remainder> found_;
};

}  // namespace

std::vector<Remainder> RemaindersOf(const FamilyCounts& family, const TableShape& shape,
                                    const Component& component, const std::vector<bool>& hidden) {
  return RemainderSearch(family, shape, component, hidden).Run();
}

}  // namespace renkei::policy::disclosure
