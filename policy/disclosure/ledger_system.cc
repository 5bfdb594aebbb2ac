#include "policy/disclosure/ledger_system.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace renkei::policy::disclosure {
namespace {

struct RowLess {
  bool operator()(const Row& a, const Row& b) const {
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(), [](const Term& x, const Term& y) {
          return std::tie(x.variable, x.coefficient) < std::tie(y.variable, y.coefficient);
        });
  }
};

int MeasureIn(const ProtectRequest& request, const std::string& id) {
  const auto& measures = request.layout->measures();
  for (size_t m = 0; m < measures.size(); ++m) {
    if (measures[m].id == id) return static_cast<int>(m);
  }
  return -1;
}

// The counts of every member of a kind in a place, those of nobody left out.
using Content = std::vector<std::pair<base::MemberId, std::vector<int64_t>>>;

Content ContentOf(const ProtectRequest& request, int measure, int geography, int kind) {
  Content content;
  for (const PooledContribution& c : request.contributions) {
    if (KindIndex(c.kind) != kind) continue;
    const auto from = c.cube->counts().begin() + static_cast<std::ptrdiff_t>(request.layout->Index(
                                                     measure, geography, 0, 0, 0));
    std::vector<int64_t> counts(from, from + kPerPlaceAndKind * tables::kParts);
    const bool is_nobody =
        std::all_of(counts.begin(), counts.end(), [](int64_t count) { return count == 0; });
    if (!is_nobody) content.emplace_back(c.member, std::move(counts));
  }
  std::sort(content.begin(), content.end());
  return content;
}

// What a rest is called in every view that has it.
std::string RestName(const LedgerView& view, const RelationBlock& relation) {
  const auto id = [&](int m) {
    return view.request->layout->measures()[static_cast<size_t>(m)].id;
  };
  std::string name = relation.total >= 0 ? id(relation.total) : std::string();
  for (const int part : relation.parts) absl::StrAppend(&name, "|", id(part));
  return name;
}

class Stacker {
 public:
  Stacker(Releases releases, std::span<const std::vector<std::vector<bool>>> shown,
          const std::vector<LedgerView>& views, const TableShape& shape,
          std::span<const uint8_t> table_key, std::optional<GroupingOf> grouping)
      : releases_(releases),
        shown_(shown),
        views_(views),
        shape_(shape),
        plain_shape_(ShapeOf(views.empty() ? 0 : views.front().family.geographies)),
        table_key_(table_key),
        grouping_(grouping) {}

  StackedSystem Run() {
    rest_base_.resize(views_.size());
    for (size_t v = 0; v < views_.size(); ++v) {
      for (const Component& component : LinkedComponents(views_[v].family)) AddView(v, component);
    }
    for (size_t v = 0; v < views_.size(); ++v) AddDeltas(v);
    out_.variables = next_;
    out_.is_grouping = grouping_.has_value();
    const auto assign = [](const std::set<Row, RowLess>& from, std::vector<Row>* to) {
      to->assign(from.begin(), from.end());
    };
    assign(primaries_, &out_.primaries);
    assign(set_primaries_, &out_.set_primaries);
    assign(deltas_.all, &out_.deltas);
    assign(set_deltas_.all, &out_.set_deltas);
    for (size_t f = 0; f < kFigures.size(); ++f) {
      assign(deltas_.of[f], &out_.deltas_of[f]);
      assign(set_deltas_.of[f], &out_.set_deltas_of[f]);
    }
    for (const auto& [key, base] : base_) {
      const auto& [id, release, geography, kind] = key;
      std::vector<uint32_t>& places = out_.places_of[{id, release}];
      places.resize(static_cast<size_t>(releases_[release]->layout->geographies() * kKinds));
      places[static_cast<size_t>(geography * kKinds + kind)] = base;
    }
    return std::move(out_);
  }

 private:
  const std::string& IdOf(size_t v, int measure) const {
    return views_[v].request->layout->measures()[static_cast<size_t>(measure)].id;
  }
  bool IsRest(size_t v, int block) const {
    return static_cast<size_t>(block) >= views_[v].made_by.size();
  }
  size_t MadeBy(size_t v, int measure) const {
    return views_[v].made_by[static_cast<size_t>(measure)];
  }

  uint32_t Allocate(uint32_t count) {
    const uint32_t first = next_;
    next_ += count;
    out_.known_zeros.resize(next_);
    out_.known_empty.resize(next_);
    out_.nobody.resize(next_);
    return first;
  }

