#include "policy/disclosure/measure_attackers.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "policy/disclosure/interval_cells.h"

namespace renkei::policy::disclosure {
namespace {

class Attackers {
 public:
  Attackers(const FamilyCounts& family, int measure, const MeasureIntervals& intervals)
      : family_(family),
        block_(family.blocks[static_cast<size_t>(measure)]),
        is_sensitive_(family.attributes[static_cast<size_t>(measure)]->sensitive()),
        intervals_(intervals),
        totals_(intervals.system.cells.size()) {
    for (size_t i = 0; i < family.kind_of.size(); ++i) {
      ForEachInnerOf(i,
                     [&](uint32_t cell, const Count& own) { totals_[cell] = totals_[cell] + own; });
    }
    for (uint32_t c = 0; c < intervals.system.cells.size(); ++c) {
      if (intervals.min_cells[c] > 0) asked_.push_back({c, {{c, 1}}});
    }
    for (const Sum& sum : intervals.system.sums) {
      const auto at = std::lower_bound(asked_.begin(), asked_.end(), sum.cell,
                                       [](const Sum& s, uint32_t c) { return s.cell < c; });
      if (at != asked_.end() && at->cell == sum.cell) at->parts = sum.parts;
    }
  }

  std::vector<Attacker> Run(bool with_members) {
    if (with_members) {
      for (const size_t member : ByName()) AddMember(member);
    }
    for (uint32_t c = 0; c < totals_.size(); ++c) {
      const Count& total = totals_[c];
      if (total.x == 1 || total.n - total.x == 1) AddPerson(c);
    }
    return std::move(attackers_);
  }

 private:
  // What somebody knows of a count while it is hidden.
  struct Known {
    int64_t floor;
    int64_t cap;
  };

  // In whatever order the contributions came, the table is the same.
  std::vector<size_t> ByName() const {
    const std::vector<PooledContribution>& contributions = family_.request->contributions;
    std::vector<size_t> members(contributions.size());
    std::iota(members.begin(), members.end(), size_t{0});
    std::sort(members.begin(), members.end(), [&](size_t a, size_t b) {
      return contributions[a].member.value() < contributions[b].member.value();
    });
    return members;
  }

  template <typename Visit>
  void ForEachInnerOf(size_t member, Visit visit) const {
    for (int g = 0; g < family_.geographies; ++g) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) {
          const Count& own = block_.Inner(member, g, s, b);
          if (own.n > 0) visit(InnerCellOf(g, family_.kind_of[member], s, b), own);
        }
      }
    }
  }

  Known OfReader(uint32_t cell) const {
    const IntervalCell& c = intervals_.system.cells[cell];
    const bool is_known = !c.may_hide && !intervals_.hidden[cell];
    return is_known ? Known{c.value, c.value} : Known{c.floor, c.cap};
  }

  void AddMember(size_t member) {
    std::vector<Count> own(totals_.size());
    std::vector<View> views;
    ForEachInnerOf(member, [&](uint32_t cell, const Count& count) {
      own[cell] = count;
      const Known reader = OfReader(cell);
      const int64_t others = totals_[cell].n - count.n;
      views.push_back(
          Unasked(cell, {std::max(reader.floor, count.x), std::min(reader.cap, count.x + others)}));
    });
    AddAttacker(std::move(views), [&](uint32_t cell) { return own[cell]; });
  }

  // The one person of a cell knows the cell.
  void AddPerson(uint32_t cell) {
    const int64_t value = totals_[cell].x;
    if (OfReader(cell).floor == OfReader(cell).cap) return;
    AddAttacker({Unasked(cell, {value, value})}, [](uint32_t) { return Count{}; });
  }

  View Unasked(uint32_t cell, const Known& known) const {
    const int64_t value = intervals_.system.cells[cell].value;
    return {cell, known.floor, known.cap, value, value};
  }

  // `inner`: what is known of inner cells. `own_of`: which of an inner cell's persons are the
  // attacker's, and not asked about.
  template <typename OwnOf>
  void AddAttacker(std::vector<View> inner, OwnOf own_of) {
    std::sort(inner.begin(), inner.end(),
              [](const View& l, const View& r) { return l.cell < r.cell; });
    std::vector<const View*> view_of(totals_.size(), nullptr);
    for (const View& view : inner) view_of[view.cell] = &view;
    std::vector<View> views;
    for (const Sum& sum : asked_) {
      const bool is_touched = std::any_of(sum.parts.begin(), sum.parts.end(), [&](const Term& t) {
        return view_of[t.variable] != nullptr;
      });
      if (!is_touched) continue;
      Known known{0, 0};
      SummedCells others;
      Count own;
      for (const Term& t : sum.parts) {
        const View* view = view_of[t.variable];
        const Known part = view != nullptr ? Known{view->floor, view->cap} : OfReader(t.variable);
        known.floor += part.floor;
        known.cap += part.cap;
        const Count of_part = own_of(t.variable);
        const Count rest = totals_[t.variable] - of_part;
        own = own + of_part;
        others.Add(rest);
      }
      views.push_back(Asked(sum.cell, known, others, own));
    }
    // What is asked of an inner cell stands above already.
    std::erase_if(inner, [this](const View& view) { return intervals_.min_cells[view.cell] > 0; });
    views.insert(views.end(), inner.begin(), inner.end());
    std::sort(views.begin(), views.end(),
              [](const View& l, const View& r) { return l.cell < r.cell; });
    if (!views.empty()) attackers_.push_back({std::move(views)});
  }

  View Asked(uint32_t c, const Known& known, const SummedCells& others, const Count& own) const {
    const IntervalCell& cell = intervals_.system.cells[c];
    const Ends ends = EndsOfSmallCount(others, intervals_.min_cells[c], is_sensitive_, own);
    View view{c, std::max(cell.floor, known.floor), std::min(cell.cap, known.cap), 0, 0};
    view.need_low = std::min(cell.value, std::max(own.x + ends.low, view.floor));
    view.need_high = std::max(cell.value, std::min(own.x + ends.high, view.cap));
    return view;
  }

  const FamilyCounts& family_;
  const Block& block_;
  bool is_sensitive_;
  const MeasureIntervals& intervals_;
  std::vector<Count> totals_;  // per cell, of inner cells
  std::vector<Sum> asked_;     // cells of which something is asked, as sums of inner cells
  std::vector<Attacker> attackers_;
};

}  // namespace

std::vector<Attacker> AttackersOf(const FamilyCounts& family, int measure,
                                  const MeasureIntervals& intervals, bool with_members) {
  return Attackers(family, measure, intervals).Run(with_members);
}

}  // namespace renkei::policy::disclosure
