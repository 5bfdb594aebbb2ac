// Counts behind the tables of the disclosure figures: persons and persons with the finding, by
// area, sex and age band. Read from tests/golden/data or made from a seed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace renkei::tests {

inline constexpr size_t kMemberKinds = 3;

struct TableCounts {
  uint32_t bands = 0;
  uint32_t bands_under_65 = 0;  // the first ones
  // Persons with the finding and all persons: area x sex {m, f} x band, row-major.
  std::vector<int64_t> inner;
  std::vector<int64_t> persons;
  // `inner` by the kind of member that counted them; empty: each area has one member.
  std::vector<std::array<int64_t, kMemberKinds>> by_kind;
  std::vector<std::string> areas;
  // Areas ascend.
  std::map<std::string, std::vector<uint32_t>> prefectures;
};

// `file` is disclosure_common.csv or disclosure_rare.csv: seven bands.
TableCounts ReadTableCounts(const std::string& file);

// One prefecture of so many areas of some hundred persons per cell; 1 to 12 % have the finding,
// more with age. The same seed gives the same counts everywhere.
TableCounts MakeTableCounts(uint64_t seed, uint32_t areas, uint32_t bands);

// A measure of the nation: per sex x band, row-major.
struct NationalTotals {
  std::string measure;
  std::vector<int64_t> persons;
  std::vector<int64_t> count;
};
// The 39 items of ndb_measures_fy2021.csv, seven bands.
std::vector<NationalTotals> ReadNationalTotals();

// Invented areas around the totals: each area's share of the people is its population's, shaken by
// the seed, and so is its share of those with the finding. Sums are the totals but for cells in
// which everybody would have it. With `with_kinds`, every area has one member of each kind.
TableCounts SpreadOverAreas(const NationalTotals& totals, uint64_t seed, bool with_kinds);

// A prefecture of 7 areas with 5 municipalities each and 8 bands. Areas stand for prefectures and
// municipalities for areas. `per_mille` of the people have the finding, more with age.
TableCounts MakePrefecture(uint64_t seed, uint32_t per_mille);

// Neighbouring bands as one: `sizes[i]` bands become band i; they sum to `counts.bands`.
TableCounts MergeBands(const TableCounts& counts, const std::vector<uint32_t>& sizes);

// Share of inner cells with 1 to `min_cell` - 1 persons with the finding.
double ShareOfSmallCells(const TableCounts& counts, int64_t min_cell);

}  // namespace renkei::tests
