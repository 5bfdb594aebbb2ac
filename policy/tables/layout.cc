#include "policy/tables/layout.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/bytes.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::tables {

absl::StatusOr<Layout> Layout::Make(std::string area_code, base::FiscalYear year,
                                    std::vector<MeasureVersion> measures,
                                    std::vector<std::string> municipalities) {
  if (area_code.size() != 4) {
    return absl::InvalidArgumentError("layout: the area code must have 4 digits");
  }
  if (measures.empty()) return absl::InvalidArgumentError("layout: no measure");
  std::set<std::string> seen;
  for (const MeasureVersion& m : measures) {
    if (m.id.empty() || m.version == 0 || !seen.insert(m.id).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("layout: measure '", m.id, "' is empty, repeated or without version"));
    }
  }
  for (size_t i = 0; i < municipalities.size(); ++i) {
    if (municipalities[i].size() != 6 || (i > 0 && municipalities[i - 1] >= municipalities[i])) {
      return absl::InvalidArgumentError(
          "layout: municipalities must be 6-digit codes, ascending and unique");
    }
  }
  Layout layout;
  layout.area_code_ = std::move(area_code);
  layout.year_ = year;
  layout.measures_ = std::move(measures);
  layout.municipalities_ = std::move(municipalities);
  layout.digest_ = crypto::Sha256(base::AsBytes(layout.CanonicalText()));
  return layout;
}

std::optional<int> Layout::GeographyOf(absl::string_view municipality) const {
  if (municipality == kUnknownMunicipality) return unknown_geography();
  const auto it = std::lower_bound(municipalities_.begin(), municipalities_.end(), municipality);
  if (it == municipalities_.end() || *it != municipality) return std::nullopt;
  return static_cast<int>(it - municipalities_.begin());
}

std::string Layout::CanonicalText() const {
  std::string text = absl::StrCat("renkei-layout-v1\narea ", area_code_, "\nfiscal_year ",
                                  year_.first_year(), "\n");
  for (const MeasureVersion& m : measures_)
    absl::StrAppend(&text, "measure ", m.id, "@", m.version, "\n");
  for (const std::string& code : municipalities_)
    absl::StrAppend(&text, "municipality ", code, "\n");
  absl::StrAppend(&text, "municipality ", kUnknownMunicipality, "\nsex male female\nband");
  for (const char* label : kBandLabels) absl::StrAppend(&text, " ", label);
  absl::StrAppend(&text, "\npart numerator not_numerator\n");
  return text;
}

}  // namespace renkei::policy::tables
