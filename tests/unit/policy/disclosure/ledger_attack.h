// An attacker who has every release of an area and year and a pencil, apart from the code that he
// attacks: unknown inner counts of every release, the same unknown where nobody's counts in the
// inner cell changed (he knows which did), shown cells, and what a margin of nobody or of everybody
// tells. As one of the members he also takes off his own counts. Targets: small and few-member
// cells of every release, and differences of two.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/release_ledger.h"
#include "tests/unit/policy/disclosure/attack_rows.h"
#include "tests/unit/policy/disclosure/dense_reference.h"

namespace renkei::policy::disclosure {

// A release as it went out: one measure, or the cells of all that count the same people.
struct SeenRelease {
  ProtectRequest request;
  std::vector<ProtectedCell> cells;
  std::vector<CellFate> fates;
  int measure = 0;
  // Of groupings: their codes joined by "+" in place of the municipality.
  std::vector<ProtectedCell> union_cells = {};
};

inline std::vector<bool> ShownCells(const std::vector<ProtectedCell>& cells) {
  std::vector<bool> shown(cells.size());
  for (size_t c = 0; c < cells.size(); ++c) {
    shown[c] = cells[c].state != v1::CELL_STATE_SUPPRESSED;
  }
  return shown;
}

// What the hub would keep of a release: the sealed inputs, and the cells of each measure.
inline std::shared_ptr<const EarlierRelease> Ledgered(
    const ProtectRequest& request, const std::vector<std::vector<ProtectedCell>>& tables) {
  auto earlier = std::make_shared<EarlierRelease>();
  earlier->inputs = request;
  earlier->inputs.earlier.clear();
  for (const auto& cells : tables) earlier->shown.push_back(ShownCells(cells));
  return earlier;
}
inline std::shared_ptr<const EarlierRelease> Ledgered(const ProtectRequest& request,
                                                      const ProtectedTable<ForRelease>& table) {
  std::vector<std::vector<ProtectedCell>> tables;
  for (const ProtectedMeasure& measure : table.measures()) tables.push_back(measure.cells);
  return Ledgered(request, tables);
}

struct LedgerTally {
  size_t primaries = 0;    // of every release, hidden
  size_t exact = 0;        // that follow from all together, not from it alone or those before it
  size_t deltas = 0;       // unsafe differences of two releases
  size_t differences = 0;  // unsafe ones that follow
  size_t rests = 0;        // and those of cells together that are hidden along a line
};

// kPersons: who has the finding; kDenominators: who is counted, out of all measures together.
enum class Attacks { kPersons, kDenominators };

class LedgerAttacker {
 public:
  // `self`: the member that attacks, none for a reader.
  explicit LedgerAttacker(const std::vector<SeenRelease>& seen, Attacks attacks = Attacks::kPersons,
                          base::MemberId self = base::MemberId())
      : seen_(seen), attacks_(attacks), self_(std::move(self)) {
    for (size_t r = 0; r < seen_.size(); ++r) unknown_.push_back(UnknownsOf(r));
  }

  LedgerTally Run() const {
    LedgerTally tally;
    Views all(next_);
    for (size_t r = 0; r < seen_.size(); ++r) See(r, AllCells(r), &all);
    Views before_it(next_);
    for (size_t r = 0; r < seen_.size(); ++r) {
      Views alone(next_);
      See(r, seen_[r].cells, &alone);
      if (r > 0) See(r - 1, AllCells(r - 1), &before_it);
      for (size_t c = 0; c < seen_[r].cells.size(); ++c) {
        if (seen_[r].fates[c] != CellFate::kPrimary) continue;
        ++tally.primaries;
        const Row row = RowIn(r, seen_[r].cells[c]);
        const bool is_zero = TruthOf(r, seen_[r].cells[c]).x == 0;
        // What a release gives by itself is not the ledger's, and what was out before it no hiding
        // takes back.
        tally.exact +=
            all.Gives(row, is_zero) && !alone.Gives(row, is_zero) && !before_it.Gives(row, is_zero);
      }
      if (!self_.empty()) continue;
      for (size_t before = 0; before < r; ++before) {
        for (const ProtectedCell& cell : AllCells(r, before)) {
          const Row row = Minus(RowIn(r, cell), RowIn(before, cell));
          if (row.empty()) continue;
          bool is_unsafe = false, follows = false;
          for (size_t f = 0; f < 3; ++f) {
            if (!IsUnsafe(before, r, {cell}, f)) continue;
            is_unsafe = true;
            follows = follows || all.plain.Contains(row) || all.told[f].Contains(row);
          }
          tally.deltas += is_unsafe;
          tally.differences += follows;
        }
        tally.rests += RestsAmongBands(before, r, all.plain);
        tally.rests += RestsAmongPlaces(before, r, all.plain);
      }
    }
    return tally;
  }

