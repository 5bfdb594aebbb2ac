#include "tests/support/version_tables.h"

#include <algorithm>
#include <map>
#include <random>
#include <utility>

namespace renkei::tests {
namespace {

using policy::disclosure::Correction;
using policy::disclosure::Version;

// Where MakeTable puts the cells of Shape::kSevenBands.
class Places {
 public:
  explicit Places(const TableCounts& counts)
      : bands_(counts.bands), places_of_(counts.areas.size()) {
    uint32_t place = 0;
    for (const auto& [name, areas] : counts.prefectures) {
      const uint32_t prefecture = place++;
      for (const uint32_t area : areas) places_of_[area] = {place++, prefecture};
    }
    if (counts.prefectures.size() > 1) {
      for (std::vector<uint32_t>& places : places_of_) places.push_back(place);
    }
    nation_ = counts.prefectures.size() > 1 ? place : 0;
  }

  // Of both sexes and all ages.
  uint32_t Total() const { return nation_ * 3 * (bands_ + 1); }

  // The area's own, its prefecture's and the nation's.
  std::vector<uint32_t> CellsOver(uint32_t area) const {
    std::vector<uint32_t> cells;
    const uint32_t per_place = 3 * (bands_ + 1);
    for (const uint32_t place : places_of_[area]) {
      for (uint32_t c = 0; c < per_place; ++c) cells.push_back(place * per_place + c);
    }
    return cells;
  }

  // Cells that an inner count is a part of.
  std::vector<uint32_t> CellsWith(uint32_t inner) const {
    const uint32_t area = inner / (2 * bands_);
    const uint32_t sex = inner / bands_ % 2;
    const uint32_t band = inner % bands_;
    std::vector<uint32_t> cells;
    for (const uint32_t place : places_of_[area]) {
      for (const uint32_t s : {0u, sex + 1}) {
        for (const uint32_t a : {0u, band + 1}) cells.push_back((place * 3 + s) * (bands_ + 1) + a);
      }
    }
    return cells;
  }

 private:
  uint32_t bands_;
  uint32_t nation_;
  std::vector<std::vector<uint32_t>> places_of_;
};

}  // namespace

MadeCorrection MakeCorrection(const TableCounts& counts, uint32_t member,
                              const std::vector<uint32_t>& areas, int64_t persons, uint64_t seed) {
  std::mt19937_64 random(seed);
  MadeCorrection made{member, areas, std::vector<int64_t>(counts.inner.size(), 0)};
  const int64_t step = persons < 0 ? -1 : 1;
  const uint32_t lines = 2 * counts.bands;
  for (int64_t left = persons; left != 0;) {
    const uint32_t v = areas[random() % areas.size()] * lines + random() % lines;
    const int64_t next = counts.inner[v] + made.inner[v] + step;
    if (next < 0 || next > counts.persons[v]) continue;
    made.inner[v] += step;
    left -= step;
  }
  return made;
}

TableCounts Corrected(TableCounts counts, const std::vector<MadeCorrection>& corrections) {
  for (const MadeCorrection& correction : corrections) {
    for (size_t v = 0; v < counts.inner.size(); ++v) counts.inner[v] += correction.inner[v];
  }
  return counts;
}

Version FirstVersion(const TableCounts& counts, const NationalTable& table,
                     std::vector<bool> hidden) {
  Version version;
  version.system = table.cells;
  version.system.cells[Places(counts).Total()].may_hide = false;
  version.hidden = std::move(hidden);
  if (version.hidden.empty()) {
    for (const auto& cell : table.linear.cells) version.hidden.push_back(cell.primary);
  }
  version.attackers = table.attackers;
  version.attacker_ids = table.attacker_ids;
  return version;
}

Version NextVersion(const TableCounts& counts, const NationalTable& table,
                    const std::vector<MadeCorrection>& corrections, std::vector<bool> hidden) {
  const Places places(counts);
  Version version = FirstVersion(counts, table, std::move(hidden));
  version.in_scope.assign(version.hidden.size(), false);
  for (const MadeCorrection& made : corrections) {
    for (const uint32_t area : made.areas) {
      for (const uint32_t c : places.CellsOver(area)) version.in_scope[c] = true;
    }
    std::map<uint32_t, int64_t> change;
    for (uint32_t v = 0; v < made.inner.size(); ++v) {
      if (made.inner[v] == 0) continue;
      for (const uint32_t c : places.CellsWith(v)) change[c] += made.inner[v];
    }
    Correction correction{made.member, {}};
    for (const auto& [cell, delta] : change) {
      if (delta != 0) correction.steps.push_back({cell, delta});
    }
    version.corrections.push_back(std::move(correction));
  }
  return version;
}

}  // namespace renkei::tests
