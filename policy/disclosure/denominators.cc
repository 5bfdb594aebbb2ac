#include "policy/disclosure/denominators.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "policy/disclosure/deltas.h"
#include "policy/disclosure/linear_audit.h"

namespace renkei::policy::disclosure {
namespace {

constexpr int kPerPlaceAndKind = tables::kSexes * tables::kBands;

class DenominatorStacker {
 public:
  DenominatorStacker(Releases releases, std::span<const std::vector<std::vector<bool>>> shown,
                     const TableShape& shape, size_t candidate)
      : releases_(releases), shown_(shown), shape_(shape), candidate_(candidate) {}

  StackedSystem Run(std::span<const DenominatorGroup> groups) {
    for (const DenominatorGroup& group : groups) {
      AddDeltas(*group.views);
      AddCandidates(*group.stack);
    }
    if (!out_.deltas.empty()) AddEarlier();
    out_.variables = next_;
    for (std::vector<bool>* flags : {&out_.known_zeros, &out_.known_empty, &out_.nobody}) {
      flags->assign(next_, false);
    }
    LeaveOutWhatIsTold();
    out_.deltas_of[static_cast<size_t>(Figure::kCounted)] = out_.deltas;
    return std::move(out_);
  }

 private:
  // First variable of a place and kind.
  uint32_t BaseOf(size_t release, int measure, int geography, int kind) {
    const auto key = std::tuple(release, measure, geography, kind);
    if (const auto known = base_.find(key); known != base_.end()) return known->second;
    std::vector<std::pair<base::MemberId, std::vector<int64_t>>> content;
    for (const PooledContribution& c : releases_[release]->contributions) {
      if (KindIndex(c.kind) != kind) continue;
      std::vector<int64_t> n;
      for (int i = 0; i < kPerPlaceAndKind; ++i) {
        const int s = i / tables::kBands;
        const int b = i % tables::kBands;
        n.push_back(c.cube->at(measure, geography, s, b, 0) +
                    c.cube->at(measure, geography, s, b, 1));
      }
      if (std::any_of(n.begin(), n.end(), [](int64_t count) { return count != 0; })) {
        content.emplace_back(c.member, std::move(n));
      }
    }
    std::sort(content.begin(), content.end());
    const auto [at, is_new] = by_content_.try_emplace(std::tuple(geography, kind, content), next_);
    if (is_new) {
      next_ += kPerPlaceAndKind;
      for (int i = 0; i < kPerPlaceAndKind; ++i) {
        int64_t sum = 0;
        for (const auto& [member, n] : content) sum += n[static_cast<size_t>(i)];
        is_nobody_.push_back(sum == 0);
      }
    }
    base_.emplace(key, at->second);
    return at->second;
  }

  Row RowOf(size_t release, int measure, const Slice& slice, int sex_group, int age_group) {
    const SexGroup& sex = kSexGroups[static_cast<size_t>(sex_group)];
    const AgeGroup& age = kAgeGroups[static_cast<size_t>(age_group)];
    Row row;
    for (int g = 0; g < releases_[release]->layout->geographies(); ++g) {
      for (int k = 0; k < kKinds; ++k) {
        if (!slice.Contains(g, k)) continue;
        const uint32_t base = BaseOf(release, measure, g, k);
        for (int s = sex.from; s <= sex.to; ++s) {
          for (int b = age.from; b <= age.to; ++b) {
            row.push_back({base + static_cast<uint32_t>(s * tables::kBands + b), 1});
          }
        }
      }
    }
    return Gathered(std::move(row));
  }
  Row RowOf(size_t release, int measure, size_t cell) {
    return RowOf(release, measure, shape_.slices[cell / kGroupsPerSlice],
                 static_cast<int>(cell / kAgeGroups.size() % kSexGroups.size()),
                 static_cast<int>(cell % kAgeGroups.size()));
  }
  // Whether somebody is counted; how many does not matter here.
  Count CountOf(const Row& row) const {
    const bool nobody = std::all_of(row.begin(), row.end(),
                                    [&](const Term& t) { return bool{is_nobody_[t.variable]}; });
    return nobody ? Count{} : Count{1, 1};
  }

  int MeasureIn(size_t release, const std::string& id) const {
    const auto& measures = releases_[release]->layout->measures();
    const auto at =
        std::find_if(measures.begin(), measures.end(), [&](const auto& m) { return m.id == id; });
    return static_cast<int>(at - measures.begin());
  }

  void AddDeltas(const std::vector<LedgerView>& views) {
    for (size_t newer = 0; newer < views.size(); ++newer) {
      for (size_t m = 0; m < views[newer].made_by.size(); ++m) {
        if (views[newer].made_by[m] != views[newer].release) continue;
        const std::string& id = views[newer].request->layout->measures()[m].id;
        for (size_t older = 0; older < newer; ++older) {
          const int before = views[older].MeasureIndex(id);
          const bool is_its_own =
              before >= 0 &&
              views[older].made_by[static_cast<size_t>(before)] == views[older].release;
          if (is_its_own) AddDeltasOf(views[older], before, views[newer], static_cast<int>(m), id);
        }
      }
    }
  }