  // First of the variables of a place and kind: the same for releases in which no member's counts
  // there differ.
  uint32_t BaseOf(size_t v, int block, int geography, int kind) {
    if (IsRest(v, block)) {
      auto [at, is_new] = rest_base_[v].try_emplace(block, 0);
      if (is_new) at->second = Allocate(VariablesOfBlock(views_[v].family.geographies));
      return at->second + static_cast<uint32_t>(geography * kKinds + kind) * kPerPlaceAndKind;
    }
    const auto key = std::tuple(IdOf(v, block), MadeBy(v, block), geography, kind);
    if (const auto known = base_.find(key); known != base_.end()) return known->second;
    const ProtectRequest& release = *releases_[MadeBy(v, block)];
    Content content = ContentOf(release, MeasureIn(release, IdOf(v, block)), geography, kind);
    auto [at, is_new] =
        by_content_.try_emplace(std::tuple(IdOf(v, block), geography, kind, std::move(content)), 0);
    if (is_new) at->second = Allocate(kPerPlaceAndKind);
    base_.emplace(key, at->second);
    return at->second;
  }

  // The variable of BuildSystem, of one component, as one of the stack.
  uint32_t Global(size_t v, const std::vector<int>& blocks, uint32_t local) {
    const uint32_t per_block = VariablesOfBlock(views_[v].family.geographies);
    const int block = blocks[local / per_block];
    const uint32_t place_kind = local % per_block / kPerPlaceAndKind;
    return BaseOf(v, block, static_cast<int>(place_kind) / kKinds,
                  static_cast<int>(place_kind) % kKinds) +
           local % kPerPlaceAndKind;
  }
  Row Global(size_t v, const std::vector<int>& blocks, const Row& row) {
    Row out;
    for (const Term& t : row) out.push_back({Global(v, blocks, t.variable), t.coefficient});
    return Gathered(std::move(out));
  }

  void AddKnown(size_t v, const Component& component, const std::vector<int>& blocks) {
    const LedgerView& view = views_[v];
    const std::vector<bool> zeros =
        KnownVariables(view.family, component, view.judgements, ReaderKnows::kZeros);
    const std::vector<bool> empty =
        KnownVariables(view.family, component, view.judgements, ReaderKnows::kEmptyCells);
    const uint32_t per_block = VariablesOfBlock(view.family.geographies);
    for (uint32_t local = 0; local < zeros.size(); ++local) {
      const uint32_t variable = Global(v, blocks, local);
      if (zeros[local]) out_.known_zeros[variable] = true;
      if (empty[local]) out_.known_empty[variable] = true;
      const int block = blocks[local / per_block];
      if (!IsRest(v, block) &&
          view.family.structurally_empty[static_cast<size_t>(block)][local % tables::kBands]) {
        out_.nobody[variable] = true;
      }
    }
  }

  void AddView(size_t v, const Component& component) {
    const LedgerView& view = views_[v];
    const std::vector<int> blocks = BlocksOf(component);
    ComponentSystem local = BuildSystem(view.family, plain_shape_, component, view.judgements,
                                        ReaderKnows::kNothing, table_key_, {}, {});
    AddKnown(v, component, blocks);
    for (const Row& row : local.system.known) {
      out_.equations.push_back(Global(v, blocks, row));
    }
    const bool is_newest = !grouping_.has_value() && view.release + 1 == releases_.size();
    const size_t measure_cells = component.measures.size() * local.cells_per_measure;
    for (size_t c = 0; c < local.system.cells.size(); ++c) {
      SystemCell& cell = local.system.cells[c];
      Row row = Global(v, blocks, cell.row);
      if (c >= measure_cells) {
        // Carried over from an earlier view, it is a primary of that view.
        if (cell.primary) primaries_.insert(std::move(row));
        continue;
      }
      const int measure = component.measures[c / local.cells_per_measure];
      if (MadeBy(v, measure) != view.release) continue;
      const size_t index = c % local.cells_per_measure;
      const Count& count = view.judgements[static_cast<size_t>(measure)][index].count;
      const auto in_layout =
          static_cast<size_t>(MeasureIn(*releases_[view.release], IdOf(v, measure)));
      if (is_newest) {
        cell.row = std::move(row);
        out_.candidates.push_back({std::move(cell), count, IdOf(v, measure), in_layout, index});
        continue;
      }
      if (cell.primary) primaries_.insert(row);
      if (shown_[view.release][in_layout][index]) {
        out_.earlier.push_back({std::move(row), count, view.release, IdOf(v, measure), index});
      }
    }
    for (const int block : blocks) AddSets(v, block);
  }

