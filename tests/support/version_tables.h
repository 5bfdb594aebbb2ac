// Versions of a national table: counts, corrections by members with the areas they count in, and
// both as what policy/disclosure stacks. All bands and all ages (Shape::kSevenBands).
#pragma once

#include <cstdint>
#include <vector>

#include "policy/disclosure/version_stack.h"
#include "tests/support/national_table.h"
#include "tests/support/table_counts.h"

namespace renkei::tests {

// One member's correction; with Knowledge::kMembers the member of an area has its index as id.
struct MadeCorrection {
  uint32_t member = 0;
  std::vector<uint32_t> areas;  // in which it counts people: the change scope
  std::vector<int64_t> inner;   // added to TableCounts::inner
};

// So many persons more (or less) with the finding, one by one in a random cell of the areas. A cell
// never falls below 0 or rises above its persons.
MadeCorrection MakeCorrection(const TableCounts& counts, uint32_t member,
                              const std::vector<uint32_t>& areas, int64_t persons, uint64_t seed);

TableCounts Corrected(TableCounts counts, const std::vector<MadeCorrection>& corrections);

// A table with what must be hidden of it, and its total always shown. `hidden` may be empty: the
// primary cells. Singletons have the same id in every version.
policy::disclosure::Version FirstVersion(const TableCounts& counts, const NationalTable& table,
                                         std::vector<bool> hidden);

// `table` is of the counts after the corrections.
policy::disclosure::Version NextVersion(const TableCounts& counts, const NationalTable& table,
                                        const std::vector<MadeCorrection>& corrections,
                                        std::vector<bool> hidden);

}  // namespace renkei::tests
