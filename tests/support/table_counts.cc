#include "tests/support/table_counts.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace renkei::tests {

TableCounts ReadTableCounts(const std::string& file) {
  const std::string path = absl::StrCat(RENKEI_SOURCE_DIR, "/tests/golden/data/", file);
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  TableCounts counts;
  counts.bands = 7;
  counts.bands_under_65 = 5;
  std::map<std::string, uint32_t> index;
  while (std::getline(in, line)) {
    const std::vector<std::string> f = absl::StrSplit(line, ',');
    uint32_t sex = 0;
    uint32_t age = 0;
    int64_t count = 0;
    int64_t persons = 0;
    if (f.size() != 6 || !absl::SimpleAtoi(f[2], &sex) || !absl::SimpleAtoi(f[3], &age) ||
        !absl::SimpleAtoi(f[4], &persons) || !absl::SimpleAtoi(f[5], &count)) {
      std::fprintf(stderr, "%s: a line is not read\n", path.c_str());
      std::abort();
    }
    const auto [area, inserted] = index.try_emplace(f[0], static_cast<uint32_t>(index.size()));
    if (inserted) {
      counts.areas.push_back(f[0]);
      counts.prefectures[f[1]].push_back(area->second);
      counts.inner.resize(index.size() * 2 * counts.bands, 0);
      counts.persons.resize(counts.inner.size(), 0);
    }
    const uint32_t v = (area->second * 2 + sex - 1) * counts.bands + (age - 40) / 5;
    counts.inner[v] = count;
    counts.persons[v] = persons;
  }
  return counts;
}

TableCounts MakeTableCounts(uint64_t seed, uint32_t areas, uint32_t bands) {
  std::mt19937_64 random(seed);
  TableCounts counts;
  counts.bands = bands;
  counts.bands_under_65 = bands;
  for (uint32_t area = 0; area < areas; ++area) {
    counts.areas.push_back(absl::StrCat("A", area));
    counts.prefectures["P"].push_back(area);
    const uint64_t size = 40 + random() % 400;
    for (uint32_t sex = 0; sex < 2; ++sex) {
      const uint64_t per_mille = 10 + random() % 60;
      for (uint32_t band = 0; band < bands; ++band) {
        const uint64_t persons = size + random() % 100;
        const uint64_t of_band = per_mille + band * 50 / bands;
        int64_t count = 0;
        for (uint64_t p = 0; p < persons; ++p) count += random() % 1000 < of_band;
        counts.inner.push_back(count);
        counts.persons.push_back(static_cast<int64_t>(persons));
      }
    }
  }
  return counts;
}

TableCounts MergeBands(const TableCounts& counts, const std::vector<uint32_t>& sizes) {
  TableCounts merged = counts;
  merged.bands = static_cast<uint32_t>(sizes.size());
  merged.bands_under_65 = 0;
  uint32_t first = 0;
  for (const uint32_t size : sizes) {
    merged.bands_under_65 += first < counts.bands_under_65;
    first += size;
  }
  merged.inner.clear();
  merged.persons.clear();
  merged.by_kind.clear();
  for (size_t line = 0; line < counts.inner.size(); line += counts.bands) {
    size_t next = line;
    for (const uint32_t size : sizes) {
      merged.inner.push_back(0);
      merged.persons.push_back(0);
      if (!counts.by_kind.empty()) merged.by_kind.push_back({});
      for (const size_t end = next + size; next < end; ++next) {
        merged.inner.back() += counts.inner[next];
        merged.persons.back() += counts.persons[next];
        for (size_t kind = 0; !counts.by_kind.empty() && kind < kMemberKinds; ++kind) {
          merged.by_kind.back()[kind] += counts.by_kind[next][kind];
        }
      }
    }
  }
  return merged;
}

double ShareOfSmallCells(const TableCounts& counts, int64_t min_cell) {
  const auto small = std::count_if(counts.inner.begin(), counts.inner.end(),
                                   [min_cell](int64_t x) { return x > 0 && x < min_cell; });
  return static_cast<double>(small) / static_cast<double>(counts.inner.size());
}

}  // namespace renkei::tests
