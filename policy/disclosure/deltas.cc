#include "policy/disclosure/deltas.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

// Members of both views, ascending.
std::map<base::MemberId, size_t> PositionsIn(const LedgerView& older, const LedgerView& newer) {
  std::map<base::MemberId, size_t> positions;
  for (const LedgerView* view : {&newer, &older}) {
    for (const PooledContribution& c : view->request->contributions) positions.emplace(c.member, 0);
  }
  size_t next = 0;
  for (auto& [member, position] : positions) position = next++;
  return positions;
}

bool IsSensitive(const LedgerView& view, int measure) {
  return view.family.attributes[static_cast<size_t>(measure)]->sensitive();
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

Deltas::Deltas(const LedgerView& older, int old_block, Counts old_counts, const LedgerView& newer,
               int new_block, Counts new_counts)
    : older_(&older),
      old_block_(old_block),
      newer_(&newer),
      new_block_(new_block),
      min_contributors_(std::max(older.family.min_contributors, newer.family.min_contributors)),
      position_(PositionsIn(older, newer)),
      kinds_(position_.size()),
      may_cross_(position_.size(), true),
      block_(position_.size(), newer.family.geographies) {
  if (old_counts == Counts::kBoth && new_counts == Counts::kBoth) {
    is_sensitive_ = IsSensitive(older, old_block) || IsSensitive(newer, new_block);
  }
  Add(older, old_block, old_counts, -1);
  Add(newer, new_block, new_counts, 1);
}

void Deltas::Add(const LedgerView& view, int block, Counts counts, int64_t sign) {
  const Block& from = view.family.blocks[static_cast<size_t>(block)];
  for (size_t i = 0; i < view.family.kind_of.size(); ++i) {
    const PooledContribution& c = view.request->contributions[i];
    const size_t at = position_.at(c.member);
    kinds_[at] = view.family.kind_of[i];
    may_cross_[at] = may_cross_[at] &&
                     (c.kind == v1::MEMBER_KIND_WORKPLACE || c.allow_insurer_type_by_municipality);
    for (int g = 0; g < view.family.geographies; ++g) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) {
          const Count inner = from.Inner(i, g, s, b);
          const int64_t x = counts == Counts::kDenominator ? inner.n : inner.x;
          const int64_t n = counts == Counts::kNumerator ? inner.x : inner.n;
          block_.Add(at, g, s, b, {sign * x, sign * n});
        }
      }
    }
  }
}

std::vector<Figure> Deltas::UnsafeFigures(const Slice& slice, int sex_group,
                                          std::span<const int> age_groups) const {
  std::array<std::vector<int64_t>, kFigures.size()> changes;
  std::array<bool, kFigures.size()> has_changed{};
  bool crosses = false;
  Count total;
  for (size_t i = 0; i < kinds_.size(); ++i) {
    Count change;
    for (const int age : age_groups) {
      change = change + block_.Of(i, kinds_[i], slice, sex_group, age);
    }
    total = total + change;
    if (change.x != 0 || change.n != 0) crosses = crosses || !may_cross_[i];
    for (size_t f = 0; f < kFigures.size(); ++f) {
      changes[f].push_back(FigureOf(change, kFigures[f]));
      has_changed[f] = has_changed[f] || changes[f].back() != 0;
    }
  }
  if (std::find(has_changed.begin(), has_changed.end(), true) == has_changed.end()) return {};
  const rules::CellThreshold then =
      ThresholdOfCells(older_->family, old_block_, slice, sex_group, age_groups);
  const rules::CellThreshold now =
      ThresholdOfCells(newer_->family, new_block_, slice, sex_group, age_groups);
  const bool hide = then.hide || now.hide || (crosses && CrossesInsurerType(slice));
  const int64_t min_cell = std::max(then.min_cell, now.min_cell);
  std::vector<Figure> unsafe;
  for (size_t f = 0; f < kFigures.size(); ++f) {
    // R7: all of them have it, or none.
    const bool tells_all = is_sensitive_ && total.n != 0 && FigureOf(total, kFigures[f]) == 0;
    if (tells_all || (hide && has_changed[f]) ||
        IsUnsafe(changes[f], min_cell, min_contributors_)) {
      unsafe.push_back(kFigures[f]);
    }
  }
  return unsafe;
}

}  // namespace renkei::policy::disclosure
