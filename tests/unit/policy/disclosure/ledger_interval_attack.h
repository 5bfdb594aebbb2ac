// An attacker with a linear program over every release of an area and year: unknown inner counts of
// each, the same unknown where nobody's counts in the inner cell changed. What he bounds too
// closely once a release is out, and could not before: few persons of any release, and few by whom
// two releases differ. As one of the members he takes off his own counts, and then the rest of an
// inner cell is the same unknown where nobody else's counts changed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/support/interval_attacker.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"
#include "tests/unit/policy/disclosure/released_evidence.h"

namespace renkei::policy::disclosure {

struct LedgerIntervalTally {
  size_t targets = 0;  // few persons that are hidden, few that changed
  size_t narrow_cells = 0;
  size_t narrow_changes = 0;
};

// A reader of several releases. He may be a member, of some of them; or the only one with or
// without the finding in an inner cell, of those releases in which somebody is.
struct LedgerReader {
  bool knows_zeros = true;
  base::MemberId member = base::MemberId();
  int alone_in = -1;
};

class LedgerIntervalAttacker {
 public:
  explicit LedgerIntervalAttacker(const std::vector<SeenRelease>& seen,
                                  const LedgerReader& reader = {}) {
    for (const SeenRelease& one : seen) {
      ProtectedMeasure released;
      released.cells = one.cells;
      releases_.emplace_back(one.request, released, one.measure);
      number_.push_back(NumbersOf(one, reader.member));
      readers_.push_back(ReaderIn(releases_.back(), one.request, reader));
    }
  }

  LedgerIntervalTally Run() {
    LedgerIntervalTally tally;
    for (size_t newest = 1; newest < releases_.size(); ++newest) {
      tests::IntervalAttacker before(EvidenceOf(newest, newest));
      tests::IntervalAttacker now(EvidenceOf(newest, newest + 1));
      const auto count_narrow = [&](const std::vector<tests::Target>& targets) {
        size_t narrow = 0;
        for (const tests::Target& target : targets) {
          narrow += now.IsNarrow(target) && !before.IsNarrow(target);
        }
        tally.targets += targets.size();
        return narrow;
      };
      for (size_t r = 0; r <= newest; ++r) {
        tally.narrow_cells += count_narrow(FewIn(r));
        for (size_t older = 0; older < r; ++older) {
          tally.narrow_changes += count_narrow(FewChanged(older, r));
        }
      }
    }
    return tally;
  }

 private:
  static constexpr int64_t kMinCell = ReleasedEvidence::kMinCell;

  static ReaderOfARelease ReaderIn(const ReleasedEvidence& release, const ProtectRequest& request,
                                   const LedgerReader& reader) {
    ReaderOfARelease out{.knows_zeros = reader.knows_zeros,
                         .bounds_hidden_cells = reader.knows_zeros};
    for (size_t i = 0; i < request.contributions.size(); ++i) {
      if (request.contributions[i].member == reader.member) out.member = static_cast<int>(i);
    }
    const std::vector<int> alone = release.CellsOfOnePerson();
    if (std::find(alone.begin(), alone.end(), reader.alone_in) != alone.end()) {
      out.alone_in = reader.alone_in;
    }
    return out;
  }

  // Per unknown of a release that of all.
  std::vector<uint32_t> NumbersOf(const SeenRelease& one, const base::MemberId& self) {
    std::vector<uint32_t> numbers;
    for (int g = 0; g < one.request.layout->geographies(); ++g) {
      for (int v = 0; v < 3 * 14; ++v) {
        std::map<std::string, std::pair<int64_t, int64_t>> content;
        for (const PooledContribution& c : one.request.contributions) {
          if (static_cast<int>(c.kind) != v / 14 + 1 || c.member == self) continue;
          const std::pair own(c.cube->at(one.measure, g, v / 7 % 2, v % 7, 0),
                              c.cube->at(one.measure, g, v / 7 % 2, v % 7, 1));
          if (own != std::pair<int64_t, int64_t>()) content[c.member.value()] = own;
        }
        const auto [at, is_new] = known_.try_emplace({g, v, std::move(content)}, next_);
        next_ += is_new;
        numbers.push_back(at->second);
      }
    }
    return numbers;
  }

  tests::UnknownSum Numbered(size_t r, const tests::UnknownSum& sum) const {
    std::map<uint32_t, int64_t> numbered;
    for (const auto& [v, coefficient] : sum) numbered[number_[r][v]] += coefficient;
    return {numbered.begin(), numbered.end()};
  }