 private:
  struct Views {
    explicit Views(uint32_t variables)
        : plain(variables, kReferencePrimes[0]),
          told{DenseSpan(variables, kReferencePrimes[0]), DenseSpan(variables, kReferencePrimes[0]),
               DenseSpan(variables, kReferencePrimes[0])} {}
    bool Gives(const Row& row, bool is_zero) const {
      return plain.Contains(row) || (!is_zero && told[0].Contains(row));
    }
    DenseSpan plain;
    DenseSpan told[3];  // and what margins of nobody with, without, or counted at all tell
  };

  std::vector<ProtectedCell> AllCells(size_t r) const {
    std::vector<ProtectedCell> cells = seen_[r].cells;
    cells.insert(cells.end(), seen_[r].union_cells.begin(), seen_[r].union_cells.end());
    return cells;
  }
  std::vector<ProtectedCell> AllCells(size_t r, size_t before) const {
    std::vector<ProtectedCell> cells = AllCells(r);
    cells.insert(cells.end(), seen_[before].union_cells.begin(), seen_[before].union_cells.end());
    return cells;
  }

  void See(size_t r, const std::vector<ProtectedCell>& cells, Views* views) const {
    for (const ProtectedCell& cell : cells) {
      if (cell.state == v1::CELL_STATE_SUPPRESSED) continue;
      const Row row = RowIn(r, cell);
      const auto x =
          static_cast<int64_t>(attacks_ == Attacks::kPersons ? cell.numerator : cell.denominator);
      const auto n = static_cast<int64_t>(cell.denominator);
      const bool is_none[] = {x == 0, attacks_ == Attacks::kPersons ? n == x : n == 0, n == 0};
      views->plain.Add(row);
      for (size_t f = 0; f < 3; ++f) {
        views->told[f].Add(row);
        if (!is_none[f]) continue;
        for (const Term& t : row) views->told[f].Add({t});
      }
    }
  }

  // A line's cells that one of two releases hides: does what changed in all of them follow?
  using Cells = std::vector<ProtectedCell>;
  bool RestFollows(size_t before, size_t after, const Cells& then, const Cells& now,
                   const std::vector<size_t>& line, const DenseSpan& span) const {
    Cells rest;
    Row row;
    for (const size_t c : line) {
      const bool shown =
          then[c].state != v1::CELL_STATE_SUPPRESSED && now[c].state != v1::CELL_STATE_SUPPRESSED;
      if (shown) continue;
      rest.push_back(now[c]);
      const Row change = Minus(RowIn(after, rest.back()), RowIn(before, rest.back()));
      row.insert(row.end(), change.begin(), change.end());
    }
    row = Minus(row, {});
    return rest.size() > 1 && !row.empty() && IsAnyUnsafe(before, after, rest) &&
           span.Contains(row);
  }
  size_t RestsAmongBands(size_t before, size_t after, const DenseSpan& span) const {
    Cells then = seen_[before].cells;
    Cells now = seen_[after].cells;
    AddSharedUnions(before, after, &then, &now);
    size_t found = 0;
    for (size_t c = 0; c < now.size(); c += 10) {
      for (const auto& [from, to] : {std::pair<size_t, size_t>{0, 5}, {5, 7}, {0, 7}}) {
        std::vector<size_t> line;
        for (size_t band = from; band < to; ++band) line.push_back(c + band);
        found += RestFollows(before, after, then, now, line, span);
      }
    }
    return found;
  }
  // Of the groupings that both releases have.
  void AddSharedUnions(size_t before, size_t after, Cells* then, Cells* now) const {
    constexpr size_t kOfUnion = 4 * 30;
    const Cells& old_cells = seen_[before].union_cells;
    const Cells& new_cells = seen_[after].union_cells;
    for (size_t a = 0; a < new_cells.size(); a += kOfUnion) {
      for (size_t b = 0; b < old_cells.size(); b += kOfUnion) {
        if (new_cells[a].municipality != old_cells[b].municipality) continue;
        for (size_t c = 0; c < kOfUnion; ++c) {
          then->push_back(old_cells[b + c]);
          now->push_back(new_cells[a + c]);
        }
      }
    }
  }
  size_t RestsAmongPlaces(size_t before, size_t after, const DenseSpan& span) const {
    size_t found = 0;
    constexpr size_t kOfPlace = 4 * 30;  // kinds, sexes and ages
    for (size_t c = 0; c < kOfPlace; ++c) {
      std::vector<size_t> line;
      for (size_t place = 1; (place + 1) * kOfPlace <= seen_[after].cells.size(); ++place) {
        line.push_back(place * kOfPlace + c);
      }
      found += RestFollows(before, after, seen_[before].cells, seen_[after].cells, line, span);
    }
    return found;
  }

