#include "policy/disclosure/ledger_rests.h"

#include <algorithm>
#include <set>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

constexpr size_t kCellsOfPlace = (kKinds + 1) * kGroupsPerSlice;

class Search {
 public:
  Search(const std::vector<LedgerView>& views, size_t view, const TableShape& shape,
         const StackedSystem& stack, const std::set<Row, RowLess>& shown)
      : view_(view),
        family_(views[view].family),
        shape_(shape),
        rows_(stack.rows[view]),
        shown_(shown) {}

  std::vector<LedgerRests::Rest> Run() {
    for (size_t m = 0; m < rows_.size(); ++m) {
      const int measure = static_cast<int>(m);
      for (size_t c = 0; c < shape_.publishable_cells(); ++c) {
        if (!IsShown(m, c)) continue;
        if (c < kCellsOfPlace) AmongPlaces(measure, c);
        AmongBands(measure, c);
      }
    }
    for (const RelationBlock& relation : family_.relations) {
      for (size_t c = 0; c < shape_.publishable_cells(); ++c) AmongClasses(relation, c);
    }
    return std::move(found_);
  }

 private:
  bool IsShown(size_t measure, size_t cell) const { return shown_.contains(rows_[measure][cell]); }
  const Slice& SliceOf(size_t cell) const { return shape_.slices[SliceOfCell(cell)]; }

  void Add(const Row& margin, const std::vector<const Row*>& shown, Remainder sum) {
    Row row = margin;
    for (const Row* one : shown) {
      for (const Term& t : *one) row.push_back({t.variable, -t.coefficient});
    }
    row = Gathered(std::move(row));
    if (!row.empty()) found_.push_back({view_, std::move(sum), std::move(row)});
  }

  void AmongPlaces(int measure, size_t margin) {
    const std::vector<Row>& rows = rows_[static_cast<size_t>(measure)];
    Slice rest = SliceOf(margin);
    rest.scope = Slice::Scope::kAllButSeveral;
    std::vector<const Row*> shown;
    for (int g = 0; g < family_.geographies; ++g) {
      const size_t cell = static_cast<size_t>(g + 1) * kCellsOfPlace + margin;
      if (!IsShown(static_cast<size_t>(measure), cell)) continue;
      rest.left_out.push_back(g);
      shown.push_back(&rows[cell]);
    }
    if (shown.empty() || static_cast<int>(shown.size()) == family_.geographies) return;
    const int age = AgeGroupOfCell(margin);
    if (ReasonsOfCells(family_, measure, rest, SexGroupOfCell(margin), std::span(&age, 1)) != 0) {
      Add(rows[margin], shown, {{measure}, rest, SexGroupOfCell(margin), {age}});
    }
  }

  void AmongBands(int measure, size_t margin) {
    const AgeGroup& ages = AgesOfCell(margin);
    const std::vector<Row>& rows = rows_[static_cast<size_t>(measure)];
    std::vector<const Row*> shown;
    std::vector<int> rest;
    for (int band = ages.from; band <= ages.to; ++band) {
      const size_t cell = AtAgeGroup(margin, band);
      if (IsShown(static_cast<size_t>(measure), cell)) {
        shown.push_back(&rows[cell]);
      } else {
        rest.push_back(band);
      }
    }
    if (shown.empty() || rest.empty()) return;
    if (ReasonsOfCells(family_, measure, SliceOf(margin), SexGroupOfCell(margin), rest) != 0) {
      Add(rows[margin], shown, {{measure}, SliceOf(margin), SexGroupOfCell(margin), rest});
    }
  }

  void AmongClasses(const RelationBlock& relation, size_t cell) {
    if (relation.total < 0 || !IsShown(static_cast<size_t>(relation.total), cell)) return;
    std::vector<const Row*> shown;
    std::vector<int> rest;
    for (const int part : relation.parts) {
      if (IsShown(static_cast<size_t>(part), cell)) {
        shown.push_back(&rows_[static_cast<size_t>(part)][cell]);
      } else {
        rest.push_back(part);
      }
    }
    if (shown.empty()) return;
    if (relation.rest >= 0) rest.push_back(relation.rest);
    if (rest.size() < 2) return;
    if (IsSmallSum(family_, rest, SliceOf(cell), SexGroupOfCell(cell), AgeGroupOfCell(cell))) {
      Add(rows_[static_cast<size_t>(relation.total)][cell], shown,
          {rest, SliceOf(cell), SexGroupOfCell(cell), {AgeGroupOfCell(cell)}});
    }
  }

  size_t view_;
  const FamilyCounts& family_;
  const TableShape& shape_;
  const std::vector<std::vector<Row>>& rows_;
  const std::set<Row, RowLess>& shown_;
  std::vector<LedgerRests::Rest> found_;
};

}  // namespace

std::vector<LedgerRests::Rest> LedgerRests::Find(const std::vector<bool>& hidden) const {
  std::set<Row, RowLess> shown;
  for (const StackedSystem::Shown& earlier : stack_.earlier) shown.insert(earlier.row);
  for (size_t c = 0; c < stack_.candidates.size(); ++c) {
    if (!hidden[c]) shown.insert(stack_.candidates[c].cell.row);
  }
  std::vector<Rest> rests;
  for (size_t v = 0; v < views_.size(); ++v) {
    for (Rest& rest : Search(views_, v, shape_, stack_, shown).Run()) {
      rests.push_back(std::move(rest));
    }
  }
  return rests;
}

}  // namespace renkei::policy::disclosure
