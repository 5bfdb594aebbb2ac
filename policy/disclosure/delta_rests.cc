#include "policy/disclosure/delta_rests.h"

#include <algorithm>
#include <utility>

namespace renkei::policy::disclosure {

DeltaRests::DeltaRests(const std::vector<LedgerView>& views, const TableShape& shape,
                       const StackedSystem& stack)
    : shape_(shape), stack_(stack) {
  const LedgerView& newer = views.back();
  for (size_t m = 0; m < newer.made_by.size(); ++m) {
    if (newer.made_by[m] != newer.release) continue;
    const std::string& id = newer.request->layout->measures()[m].id;
    std::vector<int> now(shape.publishable_cells(), -1);
    for (size_t c = 0; c < stack.candidates.size(); ++c) {
      const StackedSystem::Candidate& candidate = stack.candidates[c];
      if (candidate.id == id) now[candidate.index] = static_cast<int>(c);
    }
    for (const LedgerView& older : views) {
      const int before = older.MeasureIndex(id);
      if (&older == &newer || before < 0 ||
          older.made_by[static_cast<size_t>(before)] != older.release) {
        continue;
      }
      std::vector<int> then(shape.publishable_cells(), -1);
      for (size_t c = 0; c < stack.earlier.size(); ++c) {
        const StackedSystem::Shown& shown = stack.earlier[c];
        const bool is_its_own = shown.release == older.release && shown.id == id;
        if (is_its_own && shown.index < then.size()) then[shown.index] = static_cast<int>(c);
      }
      const int after = static_cast<int>(m);
      pairs_.push_back({&newer, Deltas(older, before, newer, after), std::move(then), now});
    }
  }
}

bool DeltaRests::Follows(const Pair& pair, const std::vector<bool>& hidden, size_t cell) const {
  return pair.then[cell] >= 0 && pair.now[cell] >= 0 &&
         !hidden[static_cast<size_t>(pair.now[cell])];
}

Row DeltaRests::RestOf(const Pair& pair, size_t margin, const std::vector<size_t>& shown) const {
  Row row;
  const auto add = [&](size_t cell, int32_t sign) {
    for (const Term& t : stack_.candidates[static_cast<size_t>(pair.now[cell])].cell.row) {
      row.push_back({t.variable, sign * t.coefficient});
    }
    for (const Term& t : stack_.earlier[static_cast<size_t>(pair.then[cell])].row) {
      row.push_back({t.variable, -sign * t.coefficient});
    }
  };
  add(margin, 1);
  for (const size_t cell : shown) add(cell, -1);
  return Gathered(std::move(row));
}

void DeltaRests::AmongPlaces(const Pair& pair, const std::vector<bool>& hidden,
                             std::vector<Row>* out) const {
  constexpr size_t kKindSlices = kKinds + 1;
  const int places = pair.newer->family.geographies;
  for (size_t c = 0; c < kKindSlices * kGroupsPerSlice; ++c) {
    if (!Follows(pair, hidden, c)) continue;
    Slice rest = shape_.slices[SliceOfCell(c)];
    rest.scope = Slice::Scope::kAllButSeveral;
    std::vector<size_t> shown;
    for (int g = 0; g < places; ++g) {
      const size_t cell = static_cast<size_t>(g + 1) * kKindSlices * kGroupsPerSlice + c;
      if (!Follows(pair, hidden, cell)) continue;
      shown.push_back(cell);
      rest.left_out.push_back(g);
    }
    if (shown.empty() || static_cast<int>(shown.size()) + 2 > places) continue;
    const int age = AgeGroupOfCell(c);
    if (!pair.deltas.UnsafeFigures(rest, SexGroupOfCell(c), std::span(&age, 1)).empty()) {
      out->push_back(RestOf(pair, c, shown));
    }
  }
}

void DeltaRests::AmongBands(const Pair& pair, const std::vector<bool>& hidden,
                            std::vector<Row>* out) const {
  for (size_t c = 0; c < shape_.publishable_cells(); ++c) {
    const AgeGroup& margin = AgesOfCell(c);
    if (margin.from == margin.to || !Follows(pair, hidden, c)) continue;
    std::vector<size_t> shown;
    std::vector<int> rest;
    for (int band = margin.from; band <= margin.to; ++band) {
      const size_t cell = AtAgeGroup(c, band);
      if (Follows(pair, hidden, cell)) {
        shown.push_back(cell);
      } else {
        rest.push_back(band);
      }
    }
    if (shown.empty() || rest.size() < 2) continue;
    if (!pair.deltas.UnsafeFigures(shape_.slices[SliceOfCell(c)], SexGroupOfCell(c), rest)
             .empty()) {
      out->push_back(RestOf(pair, c, shown));
    }
  }
}

std::vector<Row> DeltaRests::Find(const std::vector<bool>& hidden) const {
  std::vector<Row> rests;
  for (const Pair& pair : pairs_) {
    AmongPlaces(pair, hidden, &rests);
    AmongBands(pair, hidden, &rests);
  }
  rests.erase(std::remove(rests.begin(), rests.end(), Row()), rests.end());
  return rests;
}

}  // namespace renkei::policy::disclosure