  void AddDeltasOf(const LedgerView& older, int before, const LedgerView& newer, int after,
                   const std::string& id) {
    const Deltas deltas = Deltas::OfDenominators(older, before, newer, after);
    const int64_t min_contributors =
        std::max(older.family.min_contributors, newer.family.min_contributors);
    for (const Slice& slice : shape_.slices) {
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
          const int64_t min_cell = std::max(MinCellOf(older.family, before, slice, s, a),
                                            MinCellOf(newer.family, after, slice, s, a));
          if (deltas.UnsafeFigures(slice, s, std::span(&a, 1), min_cell, min_contributors)
                  .empty()) {
            continue;
          }
          Row row = RowOf(newer.release, MeasureIn(newer.release, id), slice, s, a);
          for (Term t : RowOf(older.release, MeasureIn(older.release, id), slice, s, a)) {
            t.coefficient = -t.coefficient;
            row.push_back(t);
          }
          row = Gathered(std::move(row));
          const bool is_new = !row.empty() && std::find(out_.deltas.begin(), out_.deltas.end(),
                                                        row) == out_.deltas.end();
          if (is_new) out_.deltas.push_back(std::move(row));
        }
      }
    }
  }

  // A dash where nobody can be tells no n.
  bool IsDash(size_t release, size_t measure, size_t cell) const {
    const ProtectRequest& request = *releases_[release];
    const std::string& id = request.layout->measures()[measure].id;
    const AgeGroup& age = kAgeGroups[cell % kAgeGroups.size()];
    const auto definition = std::find_if(request.measures.begin(), request.measures.end(),
                                         [&](const v1::Measure& m) { return m.id() == id; });
    if (definition == request.measures.end()) return false;
    for (int band = age.from; band <= age.to; ++band) {
      if (!IsStructurallyEmpty(*definition, band)) return false;
    }
    return true;
  }

  void AddCandidates(const StackedSystem& stack) {
    for (const StackedSystem::Candidate& c : stack.candidates) {
      StackedSystem::Candidate of_n = c;
      of_n.cell.row.clear();
      if (!IsDash(candidate_, c.measure, c.index)) {
        of_n.cell.row = RowOf(candidate_, static_cast<int>(c.measure), c.index);
      }
      of_n.cell.primary = false;
      of_n.count = CountOf(of_n.cell.row);
      out_.candidates.push_back(std::move(of_n));
    }
  }

  void AddEarlier() {
    for (size_t r = 0; r < shown_.size(); ++r) {
      for (size_t m = 0; m < shown_[r].size(); ++m) {
        for (size_t c = 0; c < shown_[r][m].size(); ++c) {
          if (!shown_[r][m][c] || IsDash(r, m, c)) continue;
          Row row = RowOf(r, static_cast<int>(m), c);
          const Count count = CountOf(row);
          out_.earlier.push_back({std::move(row), count, r, {}, c});
        }
      }
    }
  }

  void LeaveOutWhatIsTold() {
    LinearSystem system;
    system.variables = next_;
    for (const StackedSystem::Shown& shown : out_.earlier) {
      system.known.push_back(shown.row);
      if (shown.count.n != 0) continue;
      for (const Term& t : shown.row) system.known.push_back({t});
    }
    for (const Row& row : out_.deltas) {
      SystemCell cell;
      cell.row = row;
      cell.primary = true;
      cell.publishable = false;
      system.cells.push_back(std::move(cell));
    }
    const std::vector<uint32_t> told =
        ExactPrimaries(system, std::vector<bool>(system.cells.size(), true));
    for (auto it = told.rbegin(); it != told.rend(); ++it) {
      out_.deltas.erase(out_.deltas.begin() + *it);
    }
  }

  Releases releases_;
  std::span<const std::vector<std::vector<bool>>> shown_;
  const TableShape& shape_;
  size_t candidate_;
  StackedSystem out_;
  uint32_t next_ = 0;
  std::vector<bool> is_nobody_;
  std::map<std::tuple<size_t, int, int, int>, uint32_t> base_;
  std::map<std::tuple<int, int, std::vector<std::pair<base::MemberId, std::vector<int64_t>>>>,
           uint32_t>
      by_content_;
};

}  // namespace

StackedSystem StackDenominators(Releases releases,
                                std::span<const std::vector<std::vector<bool>>> shown,
                                std::span<const DenominatorGroup> groups, const TableShape& shape,
                                size_t candidate) {
  return DenominatorStacker(releases, shown, shape, candidate).Run(groups);
}

}  // namespace renkei::policy::disclosure
