#include "policy/disclosure/set_search.h"

#include <algorithm>
#include <set>
#include <span>

#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/disclosure/deltas.h"

namespace renkei::policy::disclosure {
namespace {

absl::Status TooManyOverlap() {
  return base::MakeError(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_HELD,
                         "too many groupings of the area and year overlap to tell what follows "
                         "from them",
                         "", "disclosure.grouping", "unions that share no municipality");
}

// Where a margin follows and some of its parts, so does what these leave of it.
void AddMeets(const PlaceSpan& margin, std::span<const PlaceSpan* const> parts,
              std::vector<PlaceSpan>* spans) {
  for (size_t p = 0; p < parts.size(); ++p) {
    PlaceSpan both = margin.Meet(*parts[p]);
    if (both.size() == 0 || both.size() == margin.size()) continue;
    AddMeets(both, parts.subspan(p + 1), spans);
    spans->push_back(std::move(both));
  }
}

MadeMeasure MadeOf(const LedgerView& view, int measure) {
  const auto m = static_cast<size_t>(measure);
  return {view.request->layout->measures()[m].id, view.made_by[m]};
}

}  // namespace

SetSearch::SetSearch(const std::vector<LedgerView>& views, const TableShape& shape,
                     const StackedSystem& stack, const std::vector<bool>& hidden,
                     const std::vector<bool>& knows, const std::vector<Row>& own_changes)
    : views_(views),
      shape_(shape),
      stack_(stack),
      places_(views.empty() ? 0 : views.front().family.geographies) {
  std::vector<const Row*> rows;
  for (const Row& row : stack.equations) rows.push_back(&row);
  for (const Row& row : own_changes) rows.push_back(&row);
  for (const StackedSystem::Shown& shown : stack.earlier) rows.push_back(&shown.row);
  for (size_t c = 0; c < stack.candidates.size(); ++c) {
    if (!hidden[c]) rows.push_back(&stack.candidates[c].cell.row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row* a, const Row* b) { return a->size() < b->size(); });
  Echelon known(stack.variables);
  for (uint32_t v = 0; v < stack.variables; ++v) {
    if (knows[v]) known.Add({{v, 1}});
  }
  for (const Row* row : rows) known.Add(*row);
  const auto left_of = [&](const std::vector<uint32_t>& variables) {
    Inner left;
    for (const uint32_t v : variables) left.push_back(known.Residual({{v, 1}}));
    return left;
  };
  std::map<MadeMeasure, Inner> inner;
  for (const auto& [release, variables] : stack.inner_of) {
    const Inner& left = inner.emplace(release, left_of(variables)).first->second;
    lines_.emplace(release, LinesOf(left, nullptr));
  }
  for (const auto& [rest, variables] : stack.rests_of) {
    lines_of_rests_.push_back(LinesOf(left_of(variables), nullptr));
  }
  for (auto now = inner.begin(); now != inner.end(); ++now) {
    for (auto then = inner.begin(); then != now; ++then) {
      if (then->first.first != now->first.first) continue;
      changes_.push_back({then->first, now->first, LinesOf(now->second, &then->second)});
    }
  }
}

std::vector<PlaceSpan> SetSearch::LinesOf(const Inner& now, const Inner* then) const {
  std::map<uint32_t, size_t> column;
  for (const Inner* one : {&now, then}) {
    if (one == nullptr) continue;
    for (const auto& residual : *one) {
      for (const Echelon::Entry& e : residual) column.emplace(e.variable, column.size());
    }
  }
  std::vector<Residual> left(now.size(), Residual(column.size()));
  for (size_t i = 0; i < now.size(); ++i) {
    for (const Echelon::Entry& e : now[i]) left[i][column.at(e.variable)] = e.value;
    if (then == nullptr) continue;
    for (const Echelon::Entry& e : (*then)[i]) {
      uint64_t& value = left[i][column.at(e.variable)];
      value = AuditField::Subtract(value, e.value);
    }
  }
  const auto places = static_cast<size_t>(places_);
  std::vector<std::vector<uint64_t>> each_place(places, std::vector<uint64_t>(places));
  for (size_t g = 0; g < places; ++g) each_place[g][g] = 1;
  std::vector<PlaceSpan> lines;
  for (size_t line = 0; line < kLines; ++line) {
    std::vector<Residual> of_places;
    for (int g = 0; g < places_; ++g) of_places.push_back(LineResidual(left, g, line));
    lines.push_back(PlaceSpan::OfVanishing(std::move(of_places), each_place));
  }
  return lines;
}

SetSearch::Residual SetSearch::LineResidual(const std::vector<Residual>& inner, int place,
                                            size_t line) {
  const uint8_t kinds = kKindsOfSetSlice[SliceOfCell(line)];
  const SexGroup& sexes = SexesOfCell(line);
  const AgeGroup& ages = AgesOfCell(line);
  Residual sum(inner.front().size());
  for (int k = 0; k < kKinds; ++k) {
    if ((kinds >> k & 1) == 0) continue;
    for (int s = sexes.from; s <= sexes.to; ++s) {
      for (int b = ages.from; b <= ages.to; ++b) {
        const Residual& one = inner[InnerIndex(place, k, s, b)];
        for (size_t c = 0; c < sum.size(); ++c) sum[c] = AuditField::Add(sum[c], one[c]);
      }
    }
  }
  return sum;
}

bool SetSearch::Follows(const MadeMeasure& of, const PlaceSet& set, size_t kind_slice, int sex,
                        int age) const {
  return lines_.at(of)[CellIndex(kind_slice, sex, age)].Contains(set);
}

std::vector<PlaceSpan> SetSearch::SpansTogether() const {
  std::vector<PlaceSpan> spans;
  const auto among_bands = [&](const std::vector<PlaceSpan>& lines) {
    for (size_t line = 0; line < kLines; ++line) {
      const AgeGroup& ages = AgesOfCell(line);
      std::vector<const PlaceSpan*> bands;
      for (int band = ages.from; band <= ages.to && ages.from < ages.to; ++band) {
        bands.push_back(&lines[AtAgeGroup(line, band)]);
      }
      AddMeets(lines[line], bands, &spans);
    }
  };
  for (const auto& [release, lines] : lines_) among_bands(lines);
  for (const Change& change : changes_) among_bands(change.lines);
  for (const LedgerView& view : views_) {
    for (const RelationBlock& relation : view.family.relations) {
      for (size_t line = 0; line < kLines; ++line) {
        std::vector<const PlaceSpan*> parts;
        for (const int part : relation.parts) {
          parts.push_back(&lines_.at(MadeOf(view, part))[line]);
        }
        if (relation.total >= 0) {
          AddMeets(lines_.at(MadeOf(view, relation.total))[line], parts, &spans);
        }
        for (size_t p = 0; p < parts.size() && relation.total < 0; ++p) {
          AddMeets(*parts[p], std::span(parts).subspan(p + 1), &spans);
        }
      }
    }
  }
  return spans;
}

absl::StatusOr<std::vector<PlaceSet>> SetSearch::NewSets() const {
  std::set<PlaceSet> known(shape_.sets.begin(), shape_.sets.end());
  known.insert(AllPlaces(places_));
  std::set<PlaceSet> found;
  std::vector<PlaceSpan> all = SpansTogether();
  const auto add = [&](const std::vector<PlaceSpan>& lines) {
    all.insert(all.end(), lines.begin(), lines.end());
  };
  for (const auto& [release, lines] : lines_) add(lines);
  for (const std::vector<PlaceSpan>& lines : lines_of_rests_) add(lines);
  for (const Change& change : changes_) add(change.lines);
  for (const PlaceSpan& line : all) {
    const auto smallest = line.SmallestSums();
    if (!smallest.has_value()) return TooManyOverlap();
    for (const PlaceSet& set : *smallest) {
      if (set.size() > 1 && !known.contains(set)) found.insert(set);
    }
  }
  return std::vector<PlaceSet>(found.begin(), found.end());
}

void SetSearch::AddCell(const MadeMeasure& of, const PlaceSet& set, size_t kind_slice, int sex,
                        int age, int32_t sign, Row* row) const {
  const SexGroup& sexes = kSexGroups[static_cast<size_t>(sex)];
  const AgeGroup& ages = kAgeGroups[static_cast<size_t>(age)];
  const std::vector<uint32_t>& variables = stack_.inner_of.at(of);
  for (const int g : set) {
    for (int k = 0; k < kKinds; ++k) {
      if ((kKindsOfSetSlice[kind_slice] >> k & 1) == 0) continue;
      for (int s = sexes.from; s <= sexes.to; ++s) {
        for (int b = ages.from; b <= ages.to; ++b) {
          row->push_back({variables[InnerIndex(g, k, s, b)], sign});
        }
      }
    }
  }
}

std::vector<SetSearch::Summed> SetSearch::AllSums() const {
  std::vector<Summed> sums = {{AllPlaces(places_), std::nullopt}};
  for (int g = 0; g < places_; ++g) sums.push_back({{g}, std::nullopt});
  for (size_t set = 0; set < shape_.sets.size(); ++set) sums.push_back({shape_.sets[set], set});
  return sums;
}

Slice SetSearch::SliceOf(const Summed& sum, size_t kind_slice) const {
  if (sum.set.has_value()) return shape_.slices[shape_.SliceOfSet(*sum.set, kind_slice)];
  Slice slice;
  slice.kinds = kKindsOfSetSlice[kind_slice];
  if (sum.places.size() == 1) {
    slice.scope = Slice::Scope::kOne;
    slice.geography = sum.places.front();
  }
  return slice;
}

void SetSearch::ForEachHiddenBands(
    const std::vector<PlaceSpan>& lines, const Summed& sum,
    absl::FunctionRef<void(size_t kinds, int sex, const std::vector<int>& bands)> visit) const {
  for (size_t kinds = 0; kinds < kSlicesPerSet; ++kinds) {
    for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
      const auto follows = [&](int age) {
        return lines[CellIndex(kinds, s, age)].Contains(sum.places);
      };
      for (int margin = 0; margin < static_cast<int>(kAgeGroups.size()); ++margin) {
        const AgeGroup& ages = kAgeGroups[static_cast<size_t>(margin)];
        if (ages.from == ages.to || !follows(margin)) continue;
        std::vector<int> rest;
        for (int band = ages.from; band <= ages.to; ++band) {
          if (!follows(band)) rest.push_back(band);
        }
        const int hidden = static_cast<int>(rest.size());
        if (hidden >= 2 && hidden <= ages.to - ages.from) visit(kinds, s, rest);
      }
    }
  }
}

