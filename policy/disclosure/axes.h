// The cells of a table: geography x member kind x sex x age, margins included, and the differences
// of published cells that a reader can form along geography and kind (R4, R5). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "policy/tables/layout.h"
#include "renkei/v1/common.pb.h"

namespace renkei::policy::disclosure {

inline constexpr int kKinds = 3;  // 0 municipality, 1 insurer, 2 workplace
inline constexpr uint8_t kAllKinds = 7;

// Index 0..2 of a member kind; -1 for anything else.
int KindIndex(v1::MemberKind kind);

struct SexGroup {
  v1::Sex sex;
  int from;  // inner sexes, inclusive
  int to;
  uint32_t level;
};
inline constexpr std::array<SexGroup, 3> kSexGroups = {
    {{v1::SEX_MALE, 0, 0, 1}, {v1::SEX_FEMALE, 1, 1, 1}, {v1::SEX_BOTH, 0, 1, 0}}};

struct AgeGroup {
  const char* label;
  int from;  // bands, inclusive
  int to;
  uint32_t level;
};
inline constexpr std::array<AgeGroup, 10> kAgeGroups = {{{"40-44", 0, 0, 2},
                                                         {"45-49", 1, 1, 2},
                                                         {"50-54", 2, 2, 2},
                                                         {"55-59", 3, 3, 2},
                                                         {"60-64", 4, 4, 2},
                                                         {"65-69", 5, 5, 2},
                                                         {"70-74", 6, 6, 2},
                                                         {"40-64", 0, 4, 1},
                                                         {"65-74", 5, 6, 1},
                                                         {"40-74", 0, 6, 0}}};
inline constexpr int kGroupsPerSlice =
    static_cast<int>(kSexGroups.size()) * static_cast<int>(kAgeGroups.size());

// Inner cells of a measure in their order: by geography, kind, sex and band.
constexpr size_t InnerIndex(int geography, int kind, int sex, int band) {
  const int index = ((geography * kKinds + kind) * tables::kSexes + sex) * tables::kBands + band;
  return static_cast<size_t>(index);
}

// Which (geography, kind) pairs a cell adds up.
struct Slice {
  enum class Scope { kWhole, kOne, kAllButOne, kAllButPair, kAllButSeveral, kSelected };
  Scope scope = Scope::kWhole;
  int geography = -1;         // of kOne, kAllButOne, kAllButPair
  uint8_t kinds = kAllKinds;  // bit per kind; of kAllButPair the one kind left out of `geography`
  bool publishable = true;    // false: a difference only
  std::vector<int> left_out;  // geographies, of kAllButSeveral
  std::vector<uint8_t> selected;  // of kSelected: bit per kind, for each geography

  bool Contains(int geography_index, int kind) const;
  bool operator==(const Slice&) const = default;
};

// Cells of the table: the area, each municipality and the unknown row, by all kinds and each kind.
std::vector<Slice> PublishableSlices(int geographies);
// Differences: two of three kinds; the area without one geography; the area without one geography's
// members of one kind.
std::vector<Slice> DifferenceSlices(int geographies);

// Every pair of `inner` lies in `outer`.
bool IsWithin(const Slice& inner, const Slice& outer, int geographies);

// Stable name of a slice for the tie-breaking PRF, e.g. "062031|1".
std::string SliceName(const Slice& slice, const tables::Layout& layout);

// 6-digit code, "unknown", or empty for the whole area; of publishable slices.
std::string GeographyLabel(const Slice& slice, const tables::Layout& layout);
// UNSPECIFIED for all kinds; of publishable slices.
v1::MemberKind KindOf(const Slice& slice);

}  // namespace renkei::policy::disclosure
