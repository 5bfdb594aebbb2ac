// Municipalities, secondary medical areas by fiscal year, and postal codes (definitions 1.5).
// Loaded from CSV of the catalogue. Immutable, thread-safe. One edition is known, whatever the
// year: the codes of 秋田県's areas of the 8th plan are not published, so its years keep the areas
// of the 7th.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/fiscal_year.h"

namespace renkei::policy::catalogue {

class AreaTable {
 public:
  static absl::StatusOr<AreaTable> Parse(absl::string_view municipalities_csv,
                                         absl::string_view area_municipalities_csv,
                                         absl::string_view secondary_medical_areas_csv,
                                         absl::string_view postal_municipality_csv);

  // 6-digit code from 5 digits, or from 6 digits whose check digit fits and that exists; else
  // nullopt.
  std::optional<std::string> MunicipalityFromCode(absl::string_view digits) const;
  // 6-digit code from a 7-digit postal code; nullopt when unknown.
  std::optional<std::string> MunicipalityFromPostalCode(absl::string_view digits) const;
  // Area of a municipality in a fiscal year; nullopt for a designated city that spans areas.
  std::optional<std::string> AreaOf(absl::string_view municipality6, base::FiscalYear year) const;
  // 6-digit codes of the municipalities of an area, ascending. A designated city is listed as the
  // city, its wards are folded into it, unless its wards lie in several areas.
  std::vector<std::string> MunicipalitiesOf(absl::string_view area4, base::FiscalYear year) const;
  // The code under which MunicipalitiesOf lists a municipality: the city for a ward of a city that
  // lies in one area, else the municipality itself; nullopt where AreaOf has none.
  std::optional<std::string> ListedAs(absl::string_view municipality6, base::FiscalYear year) const;
  // False for a code that was closed before the year or founded after it: still in its area, but
  // worth a warning (浜松市's old wards after 2023-12-31).
  bool ExistsIn(absl::string_view municipality6, base::FiscalYear year) const;
  std::optional<std::string> AreaName(absl::string_view area4) const;
  // Areas of a prefecture (2 digits), or of every one, ascending; empty for an unknown prefecture.
  std::vector<std::string> AreasOfPrefecture(absl::string_view prefecture2,
                                             base::FiscalYear year) const;
  std::vector<std::string> AllAreas(base::FiscalYear year) const;
  std::optional<std::string> PrefectureName(absl::string_view prefecture2) const;
  std::optional<std::string> MunicipalityName(absl::string_view municipality6) const;
  // Names the edition of the definitions, e.g. "7th-plan-335".
  static constexpr const char* kEdition = "7th-plan-335";

 private:
  struct Tables;
  std::shared_ptr<const Tables> tables_;
};

}  // namespace renkei::policy::catalogue
