#include "policy/disclosure/denominators.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "policy/base/status.h"
#include "policy/disclosure/deltas.h"
#include "policy/disclosure/stacked_hiding.h"
#include "policy/tables/structurally_empty.h"

namespace renkei::policy::disclosure {
namespace {

// n of a measure of a release; or x, of a total whose people another measure counts in its n.
struct Series {
  size_t release = 0;
  int measure = 0;
  Counts counts = Counts::kDenominator;
};

int64_t PersonsOf(const Series& series, const tables::Cube& cube, int geography, size_t inner) {
  const int s = static_cast<int>(inner) / tables::kBands;
  const int b = static_cast<int>(inner) % tables::kBands;
  const int64_t x = cube.at(series.measure, geography, s, b, 0);
  return series.counts == Counts::kNumerator ? x : x + cube.at(series.measure, geography, s, b, 1);
}

class DenominatorStacker {
 public:
  DenominatorStacker(Releases releases, std::span<const std::vector<std::vector<bool>>> shown,
                     const TableShape& shape, size_t candidate)
      : releases_(releases), shown_(shown), shape_(shape), candidate_(candidate) {}

  absl::StatusOr<StackedSystem> Run(std::span<const DenominatorGroup> groups) {
    for (size_t r = 0; r < releases_.size(); ++r) {
      RENKEI_ASSIGN_OR_RETURN(LedgerView view, ViewOfItself(releases_, r));
      views_.push_back(std::move(view));
      AddSeries(r);
    }
    AddDeltas();
    for (const DenominatorGroup& group : groups) AddCandidates(*group.stack);
    if (!deltas_.empty()) AddEarlier();
    out_.deltas.assign(deltas_.begin(), deltas_.end());
    out_.variables = next_;
    for (std::vector<bool>* flags : {&out_.known_zeros, &out_.known_empty, &out_.nobody}) {
      flags->assign(next_, false);
    }
    LeaveOutTold(out_, Figure::kCounted, &out_.deltas);
    out_.deltas_of[static_cast<size_t>(Figure::kCounted)] = out_.deltas;
    return std::move(out_);
  }

 private:
  using Content = std::map<base::MemberId, int64_t>;
  using Variables = std::array<uint32_t, kPerPlaceAndKind>;

  const std::string& IdOf(const Series& series) const {
    return releases_[series.release]->layout->measures()[static_cast<size_t>(series.measure)].id;
  }

  // Of a place and kind, by sex and band: the same where every member counts the same persons.
  const Variables& VariablesOf(const Series& series, int geography, int kind) {
    const auto [at, is_new] = variables_.try_emplace(
        std::tuple(series.release, series.measure, series.counts, geography, kind));
    if (!is_new) return at->second;
    for (size_t inner = 0; inner < kPerPlaceAndKind; ++inner) {
      Content content;
      for (const PooledContribution& c : releases_[series.release]->contributions) {
        if (KindIndex(c.kind) != kind) continue;
        const int64_t persons = PersonsOf(series, *c.cube, geography, inner);
        if (persons != 0) content.emplace(c.member, persons);
      }
      const bool is_nobody = content.empty();
      const auto [variable, is_other] =
          by_content_.try_emplace(std::tuple(geography, kind, inner, std::move(content)), next_);
      if (is_other) {
        ++next_;
        is_nobody_.push_back(is_nobody);
      }
      at->second[inner] = variable->second;
    }
    return at->second;
  }

