// Counts behind the tables of the disclosure figures: persons and persons with the finding, by
// area, sex and age band. Read from tests/golden/data or made from a seed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace renkei::tests {

struct TableCounts {
  uint32_t bands = 0;
  // Persons with the finding and all persons: area x sex {m, f} x band, row-major.
  std::vector<int64_t> inner;
  std::vector<int64_t> persons;
  std::vector<std::string> areas;
  // Areas ascend.
  std::map<std::string, std::vector<uint32_t>> prefectures;
};

// `file` is disclosure_common.csv or disclosure_rare.csv: seven bands.
TableCounts ReadTableCounts(const std::string& file);

// One prefecture of so many areas of some hundred persons per cell; 1 to 12 % have the finding,
// more with age. The same seed gives the same counts everywhere.
TableCounts MakeTableCounts(uint64_t seed, uint32_t areas, uint32_t bands);

// Neighbouring bands as one: `sizes[i]` bands become band i; they sum to `counts.bands`.
TableCounts MergeBands(const TableCounts& counts, const std::vector<uint32_t>& sizes);

// Share of inner cells with 1 to `min_cell` - 1 persons with the finding.
double ShareOfSmallCells(const TableCounts& counts, int64_t min_cell);

}  // namespace renkei::tests