  // The cells of sets of places: shown ones, the candidate's, and those that must not follow.
  void AddSets(size_t v, int block) {
    const LedgerView& view = views_[v];
    const bool is_measure = !IsRest(v, block);
    if (is_measure && MadeBy(v, block) != view.release) return;
    const std::vector<Judgement>& judgements = view.judgements[static_cast<size_t>(block)];
    const size_t in_layout =
        is_measure ? static_cast<size_t>(MeasureIn(*releases_[view.release], IdOf(v, block))) : 0;
    for (size_t c = shape_.first_of_sets * kGroupsPerSlice; c < shape_.cells(); ++c) {
      const auto s = static_cast<int>(c / kAgeGroups.size() % kSexGroups.size());
      const auto a = static_cast<int>(c % kAgeGroups.size());
      const Slice& slice = shape_.slices[c / kGroupsPerSlice];
      const bool is_candidate = is_measure && IsOfGrouping(view.release, c / kGroupsPerSlice);
      const bool is_shown = is_measure && view.release < shown_.size() &&
                            c < shown_[view.release][in_layout].size() &&
                            shown_[view.release][in_layout][c];
      if (!is_candidate && !is_shown && judgements[c].reasons == 0) continue;
      Row row = Gathered(CellRow(v, block, slice, s, a));
      if (is_shown) {
        out_.earlier.push_back({row, judgements[c].count, view.release, IdOf(v, block), c});
      }
      if (is_candidate) {
        out_.candidates.push_back(
            {CandidateCell(v, block, c, row), judgements[c].count, IdOf(v, block), in_layout, c});
      } else if (judgements[c].reasons != 0) {
        set_primaries_.insert(std::move(row));
      }
    }
  }
  bool IsOfGrouping(size_t release, size_t slice) const {
    if (!grouping_.has_value() || grouping_->release != release) return false;
    const size_t first = shape_.SliceOfSet(grouping_->set, 0);
    return slice >= first && slice <= first + kKinds;
  }
  SystemCell CandidateCell(size_t v, int measure, size_t c, Row row) const {
    const Slice& slice = shape_.slices[c / kGroupsPerSlice];
    const SexGroup& sex = kSexGroups[c / kAgeGroups.size() % kSexGroups.size()];
    const AgeGroup& age = kAgeGroups[c % kAgeGroups.size()];
    const Judgement& judgement = views_[v].judgements[static_cast<size_t>(measure)][c];
    SystemCell cell;
    cell.row = std::move(row);
    cell.primary = judgement.reasons != 0;
    cell.preset_hidden = cell.primary;
    cell.level = (slice.kinds == kAllKinds ? 0u : 1u) + sex.level + age.level;
    cell.magnitude = LogClass(judgement.count.x);
    cell.tie = TieOfCell(views_[v].family, measure, slice, sex, age, table_key_);
    return cell;
  }

  Row CellRow(size_t v, int block, const Slice& slice, int sex_group, int age_group) {
    const SexGroup& sex = kSexGroups[static_cast<size_t>(sex_group)];
    const AgeGroup& age = kAgeGroups[static_cast<size_t>(age_group)];
    Row row;
    for (int g = 0; g < views_[v].family.geographies; ++g) {
      for (int k = 0; k < kKinds; ++k) {
        if (!slice.Contains(g, k)) continue;
        const uint32_t base = BaseOf(v, block, g, k);
        for (int s = sex.from; s <= sex.to; ++s) {
          for (int b = age.from; b <= age.to; ++b) {
            row.push_back({base + static_cast<uint32_t>(s * tables::kBands + b), 1});
          }
        }
      }
    }
    return row;
  }