void SetSearch::BandsOf(const LedgerView& view, int measure, const Summed& sum,
                        std::vector<Row>* rests) const {
  const MadeMeasure of = MadeOf(view, measure);
  ForEachHiddenBands(lines_.at(of), sum, [&](size_t kinds, int sex, const std::vector<int>& bands) {
    const Slice slice = SliceOf(sum, kinds);
    if (ReasonsOfCells(view.family, measure, slice, sex, bands) == 0) return;
    Row row;
    for (const int band : bands) AddCell(of, sum.places, kinds, sex, band, 1, &row);
    rests->push_back(Gathered(std::move(row)));
  });
}

// Without a total the classes that follow are the row: everybody less them is what is left.
void SetSearch::ClassesOf(const LedgerView& view, const RelationBlock& relation, const Summed& sum,
                          std::vector<Row>* rests) const {
  const PlaceSet& places = sum.places;
  for (size_t kinds = 0; kinds < kSlicesPerSet; ++kinds) {
    const Slice slice = SliceOf(sum, kinds);
    for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
      for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
        const auto follows = [&](int measure) {
          return Follows(MadeOf(view, measure), places, kinds, s, a);
        };
        if (relation.total >= 0 && !follows(relation.total)) continue;
        std::vector<int> left;
        Row row;
        if (relation.total >= 0)
          AddCell(MadeOf(view, relation.total), places, kinds, s, a, 1, &row);
        for (const int part : relation.parts) {
          if (follows(part)) {
            AddCell(MadeOf(view, part), places, kinds, s, a, -1, &row);
          } else {
            left.push_back(part);
          }
        }
        if (left.empty() || left.size() == relation.parts.size()) continue;
        if (relation.rest >= 0) left.push_back(relation.rest);
        if (left.size() < 2 || !IsSmallSum(view.family, left, slice, s, a)) continue;
        rests->push_back(Gathered(std::move(row)));
      }
    }
  }
}

