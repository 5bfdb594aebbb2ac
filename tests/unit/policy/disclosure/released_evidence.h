// What a reader holds of a release that Protect made, for attackers of tests/support: the unknowns
// are inner counts by place, kind, sex and band of one measure; all n are known (R9). Sums, truths
// and what must stay believable come from the counts of the members, not from the code judged.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "policy/disclosure/protect.h"
#include "tests/support/interval_attacker.h"
#include "tests/unit/policy/disclosure/attack_rows.h"

namespace renkei::policy::disclosure {

// What a reader assumes beside the shown cells, and who he is.
struct ReaderOfARelease {
  // Every zero and every full cell is known to him, shown or not (README, two views of zero).
  bool knows_zeros = true;
  // So a hidden cell that is neither has a person with and one without.
  bool bounds_hidden_cells = false;
  // The contributor whose own counts he knows; -1: nobody's.
  int member = -1;
  // The inner cell in which he is the only one with or without the finding; -1: none.
  int alone_in = -1;
};

class ReleasedEvidence {
 public:
  static constexpr int64_t kMinCell = 10;

  ReleasedEvidence(const ProtectRequest& request, const ProtectedMeasure& released, int measure = 0)
      : request_(request),
        cells_(released.cells),
        is_sensitive_(request.measures[static_cast<size_t>(measure)].sensitive()),
        places_(request.layout->geographies()),
        x_(Size()),
        n_(Size()) {
    for (size_t i = 0; i < request.contributions.size(); ++i) {
      own_.emplace_back(Size());
      own_n_.emplace_back(Size());
      const int kind = static_cast<int>(request.contributions[i].kind) - 1;
      const tables::Cube& cube = *request.contributions[i].cube;
      for (int g = 0; g < places_; ++g) {
        for (int s = 0; s < tables::kSexes; ++s) {
          for (int b = 0; b < tables::kBands; ++b) {
            const uint32_t v = Unknown(g, kind, s, b);
            own_.back()[v] = cube.at(measure, g, s, b, 0);
            own_n_.back()[v] = own_.back()[v] + cube.at(measure, g, s, b, 1);
            x_[v] += own_.back()[v];
            n_[v] += own_n_.back()[v];
          }
        }
      }
    }
    for (const ProtectedCell& cell : cells_) sums_.push_back(SumOf(cell));
  }

  bool is_sensitive() const { return is_sensitive_; }
  size_t size() const { return cells_.size(); }
  const ProtectedCell& cell(size_t c) const { return cells_[c]; }
  bool IsHidden(size_t c) const { return cells_[c].state == v1::CELL_STATE_SUPPRESSED; }
  const tests::UnknownSum& sum(size_t c) const { return sums_[c]; }
  int64_t CountOf(const tests::UnknownSum& sum) const { return Over(sum, x_); }
  int64_t PersonsOf(const tests::UnknownSum& sum) const { return Over(sum, n_); }
  int64_t OwnCountOf(int member, const tests::UnknownSum& sum) const {
    return Over(sum, own_[static_cast<size_t>(member)]);
  }
  int64_t OwnPersonsOf(int member, const tests::UnknownSum& sum) const {
    return Over(sum, own_n_[static_cast<size_t>(member)]);
  }

  tests::Evidence For(const ReaderOfARelease& reader) const {
    tests::Evidence evidence;
    for (size_t v = 0; v < x_.size(); ++v) evidence.unknowns.push_back(RangeOf(v, reader));
    for (size_t c = 0; c < cells_.size(); ++c) {
      const int64_t x = CountOf(sums_[c]);
      tests::Evidence::Seen seen{sums_[c], {x, x}};
      if (IsHidden(c)) {
        if (is_sensitive_ || !reader.bounds_hidden_cells) continue;
        const int64_t n = PersonsOf(sums_[c]);
        seen.range = {x > 0 ? 1 : 0, x < n ? n - 1 : n};
      }
      evidence.sums.push_back(std::move(seen));
    }
    return evidence;
  }

  // Hidden cells of 1 to 9 others with or without the finding, and how far their intervals must
  // reach against the reader (privacy 4.4, R8): as few and as many as the policy says, cut to what
  // he knows of the parts.
  std::vector<tests::Target> SmallCells(const ReaderOfARelease& reader) const {
    std::vector<tests::Target> targets;
    for (size_t c = 0; c < cells_.size(); ++c) {
      if (IsHidden(c)) AskOf(sums_[c], reader, &targets);
    }
    return targets;
  }

