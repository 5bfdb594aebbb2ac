#include "policy/disclosure/ledger_system.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace renkei::policy::disclosure {
namespace {

constexpr uint32_t kPerPlaceAndKind = tables::kSexes * tables::kBands;

int MeasureIn(const ProtectRequest& request, const std::string& id) {
  const auto& measures = request.layout->measures();
  for (size_t m = 0; m < measures.size(); ++m) {
    if (measures[m].id == id) return static_cast<int>(m);
  }
  return -1;
}

// By sex and band, of a place and kind.
using Variables = std::array<uint32_t, kPerPlaceAndKind>;

// What every member of a kind counts in an inner cell, with and without the finding; those that
// count nobody left out.
using Content = std::map<base::MemberId, std::pair<int64_t, int64_t>>;

Content ContentOf(const ProtectRequest& request, int measure, int geography, int kind, int inner) {
  Content content;
  const int sex = inner / tables::kBands;
  const int band = inner % tables::kBands;
  for (const PooledContribution& c : request.contributions) {
    if (KindIndex(c.kind) != kind) continue;
    const std::pair own(c.cube->at(measure, geography, sex, band, 0),
                        c.cube->at(measure, geography, sex, band, 1));
    if (own != std::pair<int64_t, int64_t>()) content.emplace(c.member, own);
  }
  return content;
}

// The members whose counts differ.
std::set<base::MemberId> Differing(const Content& a, const Content& b) {
  std::set<base::MemberId> members;
  const auto add = [&](const Content& of, const Content& other) {
    for (const auto& [member, own] : of) {
      const auto at = other.find(member);
      if (at == other.end() || at->second != own) members.insert(member);
    }
  };
  add(a, b);
  add(b, a);
  return members;
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
          std::span<const uint8_t> table_key)
      : releases_(releases), shown_(shown), views_(views), shape_(shape), table_key_(table_key) {}

  StackedSystem Run() {
    for (size_t v = 0; v < views_.size(); ++v) {
      for (const Component& component : LinkedComponents(views_[v].family)) AddView(v, component);
    }
    for (size_t v = 0; v < views_.size(); ++v) AddDeltas(v);
    AddRows();
    AddOwnChanges();
    out_.variables = next_;
    out_.primaries.assign(primaries_.begin(), primaries_.end());
    out_.deltas.assign(deltas_.begin(), deltas_.end());
    for (size_t f = 0; f < deltas_of_.size(); ++f) {
      out_.deltas_of[f].assign(deltas_of_[f].begin(), deltas_of_[f].end());
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

  // The variables of a place and kind, by sex and band: the same for releases in which no member's
  // counts in the inner cell differ.
  const Variables& VariablesOf(size_t v, int block, int geography, int kind) {
    if (IsRest(v, block)) {
      auto [at, is_new] = rests_.try_emplace(std::tuple(v, block, geography, kind));
      if (is_new) std::iota(at->second.begin(), at->second.end(), Allocate(kPerPlaceAndKind));
      return at->second;
    }
    const std::string& id = IdOf(v, block);
    auto [known, is_new] =
        variables_.try_emplace(std::tuple(id, MadeBy(v, block), geography, kind));
    if (!is_new) return known->second;
    const ProtectRequest& release = *releases_[MadeBy(v, block)];
    const int measure = MeasureIn(release, id);
    for (uint32_t inner = 0; inner < kPerPlaceAndKind; ++inner) {
      auto [at, is_other] = by_content_.try_emplace(
          std::tuple(id, geography, kind, inner,
                     ContentOf(release, measure, geography, kind, static_cast<int>(inner))),
          next_);
      if (is_other) Allocate(1);
      known->second[inner] = at->second;
    }
    return known->second;
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
    ComponentSystem local = BuildSystem(view.family, shape_, component, view.judgements,
                                        ReaderKnows::kNothing, table_key_, {}, {});
    AddKnown(v, component, blocks);
    for (const Row& row : local.system.known) {
      out_.equations.push_back(Global(v, blocks, row));
    }
    const bool is_newest = view.release + 1 == releases_.size();
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
  }

  Row CellRow(size_t v, int block, const Slice& slice, int sex_group, int age_group) {
    const SexGroup& sex = kSexGroups[static_cast<size_t>(sex_group)];
    const AgeGroup& age = kAgeGroups[static_cast<size_t>(age_group)];
    Row row;
    for (int g = 0; g < views_[v].family.geographies; ++g) {
      for (int k = 0; k < kKinds; ++k) {
        if (!slice.Contains(g, k)) continue;
        const Variables& variables = VariablesOf(v, block, g, k);
        for (int s = sex.from; s <= sex.to; ++s) {
          for (int b = age.from; b <= age.to; ++b) {
            row.push_back({variables[static_cast<size_t>(s * tables::kBands + b)], 1});
          }
        }
      }
    }
    return Gathered(std::move(row));
  }

  void AddDeltasOf(size_t older, int old_block, size_t newer, int new_block) {
    const LedgerView& a = views_[older];
    const LedgerView& b = views_[newer];
    const Deltas deltas(a, old_block, b, new_block,
                        IsRest(newer, new_block) ? Counts::kNumerator : Counts::kBoth);
    for (const Slice& slice : shape_.slices) {
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
          for (const Figure figure : unsafe) deltas_of_[static_cast<size_t>(figure)].insert(row);
          deltas_.insert(std::move(row));
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
          of_measure.push_back(CellRow(v, static_cast<int>(m), shape_.slices[c / kGroupsPerSlice],
                                       static_cast<int>(c / kAgeGroups.size() % kSexGroups.size()),
                                       static_cast<int>(c % kAgeGroups.size())));
        }
      }
    }
  }

