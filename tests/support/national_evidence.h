// What a national table with hidden cells shows to a reader, and what must stay believable of its
// small counts (privacy 4.4), from the counts alone.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/support/interval_attacker.h"
#include "tests/support/national_table.h"

namespace renkei::tests {

// What a reader adds to the shown cells: the least that a hidden cell may be, and whether he knows
// how many persons are in it at most (census margins, A22).
struct ReaderOfATable {
  int64_t floor = 1;
  bool knows_persons = false;
};
Evidence SeenOf(const NationalTable& table, const TableCounts& counts,
                const std::vector<bool>& hidden, const ReaderOfATable& reader);

// Counts of 1 to 9 persons with the finding, and with `complements` of 1 to 9 without it.
std::vector<Target> SmallCells(const NationalTable& table, const TableCounts& counts, int64_t floor,
                               bool complements = false);

// The same against a reader who knows `inner`: of a cell that he knows a part of, the rest.
std::vector<Target> SmallRests(const NationalTable& table, const TableCounts& counts,
                               const std::vector<uint32_t>& inner);

// How many are narrower than they must be.
size_t CountNarrow(const Evidence& evidence, const std::vector<Target>& targets);

}  // namespace renkei::tests