  // The same of what is never printed: what one table leaves of a coarser one, by place and kind,
  // and hidden cells of a line of which the margin is shown.
  std::vector<tests::Target> SmallDerived(const ReaderOfARelease& reader) const {
    std::vector<tests::Target> targets;
    constexpr size_t kPerPlace = kSlices * kGroups;
    for (size_t group = 0; group < kGroups; ++group) {
      const tests::UnknownSum& all = sums_[group];
      for (size_t place = group; place < cells_.size(); place += kPerPlace) {
        for (size_t kind = 0; kind < kSlices; ++kind) {
          const tests::UnknownSum& part = sums_[place + kind * kGroups];
          if (kind > 0) AskOf(Less(sums_[place], part), reader, &targets);
          if (place == group) continue;
          AskOf(Less(sums_[group + kind * kGroups], part), reader, &targets);
          if (kind == 0) continue;
          AskOf(Less(all, part), reader, &targets);
          AskOf(Less(Less(all, sums_[place]), Less(sums_[group + kind * kGroups], part)), reader,
                &targets);
        }
      }
    }
    ForEachLine([&](size_t margin, const tests::UnknownSum& hidden) {
      if (!IsHidden(margin)) AskOf(hidden, reader, &targets);
    });
    return targets;
  }

  // Hidden inner cells in which one person is the only one with or without the finding.
  std::vector<int> CellsOfOnePerson() const {
    std::vector<int> alone;
    for (size_t c = 0; c < cells_.size(); ++c) {
      if (!IsHidden(c) || sums_[c].size() != 1) continue;
      const uint32_t v = sums_[c].front().first;
      if (x_[v] == 1 || n_[v] - x_[v] == 1) alone.push_back(static_cast<int>(v));
    }
    return alone;
  }

  // Sums that must not follow: hidden cells of 1 to 9 persons, and sums of several hidden cells of
  // a line (places, kinds, bands) that are.
  std::vector<tests::UnknownSum> SmallSums() const {
    std::vector<tests::UnknownSum> small;
    const auto add_if_small = [&](const tests::UnknownSum& sum) {
      const int64_t x = CountOf(sum), without = PersonsOf(sum) - x;
      if ((IsFew(x) || IsFew(without)) && x > 0) small.push_back(sum);
    };
    for (size_t c = 0; c < cells_.size(); ++c) {
      if (IsHidden(c)) add_if_small(sums_[c]);
    }
    ForEachLine([&](size_t, const tests::UnknownSum& hidden) { add_if_small(hidden); });
    return small;
  }

 private:
  static constexpr size_t kGroups = 30, kSlices = 4;
  static bool IsFew(int64_t persons) { return persons > 0 && persons < kMinCell; }
  static tests::UnknownSum Less(const tests::UnknownSum& all, const tests::UnknownSum& part) {
    tests::UnknownSum rest;
    std::set_difference(all.begin(), all.end(), part.begin(), part.end(), std::back_inserter(rest));
    return rest;
  }

  // Calls `visit` with the margin, and the sum of the hidden cells, of each line (places, kinds,
  // bands) that has several.
  template <typename Visit>
  void ForEachLine(Visit visit) const {
    const auto add_line = [&](size_t margin, size_t from, size_t step, size_t cells) {
      tests::UnknownSum sum;
      int hidden = 0;
      for (size_t i = 0; i < cells; ++i) {
        const size_t c = from + i * step;
        if (!IsHidden(c)) continue;
        ++hidden;
        sum.insert(sum.end(), sums_[c].begin(), sums_[c].end());
      }
      std::sort(sum.begin(), sum.end());
      if (hidden > 1) visit(margin, sum);
    };
    for (size_t slice = 0; slice < cells_.size() / kGroups; ++slice) {
      for (size_t group = 0; group < kGroups; ++group) {
        const size_t c = slice * kGroups + group;
        if (slice < kSlices) {
          add_line(c, c + kSlices * kGroups, kSlices * kGroups, static_cast<size_t>(places_));
        }
        if (slice % kSlices == 0) add_line(c, c + kGroups, kGroups, kSlices - 1);
        if (group % 10 == 0) {
          add_line(c + 7, c, 1, 5);
          add_line(c + 9, c, 1, 7);
        }
      }
    }
  }

