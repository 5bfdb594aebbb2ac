#include "policy/disclosure/stacked_asks.h"

#include <algorithm>
#include <set>
#include <utility>

namespace renkei::policy::disclosure {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};

Count CountIn(const StackedCounts& counts, uint32_t variable) {
  const auto at = counts.find(variable);
  return at == counts.end() ? Count{} : at->second;
}

class Builder {
 public:
  explicit Builder(const StackedKnowledge& stack) : stack_(stack) {
    for (const Sum& sum : stack.system->sums) parts_of_.emplace(sum.cell, &sum.parts);
    for (const auto& [cell, asks] : *stack.asks) {
      for (const AskOfCell& one : asks) {
        for (const Term& t : one.ask.row) asked_with_[t.variable].insert(cell);
      }
    }
  }

  // `views`: of inner counts, as cells; `touched`: variables of which something is known.
  Attacker Make(std::map<uint32_t, View> views, const std::set<uint32_t>& touched,
                const StackedCounts& own) const {
    std::set<uint32_t> asked;
    for (const uint32_t variable : touched) {
      const auto at = asked_with_.find(variable);
      if (at != asked_with_.end()) asked.insert(at->second.begin(), at->second.end());
    }
    std::vector<View> of_asked;
    for (const uint32_t c : asked) of_asked.push_back(Asked(c, views, own));
    for (const View& view : of_asked) views[view.cell] = view;
    Attacker attacker;
    for (const auto& [cell, view] : views) attacker.views.push_back(view);
    return attacker;
  }

  View Unasked(uint32_t c, int64_t floor, int64_t cap) const {
    const int64_t value = stack_.system->cells[c].value;
    return {c, floor, cap, value, value};
  }

 private:
  View Asked(uint32_t c, const std::map<uint32_t, View>& views, const StackedCounts& own) const {
    const IntervalCell& cell = stack_.system->cells[c];
    const auto sum = parts_of_.find(c);
    const Row itself = {{c, 1}};
    const Row& parts = sum != parts_of_.end() ? *sum->second : itself;
    int64_t floor = 0;
    int64_t cap = 0;
    for (const Term& t : parts) {
      const IntervalCell& part = stack_.system->cells[t.variable];
      const auto view = views.find(t.variable);
      const int64_t low = view != views.end() ? view->second.floor : part.floor;
      const int64_t high = view != views.end() ? view->second.cap : part.cap;
      floor += t.coefficient * (t.coefficient > 0 ? low : high);
      cap += t.coefficient * (t.coefficient > 0 ? high : low);
    }
    const Ends ends = EndsOf(stack_.asks->at(c), *stack_.counts, own, cell.value);
    View out{c, std::max(cell.floor, floor), std::min(cell.cap, cap), 0, 0};
    out.need_low = std::min(cell.value, std::max(ends.low, out.floor));
    out.need_high = std::max(cell.value, std::min(ends.high, out.cap));
    return out;
  }

  const StackedKnowledge& stack_;
  std::map<uint32_t, const Row*> parts_of_;
  std::map<uint32_t, std::set<uint32_t>> asked_with_;  // variable -> cells
};

}  // namespace

Ends RoomOf(const StackedAsk& ask, const StackedCounts& counts, const StackedCounts& own) {
  if (ask.is_change) {
    Count change;
    for (const Term& t : ask.row) {
      const Count others = counts.at(t.variable) - CountIn(own, t.variable);
      change = t.coefficient > 0 ? change + others : change - others;
    }
    return RoomOfSmallChange(change, ask.t, ask.is_sensitive);
  }
  SummedCells others;
  Count of_own;
  for (const Term& t : ask.row) {
    const Count part = CountIn(own, t.variable);
    of_own = of_own + part;
    others.Add(counts.at(t.variable) - part);
  }
  const Ends ends = EndsOfSmallCount(others, ask.t, ask.is_sensitive, of_own);
  return {ends.low - others.total.x, ends.high - others.total.x};
}

Ends EndsOf(std::span<const AskOfCell> asks, const StackedCounts& counts, const StackedCounts& own,
            int64_t value) {
  Ends ends{value, value};
  for (const AskOfCell& one : asks) {
    const Ends room = RoomOf(one.ask, counts, own);
    ends.low = std::min(ends.low, value + (one.is_negative ? -room.high : room.low));
    ends.high = std::max(ends.high, value + (one.is_negative ? -room.low : room.high));
  }
  return ends;
}

std::vector<Attacker> AttackersOfStack(const StackedKnowledge& stack,
                                       const std::map<base::MemberId, StackedMember>& members,
                                       const std::vector<std::vector<uint32_t>>& alone) {
  const Builder builder(stack);
  const std::vector<IntervalCell>& cells = stack.system->cells;
  std::vector<Attacker> attackers;
  for (const auto& [id, member] : members) {
    std::map<uint32_t, View> views;
    std::set<uint32_t> touched;
    for (const auto& [variable, own] : member.own) {
      touched.insert(variable);
      const uint32_t c = (*stack.cell_of)[variable];
      if (c == kNone) continue;
      const int64_t others = stack.counts->at(variable).n - own.n;
      views[c] = builder.Unasked(c, std::max(cells[c].floor, own.x),
                                 std::min(cells[c].cap, own.x + others));
    }
    const auto know = [&](uint32_t c) { views[c] = KnownCell(c, cells[c].value); };
    for (const uint32_t variable : member.known_variables) {
      touched.insert(variable);
      know((*stack.cell_of)[variable]);
    }
    for (const uint32_t c : member.known_cells) know(c);
    attackers.push_back(builder.Make(std::move(views), touched, member.own));
  }
  for (const std::vector<uint32_t>& variables : alone) {
    std::map<uint32_t, View> views;
    for (const uint32_t variable : variables) {
      const uint32_t c = (*stack.cell_of)[variable];
      views[c] = KnownCell(c, cells[c].value);
    }
    attackers.push_back(builder.Make(std::move(views), {variables.begin(), variables.end()}, {}));
  }
  std::erase_if(attackers, [](const Attacker& attacker) { return attacker.views.empty(); });
  return attackers;
}

}  // namespace renkei::policy::disclosure