  Row RowOf(const Series& series, const Slice& slice, int sex_group, int age_group) {
    const SexGroup& sex = kSexGroups[static_cast<size_t>(sex_group)];
    const AgeGroup& age = kAgeGroups[static_cast<size_t>(age_group)];
    Row row;
    for (int g = 0; g < releases_[series.release]->layout->geographies(); ++g) {
      for (int k = 0; k < kKinds; ++k) {
        if (!slice.Contains(g, k)) continue;
        const Variables& variables = VariablesOf(series, g, k);
        for (int s = sex.from; s <= sex.to; ++s) {
          for (int b = age.from; b <= age.to; ++b) {
            row.push_back({variables[static_cast<size_t>(s * tables::kBands + b)], 1});
          }
        }
      }
    }
    return Gathered(std::move(row));
  }
  Row RowOf(const Series& series, size_t cell) {
    return RowOf(series, shape_.slices[SliceOfCell(cell)], SexGroupOfCell(cell),
                 AgeGroupOfCell(cell));
  }
  // Whether somebody is counted; how many does not matter here.
  Count CountOf(const Row& row) const {
    const bool nobody = std::all_of(row.begin(), row.end(),
                                    [&](const Term& t) { return bool{is_nobody_[t.variable]}; });
    return nobody ? Count{} : Count{1, 1};
  }

  void AddSeries(size_t release) {
    const auto& measures = releases_[release]->layout->measures();
    for (size_t m = 0; m < measures.size(); ++m) {
      const int measure = static_cast<int>(m);
      series_.push_back({release, measure, Counts::kDenominator});
      const auto& relations = releases_.back()->relations;
      if (std::any_of(relations.begin(), relations.end(), [&](const v1::Relation& relation) {
            return relation.total() == measures[m].id && !relation.same_people().empty();
          })) {
        series_.push_back({release, measure, Counts::kNumerator});
      }
    }
  }

  // Equal for series of a release that count the same persons everywhere.
  std::vector<uint32_t> SignatureOf(const Series& series) {
    std::vector<uint32_t> signature;
    for (int g = 0; g < releases_[series.release]->layout->geographies(); ++g) {
      for (int k = 0; k < kKinds; ++k) {
        const Variables& variables = VariablesOf(series, g, k);
        signature.insert(signature.end(), variables.begin(), variables.end());
      }
    }
    return signature;
  }

  // Nobody says so of two measures: they do when, for half of the members or of their inner cells,
  // n is the same, so that no single member can talk it away.
  bool CountTheSamePeople(const Series& a, const Series& b) const {
    int64_t members = 0, same_members = 0, cells = 0, same_cells = 0;
    for (const PooledContribution& one : releases_[a.release]->contributions) {
      for (const PooledContribution& other : releases_[b.release]->contributions) {
        if (one.member != other.member) continue;
        int64_t counted = 0, same = 0;
        for (int g = 0; g < one.cube->layout().geographies(); ++g) {
          for (size_t inner = 0; inner < kPerPlaceAndKind; ++inner) {
            const int64_t then = PersonsOf(a, *one.cube, g, inner);
            const int64_t now = PersonsOf(b, *other.cube, g, inner);
            counted += then != 0 || now != 0;
            same += then == now && now != 0;
          }
        }
        members += counted != 0;
        same_members += counted != 0 && same == counted;
        cells += counted;
        same_cells += same;
      }
    }
    return cells != 0 && (2 * same_members >= members || 2 * same_cells >= cells);
  }

  bool AreLinked(const Series& a, const Series& b) const {
    if (a.counts == Counts::kNumerator && b.counts == Counts::kNumerator) return false;
    if (a.counts == b.counts) return IdOf(a) == IdOf(b) || CountTheSamePeople(a, b);
    const std::string& total = IdOf(a.counts == Counts::kNumerator ? a : b);
    const std::string& other = IdOf(a.counts == Counts::kNumerator ? b : a);
    const auto& relations = releases_.back()->relations;
    return std::any_of(relations.begin(), relations.end(), [&](const v1::Relation& relation) {
      const auto& same = relation.same_people();
      return relation.total() == total && std::find(same.begin(), same.end(), other) != same.end();
    });
  }

