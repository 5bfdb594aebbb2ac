// Cells of a small family as rows over its inner counts: place, kind, sex and band, measure by
// measure.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "policy/disclosure/linear_system.h"
#include "tests/unit/policy/disclosure/family_fixture.h"

namespace renkei::policy::disclosure {

inline constexpr int kPlaces = 4;  // three municipalities and unknown
inline constexpr uint32_t kPerMeasure = kPlaces * 3 * 2 * 7;

inline bool BandIn(const std::string& age, int band) {
  if (age == "40-74") return true;
  if (age == "40-64") return band < 5;
  if (age == "65-74") return band >= 5;
  return age == tables::kBandLabels[static_cast<size_t>(band)];
}

inline int PlaceOf(const std::string& municipality) {
  for (int g = 0; g < 3; ++g) {
    if (municipality == kMunicipalities[g]) return g;
  }
  return municipality == "unknown" ? 3 : -1;
}

// The inner counts that a cell of a measure is the sum of.
inline Row RowOf(const ProtectedCell& cell, uint32_t measure) {
  Row row;
  const int place = PlaceOf(cell.municipality);
  for (int g = 0; g < kPlaces; ++g) {
    if (place >= 0 && place != g) continue;
    for (int k = 0; k < 3; ++k) {
      if (cell.member_kind != 0 && static_cast<int>(cell.member_kind) != k + 1) continue;
      for (int s = 0; s < 2; ++s) {
        if (cell.sex != v1::SEX_BOTH && static_cast<int>(cell.sex) != s + 1) continue;
        for (int b = 0; b < 7; ++b) {
          if (!BandIn(cell.age_band, b)) continue;
          row.push_back(
              {measure * kPerMeasure + static_cast<uint32_t>(((g * 3 + k) * 2 + s) * 7 + b), 1});
        }
      }
    }
  }
  return row;
}

// Calls `visit` with every place, sex and band.
inline void ForEachInner(absl::FunctionRef<void(int place, int sex, int band)> visit) {
  for (int g = 0; g < kPlaces; ++g) {
    for (int s = 0; s < 2; ++s) {
      for (int b = 0; b < 7; ++b) visit(g, s, b);
    }
  }
}

// The sum of `count` over the inner cells of a row, from the inner counts of all members.
inline int64_t SumOf(
    const Family& family, const Row& row,
    absl::FunctionRef<int64_t(const tables::Cube&, int place, int sex, int band)> count) {
  int64_t sum = 0;
  for (size_t i = 0; i < family.cubes().size(); ++i) {
    const int kind = static_cast<int>(family.request().contributions[i].kind) - 1;
    for (const Term& t : row) {
      const int v = static_cast<int>(t.variable % kPerMeasure);
      if (v / 14 % 3 == kind) sum += count(*family.cubes()[i], v / 42, v / 7 % 2, v % 7);
    }
  }
  return sum;
}

}  // namespace renkei::policy::disclosure