  void AskOf(const tests::UnknownSum& sum, const ReaderOfARelease& reader,
             std::vector<tests::Target>* targets) const {
    tests::Range parts;
    parts.high = 0;
    int64_t with = 0, without = 0;  // inner cells of others
    for (const auto& [v, coefficient] : sum) {
      tests::Range range = RangeOf(v, reader);
      // A hidden inner cell that is neither empty nor full is known to be neither.
      if (!is_sensitive_ && reader.bounds_hidden_cells && range.low < range.high) {
        if (x_[v] > 0) range.low = std::max<int64_t>(range.low, 1);
        if (x_[v] < n_[v]) range.high = std::min(range.high, n_[v] - 1);
      }
      parts.low += range.low;
      parts.high += range.high;
      const int64_t own_x = OwnOf(reader, own_, v), own_n = OwnOf(reader, own_n_, v);
      with += x_[v] > own_x;
      without += n_[v] - x_[v] > own_n - own_x;
    }
    const int64_t x = CountOf(sum), n = PersonsOf(sum);
    if (n == 0) return;
    const int64_t own_x = reader.member < 0 ? 0 : OwnCountOf(reader.member, sum);
    const int64_t own_n = reader.member < 0 ? 0 : OwnPersonsOf(reader.member, sum);
    tests::Target target{sum, x, x};
    const int64_t others = x - own_x, others_without = n - x - (own_n - own_x);
    // Of a sensitive measure nobody counts as few, but for who is there himself (R4).
    const auto is_asked = [&](int64_t few, int64_t own) {
      return IsFew(few) || (is_sensitive_ && few == 0 && own == 0);
    };
    const auto least = [&](int64_t few, int64_t cells) {
      return std::min(few, is_sensitive_ ? 1 : std::max<int64_t>(1, cells));
    };
    if (is_asked(others, own_x)) {
      target.low = own_x + least(others, with);
      target.high = own_x + kMinCell - 1;
    }
    if (is_asked(others_without, own_n - own_x)) {
      target.high = std::max(target.high, n - (own_n - own_x) - least(others_without, without));
      target.low = std::min(target.low, n - (own_n - own_x) - (kMinCell - 1));
    }
    const bool is_neither = !is_sensitive_ && reader.bounds_hidden_cells;
    target.low = std::min(x, std::max({target.low, parts.low, int64_t{is_neither && x > 0}}));
    target.high = std::max(x, std::min({target.high, parts.high, is_neither && x < n ? n - 1 : n}));
    if (target.low < target.high) targets->push_back(std::move(target));
  }

  size_t Size() const { return static_cast<size_t>(places_) * 3 * 14; }
  static uint32_t Unknown(int g, int k, int s, int b) {
    return static_cast<uint32_t>(((g * 3 + k) * 2 + s) * 7 + b);
  }
  static int64_t Over(const tests::UnknownSum& sum, const std::vector<int64_t>& counts) {
    int64_t total = 0;
    for (const auto& [v, coefficient] : sum) total += coefficient * counts[v];
    return total;
  }
  static int64_t OwnOf(const ReaderOfARelease& reader,
                       const std::vector<std::vector<int64_t>>& counts, size_t v) {
    return reader.member < 0 ? 0 : counts[static_cast<size_t>(reader.member)][v];
  }

  tests::Range RangeOf(size_t v, const ReaderOfARelease& reader) const {
    const int64_t own_x = OwnOf(reader, own_, v);
    const int64_t own_without = OwnOf(reader, own_n_, v) - own_x;
    tests::Range range{own_x, n_[v] - own_without};
    // Small to a contributor who takes off its own, a full cell is small itself.
    const bool is_full = x_[v] == n_[v] && n_[v] >= kMinCell &&
                         std::none_of(own_.begin(), own_.end(),
                                      [&](const auto& own) { return IsFew(x_[v] - own[v]); });
    const bool is_alone = reader.alone_in == static_cast<int>(v);
    const bool is_told = !is_sensitive_ && reader.knows_zeros && (x_[v] == 0 || is_full);
    if (is_alone || is_told) range = {x_[v], x_[v]};
    return range;
  }

  tests::UnknownSum SumOf(const ProtectedCell& cell) const {
    tests::UnknownSum sum;
    for (int g = 0; g < places_; ++g) {
      if (!cell.municipality.empty() && request_.layout->GeographyOf(cell.municipality) != g) {
        continue;
      }
      for (int k = 0; k < 3; ++k) {
        if (cell.member_kind != 0 && static_cast<int>(cell.member_kind) != k + 1) continue;
        for (int s = 0; s < tables::kSexes; ++s) {
          if (cell.sex != v1::SEX_BOTH && static_cast<int>(cell.sex) != s + 1) continue;
          for (int b = 0; b < tables::kBands; ++b) {
            if (BandIn(cell.age_band, b)) sum.push_back({Unknown(g, k, s, b), 1});
          }
        }
      }
    }
    return sum;
  }

  const ProtectRequest& request_;
  std::vector<ProtectedCell> cells_;
  bool is_sensitive_;
  int places_;
  std::vector<int64_t> x_, n_;                     // pooled, per unknown
  std::vector<std::vector<int64_t>> own_, own_n_;  // per member
  std::vector<tests::UnknownSum> sums_;            // per cell
};

}  // namespace renkei::policy::disclosure
