// Counts made from totals and a seed; declared in table_counts.h.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/table_counts.h"

namespace renkei::tests {
namespace {

constexpr uint32_t kBands = 7;

std::vector<std::vector<std::string>> ReadCsv(const std::string& file, size_t columns) {
  const std::string path = absl::StrCat(RENKEI_SOURCE_DIR, "/", file);
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  std::vector<std::vector<std::string>> rows;
  while (std::getline(in, line)) {
    rows.push_back(absl::StrSplit(line, ','));
    if (rows.back().size() != columns) {
      std::fprintf(stderr, "%s: a line is not read\n", path.c_str());
      std::abort();
    }
  }
  return rows;
}

int64_t NumberOf(const std::string& text) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) std::abort();
  return number;
}

// Between 0 and 1.
double Unit(std::mt19937_64* random) {
  return static_cast<double>((*random)() >> 11) / 9007199254740992.0;
}

// About 1; `spread` is how far it may be off.
double Shaken(double spread, std::mt19937_64* random) {
  return 1 + spread * (Unit(random) + Unit(random) - 1);
}

// Whole numbers in proportion to the weights, whose sum is `total`.
std::vector<int64_t> Divide(int64_t total, const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  std::vector<int64_t> parts;
  double before = 0;
  int64_t given = 0;
  for (const double weight : weights) {
    before += weight;
    const int64_t until = std::min(
        total, static_cast<int64_t>(std::floor(static_cast<double>(total) * before / sum + 0.5)));
    parts.push_back(until - given);
    given = until;
  }
  return parts;
}

std::array<int64_t, kMemberKinds> DivideByKind(int64_t count, std::mt19937_64* random) {
  // Municipal insurance, employees' insurance, workplaces.
  const std::vector<int64_t> parts = Divide(
      count, {0.25 * Shaken(0.4, random), 0.6 * Shaken(0.4, random), 0.15 * Shaken(0.4, random)});
  return {parts[0], parts[1], parts[2]};
}

}  // namespace

std::vector<NationalTotals> ReadNationalTotals() {
  std::vector<NationalTotals> all;
  for (const std::vector<std::string>& f :
       ReadCsv("tests/golden/data/ndb_measures_fy2021.csv", 5)) {
    if (all.empty() || all.back().measure != f[0]) all.push_back({f[0], {}, {}});
    all.back().persons.push_back(NumberOf(f[3]));
    all.back().count.push_back(NumberOf(f[4]));
  }
  return all;
}

TableCounts SpreadOverAreas(const NationalTotals& totals, uint64_t seed, bool with_kinds) {
  TableCounts counts;
  counts.bands = kBands;
  counts.bands_under_65 = 5;
  std::vector<double> size;
  for (const std::vector<std::string>& f :
       ReadCsv("policy/catalogue/secondary_medical_areas.csv", 7)) {
    counts.prefectures[f[2]].push_back(static_cast<uint32_t>(counts.areas.size()));
    counts.areas.push_back(f[0]);
    size.push_back(static_cast<double>(NumberOf(f[5])));
  }
  std::mt19937_64 random(seed);
  std::vector<double> burden;
  for (double& of_area : size) {
    of_area *= Shaken(0.3, &random);
    burden.push_back(Shaken(0.4, &random));
  }
  const size_t areas = counts.areas.size();
  counts.inner.resize(areas * 2 * kBands);
  counts.persons.resize(counts.inner.size());
  for (size_t line = 0; line < totals.count.size(); ++line) {
    std::vector<double> people;
    std::vector<double> found;
    for (size_t area = 0; area < areas; ++area) people.push_back(size[area] * Shaken(0.2, &random));
    const std::vector<int64_t> persons = Divide(totals.persons[line], people);
    for (size_t area = 0; area < areas; ++area) {
      found.push_back(static_cast<double>(persons[area]) * burden[area] * Shaken(0.3, &random));
    }
    const std::vector<int64_t> inner = Divide(totals.count[line], found);
    for (size_t area = 0; area < areas; ++area) {
      const size_t v = area * 2 * kBands + line;
      counts.persons[v] = persons[area];
      counts.inner[v] = std::min(inner[area], persons[area]);
    }
  }
  if (with_kinds) {
    for (const int64_t count : counts.inner) counts.by_kind.push_back(DivideByKind(count, &random));
  }
  return counts;
}

TableCounts MakePrefecture(uint64_t seed, uint32_t per_mille) {
  constexpr uint32_t kAreas = 7;
  constexpr uint32_t kMunicipalities = 5;
  std::mt19937_64 random(seed);
  TableCounts counts;
  counts.bands = 8;
  counts.bands_under_65 = 5;
  for (uint32_t m = 0; m < kAreas * kMunicipalities; ++m) {
    counts.areas.push_back(absl::StrCat("M", m));
    counts.prefectures[absl::StrCat("A", m / kMunicipalities)].push_back(m);
    const uint64_t size = 40 + random() % 600 + (m % kMunicipalities == 0 ? 1500 : 0);
    for (uint32_t sex = 0; sex < 2; ++sex) {
      for (uint32_t band = 0; band < counts.bands; ++band) {
        const uint64_t persons = size + random() % (size / 4);
        const uint64_t of_band = per_mille * (14 + 2 * band) / 20;
        int64_t count = 0;
        for (uint64_t p = 0; p < persons; ++p) count += random() % 1000 < of_band;
        counts.inner.push_back(count);
        counts.persons.push_back(static_cast<int64_t>(persons));
      }
    }
  }
  return counts;
}

}  // namespace renkei::tests