  void AddDeltasOf(size_t older, int old_block, size_t newer, int new_block) {
    const LedgerView& a = views_[older];
    const LedgerView& b = views_[newer];
    const Deltas deltas = IsRest(newer, new_block) ? Deltas::OfRest(a, old_block, b, new_block)
                                                   : Deltas::OfMeasure(a, old_block, b, new_block);
    const int64_t min_contributors = std::max(a.family.min_contributors, b.family.min_contributors);
    for (size_t at = 0; at < shape_.slices.size(); ++at) {
      const Slice& slice = shape_.slices[at];
      DeltaRows& rows = at < shape_.first_of_sets ? deltas_ : set_deltas_;
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int g = 0; g < static_cast<int>(kAgeGroups.size()); ++g) {
          const int64_t min_cell = std::max(MinCellOf(a.family, old_block, slice, s, g),
                                            MinCellOf(b.family, new_block, slice, s, g));
          const std::vector<Figure> unsafe =
              deltas.UnsafeFigures(slice, s, std::span(&g, 1), min_cell, min_contributors);
          if (unsafe.empty()) continue;
          Row row = CellRow(newer, new_block, slice, s, g);
          for (Term t : CellRow(older, old_block, slice, s, g)) {
            t.coefficient = -t.coefficient;
            row.push_back(t);
          }
          row = Gathered(std::move(row));
          if (row.empty()) continue;
          for (const Figure figure : unsafe) rows.of[static_cast<size_t>(figure)].insert(row);
          rows.all.insert(std::move(row));
        }
      }
    }
  }

  // Differences of the newer view to every older one that has the measure, or the rest, of another
  // release.
  void AddDeltas(size_t newer) {
    const LedgerView& view = views_[newer];
    for (size_t m = 0; m < view.made_by.size(); ++m) {
      const int measure = static_cast<int>(m);
      if (view.made_by[m] != view.release) continue;
      for (size_t older = 0; older < newer; ++older) {
        const int before = views_[older].MeasureIndex(IdOf(newer, measure));
        if (before < 0 || MadeBy(older, before) != views_[older].release) continue;
        AddDeltasOf(older, before, newer, measure);
      }
    }
    std::map<std::string, int> nth;
    for (const RelationBlock& relation : view.family.relations) {
      if (relation.rest < 0) continue;
      const std::string name = RestName(view, relation);
      const int which = nth[name]++;
      for (size_t older = 0; older < newer; ++older) {
        int seen = 0;
        for (const RelationBlock& before : views_[older].family.relations) {
          if (before.rest < 0 || RestName(views_[older], before) != name) continue;
          if (seen++ == which) AddDeltasOf(older, before.rest, newer, relation.rest);
        }
      }
    }
  }

  Releases releases_;
  std::span<const std::vector<std::vector<bool>>> shown_;
  const std::vector<LedgerView>& views_;
  const TableShape& shape_;
  const TableShape plain_shape_;  // without sets
  std::span<const uint8_t> table_key_;
  std::optional<GroupingOf> grouping_;
  StackedSystem out_;
  uint32_t next_ = 0;
  std::map<std::tuple<std::string, size_t, int, int>, uint32_t> base_;
  std::map<std::tuple<std::string, int, int, Content>, uint32_t> by_content_;
  std::vector<std::map<int, uint32_t>> rest_base_;
  struct DeltaRows {
    std::set<Row, RowLess> all;
    std::array<std::set<Row, RowLess>, kFigures.size()> of;
  };
  std::set<Row, RowLess> primaries_;
  std::set<Row, RowLess> set_primaries_;
  DeltaRows deltas_;
  DeltaRows set_deltas_;
};

}  // namespace

Row Gathered(Row row) {
  std::sort(row.begin(), row.end(),
            [](const Term& a, const Term& b) { return a.variable < b.variable; });
  Row out;
  for (const Term& t : row) {
    if (!out.empty() && out.back().variable == t.variable) {
      out.back().coefficient += t.coefficient;
      if (out.back().coefficient == 0) out.pop_back();
    } else {
      out.push_back(t);
    }
  }
  return out;
}

StackedSystem Stack(Releases releases, std::span<const std::vector<std::vector<bool>>> shown,
                    const std::vector<LedgerView>& views, const TableShape& shape,
                    std::span<const uint8_t> table_key, std::optional<GroupingOf> grouping) {
  return Stacker(releases, shown, views, shape, table_key, grouping).Run();
}

bool IsUnchanged(const ProtectRequest& a, const ProtectRequest& b, const std::string& measure) {
  const int in_a = MeasureIn(a, measure);
  const int in_b = MeasureIn(b, measure);
  if (in_a < 0 || in_b < 0) return false;
  for (int g = 0; g < a.layout->geographies(); ++g) {
    for (int k = 0; k < kKinds; ++k) {
      if (ContentOf(a, in_a, g, k) != ContentOf(b, in_b, g, k)) return false;
    }
  }
  return true;
}

}  // namespace renkei::policy::disclosure
