// What is asked of the counts of a measure over several releases, and who knows more of them than
// readers do (privacy 4.5, 5.2): each member what it counted itself, then and now, and who is the
// only one with or without the finding in an inner cell. Inside disclosure only. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "policy/base/strong_id.h"
#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/interval_cells.h"

namespace renkei::policy::disclosure {

// By variable of the stack.
using StackedCounts = std::map<uint32_t, Count>;

// A sum of inner counts of one release, or what changed between two: coefficients 1, or 1 and -1.
struct StackedAsk {
  Row row;  // over the stack's variables, ascending
  int64_t t = 0;
  bool is_sensitive = false;
  bool is_change = false;
};

// How far the sum must seem to reach from what it is, low <= 0 <= high, to somebody who knows
// `own` of it.
Ends RoomOf(const StackedAsk& ask, const StackedCounts& counts, const StackedCounts& own);

struct StackedMember {
  StackedCounts own;
  // What it knows of others too: counts that it alone changed since readers knew them, and cells
  // that are no inner counts.
  std::vector<uint32_t> known_variables;
  std::vector<uint32_t> known_cells;
};

// Asks of a cell of the system, whose value they are, or the negative of it, but for counts that
// everybody knows.
struct AskOfCell {
  StackedAsk ask;
  bool is_negative = false;
};
using AsksOfCells = std::map<uint32_t, std::vector<AskOfCell>>;

// Further than the cell can reach at all nothing is asked of it.
Ends EndsOf(std::span<const AskOfCell> asks, const StackedCounts& counts, const StackedCounts& own,
            int64_t value);

struct StackedKnowledge {
  const CellSystem* system = nullptr;
  const std::vector<uint32_t>* cell_of = nullptr;  // variable -> cell; ~0: everybody knows it
  const StackedCounts* counts = nullptr;
  const AsksOfCells* asks = nullptr;
};

// One for each member, then for each person, who knows all the variables of an entry of `alone`.
std::vector<Attacker> AttackersOfStack(const StackedKnowledge& stack,
                                       const std::map<base::MemberId, StackedMember>& members,
                                       const std::vector<std::vector<uint32_t>>& alone);

}  // namespace renkei::policy::disclosure