  int64_t OwnCountOf(size_t r, const tests::UnknownSum& sum) const {
    const int member = readers_[r].member;
    return member < 0 ? 0 : releases_[r].OwnCountOf(member, sum);
  }
  int64_t OwnPersonsOf(size_t r, const tests::UnknownSum& sum) const {
    const int member = readers_[r].member;
    return member < 0 ? 0 : releases_[r].OwnPersonsOf(member, sum);
  }

  // Unknown is what others count. Of releases up to the newest, of which the first `shown` are out.
  tests::Evidence EvidenceOf(size_t newest, size_t shown) const {
    tests::Evidence all;
    constexpr int64_t kUnbounded = int64_t{1} << 40;
    all.unknowns.resize(next_, {0, kUnbounded});
    for (size_t r = 0; r <= newest; ++r) {
      const tests::Evidence one = releases_[r].For(readers_[r]);
      for (uint32_t v = 0; v < one.unknowns.size(); ++v) {
        const int64_t own = OwnCountOf(r, {{v, 1}});
        tests::Range& range = all.unknowns[number_[r][v]];
        range.low = std::max(range.low, one.unknowns[v].low - own);
        range.high = std::min(range.high, one.unknowns[v].high - own);
      }
      const bool are_bounded = readers_[r].bounds_hidden_cells;
      for (tests::Evidence::Seen seen : one.sums) {
        // Hidden cells have bounds, of the newest release too: hidden, it is as if it were out.
        if (r >= shown && seen.range.low == seen.range.high) {
          if (!are_bounded) continue;
          const int64_t x = seen.range.low, n = releases_[r].PersonsOf(seen.sum);
          seen.range = {x > 0 ? 1 : 0, x < n ? n - 1 : n};
        }
        const int64_t own = OwnCountOf(r, seen.sum);
        seen.range = {seen.range.low - own, seen.range.high - own};
        seen.sum = Numbered(r, seen.sum);
        all.sums.push_back(std::move(seen));
      }
    }
    for (tests::Range& of_later : all.unknowns) {
      if (of_later.high == kUnbounded) of_later.high = 0;
    }
    return all;
  }

  std::vector<tests::Target> FewIn(size_t r) const {
    std::vector<tests::Target> targets = releases_[r].SmallCells(readers_[r]);
    for (tests::Target& target : targets) {
      const int64_t own = OwnCountOf(r, target.sum);
      target = {Numbered(r, target.sum), target.low - own, target.high - own};
    }
    return targets;
  }

  // From one person more, or less, to nine; those without the finding likewise.
  std::vector<tests::Target> FewChanged(size_t older, size_t newer) const {
    const ReleasedEvidence& then = releases_[older];
    const ReleasedEvidence& now = releases_[newer];
    std::vector<tests::Target> targets;
    for (size_t c = 0; c < now.size(); ++c) {
      std::map<uint32_t, int64_t> change;
      for (const auto& [v, coefficient] : Numbered(newer, now.sum(c))) change[v] += coefficient;
      for (const auto& [v, coefficient] : Numbered(older, then.sum(c))) change[v] -= coefficient;
      std::erase_if(change, [](const auto& term) { return term.second == 0; });
      if (change.empty()) continue;
      const int64_t with = now.CountOf(now.sum(c)) - OwnCountOf(newer, now.sum(c)) -
                           (then.CountOf(then.sum(c)) - OwnCountOf(older, then.sum(c)));
      const int64_t counted = now.PersonsOf(now.sum(c)) - OwnPersonsOf(newer, now.sum(c)) -
                              (then.PersonsOf(then.sum(c)) - OwnPersonsOf(older, then.sum(c)));
      tests::Target target{{change.begin(), change.end()}, with, with};
      const auto reach = [&](int64_t few, auto to_with) {
        if (few == 0 || std::abs(few) >= kMinCell) return;
        for (const int64_t persons : {int64_t{1}, kMinCell - 1}) {
          const int64_t x = to_with(few > 0 ? persons : -persons);
          target.low = std::min(target.low, x);
          target.high = std::max(target.high, x);
        }
      };
      reach(with, [](int64_t x) { return x; });
      reach(counted - with, [&](int64_t without) { return counted - without; });
      if (target.low < target.high) targets.push_back(std::move(target));
    }
    return targets;
  }

  std::vector<ReleasedEvidence> releases_;
  std::vector<ReaderOfARelease> readers_;
  std::vector<std::vector<uint32_t>> number_;
  uint32_t next_ = 0;
  std::map<std::tuple<int, int, std::map<std::string, std::pair<int64_t, int64_t>>>, uint32_t>
      known_;
};

}  // namespace renkei::policy::disclosure
