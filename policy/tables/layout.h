// Layout: the order of the inner cells of a round (R1). A contribution is a layout digest and a
// dense vector in this order; margins are derived at the hub.
//
// Inner cell = measure x (municipality of the area, or unknown) x sex x 5-year band x part. The
// member kind is the contributor's own and therefore no axis here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/fiscal_year.h"
#include "policy/crypto/digest.h"

namespace renkei::policy::tables {

inline constexpr int kSexes = 2;  // 0 male, 1 female
inline constexpr int kBands = 7;  // 40-44 .. 70-74
inline constexpr int kParts = 2;  // 0 numerator, 1 not-numerator: n = both together
inline constexpr int kMinAge = 40;
inline constexpr int kMaxAge = 74;
// A count that an agent may send is below 2^40 (privacy 8.4).
inline constexpr int64_t kMaxCount = int64_t{1} << 40;

inline constexpr std::array<const char*, kBands> kBandLabels = {"40-44", "45-49", "50-54", "55-59",
                                                                "60-64", "65-69", "70-74"};

// Band index of an age at fiscal-year end, or nullopt outside 40..74.
inline std::optional<int> BandOfAge(int age) {
  if (age < kMinAge || age > kMaxAge) return std::nullopt;
  return (age - kMinAge) / 5;
}

// Row of persons whose residence is not known; the last geography of every layout.
inline constexpr const char* kUnknownMunicipality = "unknown";

struct MeasureVersion {
  std::string id;
  uint32_t version = 0;
  bool operator==(const MeasureVersion&) const = default;
};

class Layout {
 public:
  // Codes ascending and unique, measures unique and not empty; else INVALID_ARGUMENT.
  static absl::StatusOr<Layout> Make(std::string area_code, base::FiscalYear year,
                                     std::vector<MeasureVersion> measures,
                                     std::vector<std::string> municipalities);

  const std::string& area_code() const { return area_code_; }
  base::FiscalYear fiscal_year() const { return year_; }
  const std::vector<MeasureVersion>& measures() const { return measures_; }
  // 6-digit codes, without "unknown".
  const std::vector<std::string>& municipalities() const { return municipalities_; }
  // Municipalities and the unknown row.
  int geographies() const { return static_cast<int>(municipalities_.size()) + 1; }
  int unknown_geography() const { return static_cast<int>(municipalities_.size()); }
  // Geography index of a 6-digit code or "unknown"; nullopt outside the area.
  std::optional<int> GeographyOf(absl::string_view municipality) const;

  size_t cells_per_measure() const {
    return static_cast<size_t>(geographies()) * kSexes * kBands * kParts;
  }
  size_t size() const { return measures_.size() * cells_per_measure(); }
  size_t Index(int measure, int geography, int sex, int band, int part) const {
    return ((((static_cast<size_t>(measure) * static_cast<size_t>(geographies()) +
               static_cast<size_t>(geography)) *
                  kSexes +
              static_cast<size_t>(sex)) *
                 kBands +
             static_cast<size_t>(band)) *
            kParts) +
           static_cast<size_t>(part);
  }

  // SHA-256 over the canonical text; the format is in README.md.
  const crypto::Digest& digest() const { return digest_; }
  std::string CanonicalText() const;

  bool operator==(const Layout& other) const { return digest_ == other.digest_; }

 private:
  Layout() = default;
  std::string area_code_;
  base::FiscalYear year_;
  std::vector<MeasureVersion> measures_;
  std::vector<std::string> municipalities_;
  crypto::Digest digest_{};
};

}  // namespace renkei::policy::tables
