// The published table that 鶴岡市's invented people reproduce: eligible, examined and the integer
// behind each printed rate, per sex and five-year age
// (tests/golden/data/tsuruoka_table5_counts.csv).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/synth/exam.h"

namespace renkei::tests::synth {

enum class Count : uint8_t {
  kWaist,
  kBmi,
  kPressure,
  kGlucose,
  kLipid,
  kSmoking,
  kMets,
  kPremets,
  kActive,
  kMotivational,
  kMedicated,
  kCount
};
inline constexpr int kCountCount = static_cast<int>(Count::kCount);
inline constexpr int kBandCount = 7;  // 40-44 .. 70-74

// The id in indicators.csv.
absl::string_view IndicatorOf(Count count);

using Counts = std::array<int, kCountCount>;

struct Cell {
  Sex sex = Sex::kMale;
  int band = 0;  // 0 = 40-44
  int eligible = 0;
  int examined = 0;
  Counts counts{};
  int operator[](Count c) const { return counts[static_cast<int>(c)]; }
  int first_age() const { return 40 + 5 * band; }
};

struct Table {
  // Males by band, then females by band. Lipid is not in the source per cell: see below.
  std::vector<Cell> cells;
  // What the source prints for all examinees: the count lies in this closed interval.
  int lipid_low = 0;
  int lipid_high = 0;
  const Cell& At(Sex sex, int band) const;
};

// Spreads the middle of the lipid interval over the cells by plausible shares, exactly.
// INVALID_ARGUMENT names the line for a row that is missing, twice or not a number, and for
// a subtotal or total that is not the sum of its cells.
absl::StatusOr<Table> ParseTable(absl::string_view csv);
absl::StatusOr<Table> LoadTable(const std::string& path);

}  // namespace renkei::tests::synth
