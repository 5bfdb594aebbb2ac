// The national tables of the disclosure figures: 335 areas in 47 prefectures x sex x seven age
// bands with every margin, 9,192 cells, t = 10, zeros published. Read from tests/golden/data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/linear_system.h"
#include "tests/support/table_counts.h"

namespace renkei::tests {

// Against whom (privacy 4.5): nobody in particular, the one person of each inner cell, the members
// of each area, or both.
enum class Knowledge { kPublic, kSingletons, kMembers, kMembersAndSingletons };

// All bands and all ages; or 40-64 and 65-74 too, and n published, so that a count is at most n
// and its complement is protected as well.
enum class Shape { kSevenBands, kFull };

struct NationalTable {
  policy::disclosure::LinearSystem linear;  // for the greedy step
  policy::disclosure::CellSystem cells;     // the same cells, for the interval audit
  std::vector<policy::disclosure::Attacker> attackers;
  // Who each is, the same in tables of the same shape: members first, then inner cells.
  std::vector<uint32_t> attacker_ids;
};

// `file` is disclosure_common.csv or disclosure_rare.csv. The sealed key is 32 times `key_byte`.
// `floor`: what a reader may assume of a hidden cell, 1 where every zero is shown.
NationalTable ReadNationalTable(const std::string& file, uint8_t key_byte, int64_t floor,
                                Knowledge knowledge, Shape shape = Shape::kSevenBands);

// The same of any counts. Without the nation where there is one prefecture.
NationalTable MakeTable(const TableCounts& counts, uint8_t key_byte, int64_t floor,
                        Knowledge knowledge, Shape shape = Shape::kSevenBands);

}  // namespace renkei::tests