  void AddOwnChanges() {
    std::map<base::MemberId, std::vector<Row>> of_member;
    for (auto a = by_content_.begin(); a != by_content_.end(); ++a) {
      const auto cell = [](const auto& one) {
        const auto& [id, geography, kind, inner, content] = one->first;
        return std::tie(id, geography, kind, inner);
      };
      for (auto b = std::next(a); b != by_content_.end() && cell(a) == cell(b); ++b) {
        const auto members = Differing(std::get<Content>(a->first), std::get<Content>(b->first));
        if (members.size() != 1) continue;
        of_member[*members.begin()].push_back(Gathered({{a->second, 1}, {b->second, -1}}));
      }
    }
    for (auto& [member, rows] : of_member) out_.own_changes.push_back(std::move(rows));
  }

  Releases releases_;
  std::span<const std::vector<std::vector<bool>>> shown_;
  const std::vector<LedgerView>& views_;
  const TableShape& shape_;
  std::span<const uint8_t> table_key_;
  StackedSystem out_;
  uint32_t next_ = 0;
  std::map<std::tuple<std::string, size_t, int, int>, Variables> variables_;
  // Contents of one inner cell stand side by side.
  std::map<std::tuple<std::string, int, int, uint32_t, Content>, uint32_t> by_content_;
  std::map<std::tuple<size_t, int, int, int>, Variables> rests_;
  std::set<Row, RowLess> primaries_;
  std::set<Row, RowLess> deltas_;
  std::array<std::set<Row, RowLess>, kFigures.size()> deltas_of_;
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
                    std::span<const uint8_t> table_key) {
  return Stacker(releases, shown, views, shape, table_key).Run();
}

bool IsUnchanged(const ProtectRequest& a, const ProtectRequest& b, const std::string& measure) {
  const int in_a = MeasureIn(a, measure);
  const int in_b = MeasureIn(b, measure);
  if (in_a < 0 || in_b < 0) return false;
  for (int g = 0; g < a.layout->geographies(); ++g) {
    for (int k = 0; k < kKinds; ++k) {
      for (int inner = 0; inner < static_cast<int>(kPerPlaceAndKind); ++inner) {
        if (ContentOf(a, in_a, g, k, inner) != ContentOf(b, in_b, g, k, inner)) return false;
      }
    }
  }
  return true;
}

}  // namespace renkei::policy::disclosure
