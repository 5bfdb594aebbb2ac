#include "policy/disclosure/ledger_system.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace renkei::policy::disclosure {
namespace {

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
        grouping_(grouping),
        variables_(releases) {}

  StackedSystem Run() {
    for (size_t v = 0; v < views_.size(); ++v) {
      for (const Component& component : LinkedComponents(views_[v].family)) AddView(v, component);
    }
    for (size_t v = 0; v < views_.size(); ++v) AddDeltas(v);
    AddRows();
    out_.own_changes = variables_.ChangesOfMembers();
    out_.variables = variables_.count();
    for (std::vector<bool>* flags : {&out_.known_zeros, &out_.known_empty, &out_.nobody}) {
      flags->resize(out_.variables);
    }
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
    out_.inner_of = variables_.ByMeasure();
    out_.rests_of = variables_.ByRest();
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

  const LedgerVariables::OfPlace& VariablesOf(size_t v, int block, int geography, int kind) {
    if (IsRest(v, block)) return variables_.OfRest(v, block, geography, kind);
    return variables_.Of({IdOf(v, block), MadeBy(v, block)}, geography, kind);
  }

  // The variable of BuildSystem, of one component, as one of the stack.
  uint32_t Global(size_t v, const std::vector<int>& blocks, uint32_t local) {
    const uint32_t per_block = VariablesOfBlock(views_[v].family.geographies);
    const int block = blocks[local / per_block];
    const uint32_t place_kind = local % per_block / kPerPlaceAndKind;
    return VariablesOf(v, block, static_cast<int>(place_kind) / kKinds,
                       static_cast<int>(place_kind) % kKinds)[local % kPerPlaceAndKind];
  }
  Row Global(size_t v, const std::vector<int>& blocks, const Row& row) {
    Row out;
    for (const Term& t : row) out.push_back({Global(v, blocks, t.variable), t.coefficient});
    return Gathered(std::move(out));
  }

  static void Mark(uint32_t variable, std::vector<bool>* flags) {
    if (flags->size() <= variable) flags->resize(variable + 1);
    (*flags)[variable] = true;
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
      if (zeros[local]) Mark(variable, &out_.known_zeros);
      if (empty[local]) Mark(variable, &out_.known_empty);
      const int block = blocks[local / per_block];
      if (!IsRest(v, block) &&
          view.family.structurally_empty[static_cast<size_t>(block)][local % tables::kBands]) {
        Mark(variable, &out_.nobody);
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
      const bool is_candidate = is_measure && IsOfGrouping(view.release, SliceOfCell(c));
      const bool is_shown = is_measure && view.release < shown_.size() &&
                            c < shown_[view.release][in_layout].size() &&
                            shown_[view.release][in_layout][c];
      if (!is_candidate && !is_shown && judgements[c].reasons == 0) continue;
      Row row = CellRow(v, block, c);
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
    const Slice& slice = shape_.slices[SliceOfCell(c)];
    const SexGroup& sex = SexesOfCell(c);
    const AgeGroup& age = AgesOfCell(c);
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
        const LedgerVariables::OfPlace& variables = VariablesOf(v, block, g, k);
        for (int s = sex.from; s <= sex.to; ++s) {
          for (int b = age.from; b <= age.to; ++b) {
            row.push_back({variables[static_cast<size_t>(s * tables::kBands + b)], 1});
          }
        }
      }
    }
    return Gathered(std::move(row));
  }
  Row CellRow(size_t v, int block, size_t cell) {
    return CellRow(v, block, shape_.slices[SliceOfCell(cell)], SexGroupOfCell(cell),
                   AgeGroupOfCell(cell));
  }

  void AddDeltasOf(size_t older, int old_block, size_t newer, int new_block) {
    const LedgerView& a = views_[older];
    const LedgerView& b = views_[newer];
    const Deltas deltas(a, old_block, b, new_block,
                        IsRest(newer, new_block) ? Counts::kNumerator : Counts::kBoth);
    for (size_t at = 0; at < shape_.slices.size(); ++at) {
      const Slice& slice = shape_.slices[at];
      DeltaRows& rows = at < shape_.first_of_sets ? deltas_ : set_deltas_;
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int g = 0; g < static_cast<int>(kAgeGroups.size()); ++g) {
          const std::vector<Figure> unsafe = deltas.UnsafeFigures(slice, s, std::span(&g, 1));
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

  void AddRows() {
    for (size_t v = 0; v < views_.size(); ++v) {
      std::vector<std::vector<Row>>& of_view = out_.rows.emplace_back();
      for (size_t m = 0; m < views_[v].made_by.size(); ++m) {
        std::vector<Row>& of_measure = of_view.emplace_back();
        for (size_t c = 0; c < shape_.publishable_cells(); ++c) {
          of_measure.push_back(CellRow(v, static_cast<int>(m), c));
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
  LedgerVariables variables_;
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

StackedSystem Stack(Releases releases, std::span<const std::vector<std::vector<bool>>> shown,
                    const std::vector<LedgerView>& views, const TableShape& shape,
                    std::span<const uint8_t> table_key, std::optional<GroupingOf> grouping) {
  return Stacker(releases, shown, views, shape, table_key, grouping).Run();
}

}  // namespace renkei::policy::disclosure
