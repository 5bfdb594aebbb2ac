// Those who know more than a national table shows (privacy 4.5), as attackers of its audit.
#pragma once

#include <cstdint>

#include "tests/support/national_table.h"
#include "tests/support/table_counts.h"

namespace renkei::tests {

// The members of each area: one, or one of each kind. What is left of a cell when he subtracts his
// own is protected against him, and small rests make the cell primary (R4).
void AddMembers(const TableCounts& counts, int64_t min_cell, NationalTable* table);

// Whoever is the one person of an inner cell.
void AddSingletons(const TableCounts& counts, NationalTable* table);

}  // namespace renkei::tests
