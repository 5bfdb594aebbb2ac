#include "policy/disclosure/deltas.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// Members of both views, ascending, with their kind.
std::map<base::MemberId, int> MembersOf(const LedgerView& older, const LedgerView& newer) {
  std::map<base::MemberId, int> members;
  for (const LedgerView* view : {&newer, &older}) {
    for (size_t i = 0; i < view->family.kind_of.size(); ++i) {
      members.emplace(view->request->contributions[i].member, view->family.kind_of[i]);
    }
  }
  return members;
}

bool IsFew(int64_t change, int64_t min_cell) { return change != 0 && std::abs(change) < min_cell; }

// One figure of each member's change.
bool IsUnsafe(const std::vector<int64_t>& changes, int64_t min_cell, int64_t min_contributors) {
  int64_t total = 0;
  int64_t changed = 0;
  for (const int64_t own : changes) {
    total += own;
    changed += own != 0;
  }
  if (IsFew(total, min_cell) || (changed != 0 && changed < min_contributors)) return true;
  // R4: what one of them sees after taking off its own change.
  return std::any_of(changes.begin(), changes.end(),
                     [&](int64_t own) { return own != 0 && IsFew(total - own, min_cell); });
}

}  // namespace

Deltas Deltas::OfMeasure(const LedgerView& older, int old_block, const LedgerView& newer,
                         int new_block) {
  return Deltas(older, old_block, newer, new_block, Counts::kBoth);
}

Deltas Deltas::OfRest(const LedgerView& older, int old_block, const LedgerView& newer,
                      int new_block) {
  return Deltas(older, old_block, newer, new_block, Counts::kNumerator);
}

Deltas Deltas::OfDenominators(const LedgerView& older, int old_measure, const LedgerView& newer,
                              int new_measure) {
  return Deltas(older, old_measure, newer, new_measure, Counts::kDenominator);
}

Deltas::Deltas(const LedgerView& older, int old_block, const LedgerView& newer, int new_block,
               Counts counted)
    : block_(MembersOf(older, newer).size(), newer.family.geographies) {
  std::map<base::MemberId, size_t> position;
  for (const auto& [member, kind] : MembersOf(older, newer)) {
    position.emplace(member, kinds_.size());
    kinds_.push_back(kind);
  }
  const auto add = [&](const LedgerView& view, int block, int64_t sign) {
    const Block& counts = view.family.blocks[static_cast<size_t>(block)];
    for (size_t i = 0; i < view.family.kind_of.size(); ++i) {
      const size_t at = position.at(view.request->contributions[i].member);
      for (int g = 0; g < view.family.geographies; ++g) {
        for (int s = 0; s < tables::kSexes; ++s) {
          for (int b = 0; b < tables::kBands; ++b) {
            const Count inner = counts.Inner(i, g, s, b);
            const int64_t x = counted == Counts::kDenominator ? inner.n : inner.x;
            const int64_t n = counted == Counts::kNumerator ? inner.x : inner.n;
            block_.Add(at, g, s, b, {sign * x, sign * n});
          }
        }
      }
    }
  };
  add(older, old_block, -1);
  add(newer, new_block, 1);
}

std::vector<Figure> Deltas::UnsafeFigures(const Slice& slice, int sex_group,
                                          std::span<const int> age_groups, int64_t min_cell,
                                          int64_t min_contributors) const {
  std::array<std::vector<int64_t>, kFigures.size()> changes;
  for (size_t i = 0; i < kinds_.size(); ++i) {
    Count change;
    for (const int age : age_groups) {
      change = change + block_.Of(i, kinds_[i], slice, sex_group, age);
    }
    for (size_t f = 0; f < kFigures.size(); ++f) {
      changes[f].push_back(FigureOf(change, kFigures[f]));
    }
  }
  std::vector<Figure> unsafe;
  for (size_t f = 0; f < kFigures.size(); ++f) {
    if (IsUnsafe(changes[f], min_cell, min_contributors)) unsafe.push_back(kFigures[f]);
  }
  return unsafe;
}

}  // namespace renkei::policy::disclosure