  void AddDeltas() {
    std::map<std::pair<size_t, std::vector<uint32_t>>, size_t> first;
    std::vector<size_t> twin;
    for (size_t i = 0; i < series_.size(); ++i) {
      const auto key = std::pair(series_[i].release, SignatureOf(series_[i]));
      twin.push_back(first.emplace(key, i).first->second);
    }
    std::set<std::pair<size_t, size_t>> done;
    for (size_t b = 0; b < series_.size(); ++b) {
      for (size_t a = 0; a < b; ++a) {
        if (series_[a].release == series_[b].release || done.contains({twin[a], twin[b]})) continue;
        if (!AreLinked(series_[a], series_[b])) continue;
        done.insert({twin[a], twin[b]});
        AddDeltasOf(series_[a], series_[b]);
      }
    }
  }

  void AddDeltasOf(const Series& older, const Series& newer) {
    const Deltas deltas(views_[older.release], older.measure, older.counts, views_[newer.release],
                        newer.measure, newer.counts);
    for (const Slice& slice : shape_.slices) {
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
          if (deltas.UnsafeFigures(slice, s, std::span(&a, 1)).empty()) continue;
          Row row = RowOf(newer, slice, s, a);
          for (Term t : RowOf(older, slice, s, a)) {
            t.coefficient = -t.coefficient;
            row.push_back(t);
          }
          row = Gathered(std::move(row));
          if (!row.empty()) deltas_.insert(std::move(row));
        }
      }
    }
  }

  // A dash where nobody can be tells no n.
  bool IsDash(size_t release, size_t measure, size_t cell) const {
    const ProtectRequest& request = *releases_[release];
    const std::string& id = request.layout->measures()[measure].id;
    const AgeGroup& age = AgesOfCell(cell);
    const v1::Measure* definition = DefinitionIn(request, id);
    return definition != nullptr && tables::IsStructurallyEmpty(*definition, age.from, age.to);
  }

  std::vector<Series> SeriesOf(size_t release, size_t measure) const {
    std::vector<Series> out;
    for (const Series& series : series_) {
      if (series.release == release && series.measure == static_cast<int>(measure)) {
        out.push_back(series);
      }
    }
    return out;
  }

  // A cell shows n, and x with it.
  void AddCandidates(const StackedSystem& stack) {
    for (const StackedSystem::Candidate& c : stack.candidates) {
      for (const Series& series : SeriesOf(candidate_, c.measure)) {
        StackedSystem::Candidate of_n = c;
        of_n.cell.row.clear();
        if (!IsDash(candidate_, c.measure, c.index)) of_n.cell.row = RowOf(series, c.index);
        of_n.cell.primary = false;
        of_n.count = CountOf(of_n.cell.row);
        out_.candidates.push_back(std::move(of_n));
      }
    }
  }

  void AddEarlier() {
    for (size_t r = 0; r < shown_.size(); ++r) {
      for (size_t m = 0; m < shown_[r].size(); ++m) {
        const std::vector<Series> of_measure = SeriesOf(r, m);
        for (size_t c = 0; c < shown_[r][m].size(); ++c) {
          if (!shown_[r][m][c] || IsDash(r, m, c)) continue;
          for (const Series& series : of_measure) {
            Row row = RowOf(series, c);
            const Count count = CountOf(row);
            out_.earlier.push_back({std::move(row), count, r, {}, c});
          }
        }
      }
    }
  }

  Releases releases_;
  std::span<const std::vector<std::vector<bool>>> shown_;
  const TableShape& shape_;
  size_t candidate_;
  std::vector<LedgerView> views_;  // of each release alone
  std::vector<Series> series_;     // by release
  StackedSystem out_;
  uint32_t next_ = 0;
  std::vector<bool> is_nobody_;
  std::map<std::tuple<size_t, int, Counts, int, int>, Variables> variables_;
  std::map<std::tuple<int, int, size_t, Content>, uint32_t> by_content_;
  std::set<Row, RowLess> deltas_;
};

}  // namespace

absl::StatusOr<StackedSystem> StackDenominators(
    Releases releases, std::span<const std::vector<std::vector<bool>>> shown,
    std::span<const DenominatorGroup> groups, const TableShape& shape, size_t candidate) {
  return DenominatorStacker(releases, shown, shape, candidate).Run(groups);
}

}  // namespace renkei::policy::disclosure