std::vector<Row> SetSearch::Rests() const {
  std::vector<Row> rests;
  const std::vector<Summed> sums = AllSums();
  for (const LedgerView& view : views_) {
    for (const Summed& sum : sums) {
      for (size_t m = 0; m < view.made_by.size(); ++m) {
        if (view.made_by[m] == view.release) BandsOf(view, static_cast<int>(m), sum, &rests);
      }
      for (const RelationBlock& relation : view.family.relations) {
        ClassesOf(view, relation, sum, &rests);
      }
    }
  }
  rests.erase(std::remove(rests.begin(), rests.end(), Row()), rests.end());
  return rests;
}

std::vector<Row> SetSearch::ChangeRests() const {
  const auto view_of = [&](const MadeMeasure& made) -> const LedgerView& {
    return *std::find_if(views_.begin(), views_.end(),
                         [&](const LedgerView& view) { return view.release == made.second; });
  };
  std::vector<Row> rests;
  const std::vector<Summed> sums = AllSums();
  for (const Change& change : changes_) {
    const LedgerView& then = view_of(change.then);
    const LedgerView& now = view_of(change.now);
    const std::string& id = change.now.first;
    const Deltas deltas(then, then.MeasureIndex(id), now, now.MeasureIndex(id));
    for (const Summed& sum : sums) {
      ForEachHiddenBands(change.lines, sum,
                         [&](size_t kinds, int sex, const std::vector<int>& bands) {
                           const Slice slice = SliceOf(sum, kinds);
                           if (deltas.UnsafeFigures(slice, sex, bands).empty()) return;
                           Row row;
                           for (const int band : bands) {
                             AddCell(change.now, sum.places, kinds, sex, band, 1, &row);
                             AddCell(change.then, sum.places, kinds, sex, band, -1, &row);
                           }
                           rests.push_back(Gathered(std::move(row)));
                         });
    }
  }
  return rests;
}

}  // namespace renkei::policy::disclosure