  // x and n of one member in a cell.
  Count OfMember(size_t r, const PooledContribution& member, const ProtectedCell& cell) const {
    Count sum;
    const int places = member.cube->layout().geographies();
    if (cell.member_kind != v1::MEMBER_KIND_UNSPECIFIED && cell.member_kind != member.kind) {
      return sum;
    }
    for (int g = 0; g < places; ++g) {
      if (!PlaceIn(cell, g, places)) continue;
      for (int s = 0; s < 2; ++s) {
        if (cell.sex != v1::SEX_BOTH && static_cast<int>(cell.sex) != s + 1) continue;
        for (int b = 0; b < 7; ++b) {
          if (!BandIn(cell.age_band, b)) continue;
          const int64_t x = member.cube->at(seen_[r].measure, g, s, b, 0);
          const int64_t n = x + member.cube->at(seen_[r].measure, g, s, b, 1);
          sum = sum + Count{attacks_ == Attacks::kPersons ? x : n, n};
        }
      }
    }
    return sum;
  }
  static bool PlaceIn(const ProtectedCell& cell, int place, int places) {
    if (cell.municipality.empty()) return true;
    if (place + 1 == places) return cell.municipality == tables::kUnknownMunicipality;
    return cell.municipality.find(kMunicipalities[place]) != std::string::npos;
  }

  Count TruthOf(size_t r, const ProtectedCell& cell) const {
    Count sum;
    for (const PooledContribution& c : seen_[r].request.contributions) {
      sum = sum + OfMember(r, c, cell);
    }
    return sum;
  }

  static bool Few(int64_t change) { return change != 0 && change > -10 && change < 10; }
  // Rule 2, and what a member sees that takes off its own change. The cells share nobody.
  bool IsUnsafe(size_t before, size_t after, const std::vector<ProtectedCell>& cells,
                size_t figure) const {
    std::map<base::MemberId, Count> change;
    for (const ProtectedCell& cell : cells) {
      for (const PooledContribution& c : seen_[after].request.contributions) {
        change[c.member] = change[c.member] + OfMember(after, c, cell);
      }
      for (const PooledContribution& c : seen_[before].request.contributions) {
        change[c.member] = change[c.member] - OfMember(before, c, cell);
      }
    }
    int64_t total = 0;
    int changed = 0;
    std::vector<int64_t> owns;
    for (const auto& [member, count] : change) {
      const int64_t own = figure == 0 ? count.x : figure == 1 ? count.n - count.x : count.n;
      owns.push_back(own);
      total += own;
      changed += own != 0;
    }
    if (Few(total) || (total != 0 && changed < 3)) return true;
    for (const int64_t own : owns) {
      if (own != 0 && Few(total - own)) return true;
    }
    return false;
  }

  bool IsAnyUnsafe(size_t before, size_t after, const std::vector<ProtectedCell>& cells) const {
    return IsUnsafe(before, after, cells, 0) || IsUnsafe(before, after, cells, 1) ||
           IsUnsafe(before, after, cells, 2);
  }

  // Fourteen unknowns per place and kind.
  std::vector<uint32_t> UnknownsOf(size_t r) {
    std::vector<uint32_t> unknowns;
    const ProtectRequest& request = seen_[r].request;
    for (int g = 0; g < request.layout->geographies(); ++g) {
      for (int v = 0; v < 3 * 14; ++v) {
        std::map<std::string, std::pair<int64_t, int64_t>> content;
        for (const PooledContribution& c : request.contributions) {
          if (static_cast<int>(c.kind) != v / 14 + 1 || c.member == self_) continue;
          const int64_t x = c.cube->at(seen_[r].measure, g, v / 7 % 2, v % 7, 0);
          const int64_t n = x + c.cube->at(seen_[r].measure, g, v / 7 % 2, v % 7, 1);
          if (n != 0) content[c.member.value()] = {attacks_ == Attacks::kPersons ? x : n, n};
        }
        const auto [at, is_new] = known_.try_emplace({g, v, std::move(content)}, next_);
        next_ += is_new;
        unknowns.push_back(at->second);
      }
    }
    return unknowns;
  }

  Row RowIn(size_t r, const ProtectedCell& cell) const {
    Row row;
    const int places = seen_[r].request.layout->geographies();
    for (int g = 0; g < places; ++g) {
      if (!PlaceIn(cell, g, places)) continue;
      for (int k = 0; k < 3; ++k) {
        if (cell.member_kind != 0 && static_cast<int>(cell.member_kind) != k + 1) continue;
        for (int v = 0; v < 14; ++v) {
          if (cell.sex != v1::SEX_BOTH && static_cast<int>(cell.sex) != v / 7 + 1) continue;
          if (!BandIn(cell.age_band, v % 7)) continue;
          row.push_back(
              {unknown_[r][static_cast<size_t>(g * 3 + k) * 14 + static_cast<size_t>(v)], 1});
        }
      }
    }
    return row;
  }

  static Row Minus(const Row& a, const Row& b) {
    std::map<uint32_t, int32_t> sum;
    for (const Term& t : a) sum[t.variable] += t.coefficient;
    for (const Term& t : b) sum[t.variable] -= t.coefficient;
    Row row;
    for (const auto& [variable, coefficient] : sum) {
      if (coefficient != 0) row.push_back({variable, coefficient});
    }
    return row;
  }

  const std::vector<SeenRelease>& seen_;
  Attacks attacks_;
  base::MemberId self_;
  uint32_t next_ = 0;
  std::map<std::tuple<int, int, std::map<std::string, std::pair<int64_t, int64_t>>>, uint32_t>
      known_;
  std::vector<std::vector<uint32_t>> unknown_;
};

}  // namespace renkei::policy::disclosure
