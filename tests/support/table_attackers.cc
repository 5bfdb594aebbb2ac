#include "tests/support/table_attackers.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "policy/disclosure/knowledge.h"

namespace renkei::tests {
namespace {

using policy::disclosure::Attacker;
using policy::disclosure::CellsWithin;
using policy::disclosure::IntervalCell;
using policy::disclosure::KnownCell;
using policy::disclosure::View;

// One member per area: he knows its cells, and of the margins his part.
void AddSoleMembers(const TableCounts& counts, int64_t min_cell, NationalTable* table) {
  std::vector<bool> knows(counts.inner.size(), false);
  for (uint32_t area = 0; area < counts.areas.size(); ++area) {
    const uint32_t from = area * 2 * counts.bands;
    const uint32_t to = from + 2 * counts.bands;
    std::fill(knows.begin() + from, knows.begin() + to, true);
    std::vector<bool> is_known(table->cells.cells.size(), false);
    for (const uint32_t c : CellsWithin(table->linear.cells, knows)) is_known[c] = true;
    std::fill(knows.begin() + from, knows.begin() + to, false);
    Attacker member;
    for (uint32_t c = 0; c < table->cells.cells.size(); ++c) {
      IntervalCell& cell = table->cells.cells[c];
      if (is_known[c]) {
        member.views.push_back(KnownCell(c, cell.value));
        continue;
      }
      int64_t own = 0;
      int64_t others = 0;
      for (const auto& t : table->linear.cells[c].row) {
        const bool is_own = t.variable >= from && t.variable < to;
        (is_own ? own : others) += is_own ? counts.inner[t.variable] : 1;
      }
      const int64_t rest = cell.value - own;
      if (own == 0 || rest <= 0 || rest >= min_cell) continue;
      table->linear.cells[c].primary = true;
      cell.is_protected = true;
      member.views.push_back(
          {c, own + 1, cell.cap, own + std::min(rest, others), own + min_cell - 1});
    }
    table->attackers.push_back(std::move(member));
  }
}

// One member of each kind per area: he knows a part of every cell that his area counts in.
void AddMembersOfKinds(const TableCounts& counts, int64_t min_cell, NationalTable* table) {
  const uint32_t lines = 2 * counts.bands;
  std::vector<std::vector<uint32_t>> cells_of(counts.areas.size());
  for (uint32_t c = 0; c < table->cells.cells.size(); ++c) {
    uint32_t last = ~uint32_t{0};
    for (const auto& t : table->linear.cells[c].row) {
      const uint32_t area = t.variable / lines;
      if (area != last) cells_of[area].push_back(c);
      last = area;
    }
  }
  for (uint32_t area = 0; area < counts.areas.size(); ++area) {
    for (size_t kind = 0; kind < kMemberKinds; ++kind) {
      Attacker member;
      for (const uint32_t c : cells_of[area]) {
        IntervalCell& cell = table->cells.cells[c];
        int64_t own = 0;
        int64_t others = 0;  // inner cells without him; none of them is zero
        for (const auto& t : table->linear.cells[c].row) {
          const bool is_here = t.variable / lines == area;
          const int64_t part = is_here ? counts.by_kind[t.variable][kind] : 0;
          own += part;
          others += part == 0;
        }
        if (own == 0) continue;
        const int64_t rest = cell.value - own;
        View view{c, own, cell.cap, cell.value, cell.value};
        if (rest > 0) {
          // As for the public (privacy 4.4), of the rest: no inner cell without him is zero.
          view.need_low = own + std::min(rest, std::max<int64_t>(1, others));
          view.need_high = cell.need_high;
        }
        if (rest > 0 && rest < min_cell) {
          table->linear.cells[c].primary = true;
          cell.is_protected = true;
          view.need_high = std::max(view.need_high, std::min(own + min_cell - 1, cell.cap));
        } else if (rest > 0) {
          view.need_low = std::max(view.need_low, cell.need_low);
        }
        member.views.push_back(view);
      }
      table->attackers.push_back(std::move(member));
    }
  }
}

}  // namespace

void AddMembers(const TableCounts& counts, int64_t min_cell, NationalTable* table) {
  if (counts.by_kind.empty()) {
    AddSoleMembers(counts, min_cell, table);
  } else {
    AddMembersOfKinds(counts, min_cell, table);
  }
  table->attacker_ids.resize(table->attackers.size());
  std::iota(table->attacker_ids.begin(), table->attacker_ids.end(), 0u);
}

void AddSingletons(const TableCounts& counts, NationalTable* table) {
  std::vector<bool> knows(counts.inner.size(), false);
  for (uint32_t v = 0; v < counts.inner.size(); ++v) {
    if (counts.inner[v] != 1) continue;
    knows[v] = true;
    Attacker person;
    for (const uint32_t c : CellsWithin(table->linear.cells, knows)) {
      person.views.push_back(KnownCell(c, table->cells.cells[c].value));
    }
    table->attackers.push_back(std::move(person));
    table->attacker_ids.push_back(static_cast<uint32_t>(counts.areas.size() * kMemberKinds) + v);
    knows[v] = false;
  }
}

}  // namespace renkei::tests
