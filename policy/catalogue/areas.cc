#include "policy/catalogue/areas.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/base/status.h"
#include "policy/catalogue/csv_table.h"
#include "policy/crypto/check_digit.h"

namespace renkei::policy::catalogue {
namespace {

// Exactly `size` ASCII digits (at most 9).
std::optional<uint32_t> ParseDigits(absl::string_view text, size_t size) {
  if (text.size() != size) return std::nullopt;
  uint32_t number = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number;
}

constexpr size_t kNone = SIZE_MAX;
constexpr size_t kPrefectureDigits = 2;

}  // namespace

struct AreaTable::Tables {
  struct Municipality {
    uint32_t code5 = 0;
    std::string code6;
    std::string name;
    std::string parent5;       // wards: the designated city
    std::string valid_from;    // YYYY-MM-DD or empty
    std::string valid_to;      // inclusive, or empty
    std::string area;          // empty: the wards of this city lie in several areas
    size_t listed_as = kNone;  // index of the municipality that stands for this one in its area
  };
  struct Postal {
    uint32_t code7;
    uint32_t municipality;  // index
  };
  std::vector<Municipality> municipalities;  // ascending by code5
  std::vector<Postal> postal;                // ascending by code7
  std::map<std::string, std::string, std::less<>> area_names;
  std::map<std::string, std::string, std::less<>> prefecture_names;

  size_t Find(uint32_t code5) const {
    const auto it =
        std::lower_bound(municipalities.begin(), municipalities.end(), code5,
                         [](const Municipality& m, uint32_t code) { return m.code5 < code; });
    if (it == municipalities.end() || it->code5 != code5) return kNone;
    return static_cast<size_t>(it - municipalities.begin());
  }
  const Municipality* Find6(absl::string_view code6) const {
    if (code6.size() != 6) return nullptr;
    const std::optional<uint32_t> code5 = ParseDigits(code6.substr(0, 5), 5);
    if (!code5.has_value()) return nullptr;
    const size_t index = Find(*code5);
    // The stored code carries the right check digit, so equality verifies the given one.
    if (index == kNone || municipalities[index].code6 != code6) return nullptr;
    return &municipalities[index];
  }

  absl::Status AddMunicipalities(absl::string_view csv);
  absl::Status AddAreas(absl::string_view areas_csv, absl::string_view members_csv);
  absl::Status AddPostalCodes(absl::string_view csv);
  absl::Status FoldWards();
};

absl::Status AreaTable::Tables::AddMunicipalities(absl::string_view csv) {
  RENKEI_ASSIGN_OR_RETURN(
      const CsvTable table,
      CsvTable::Parse("municipalities.csv", csv,
                      {"code6", "code5", "name_ja", "parent_code5", "valid_from", "valid_to"}));
  municipalities.reserve(table.rows());
  for (size_t row = 0; row < table.rows(); ++row) {
    const absl::string_view code6 = table.Cell(row, 0);
    const std::optional<uint32_t> code5 = ParseDigits(table.Cell(row, 1), 5);
    if (!code5.has_value() || code6.substr(0, 5) != table.Cell(row, 1) ||
        !crypto::MunicipalityCodeIsValid(code6)) {
      return table.Error(row, "code6 must be code5 and its check digit");
    }
    if (table.Cell(row, 2).empty()) return table.Error(row, "the name is empty");
    for (const size_t column : {size_t{4}, size_t{5}}) {
      if (!table.Cell(row, column).empty() && !base::ParseDay(table.Cell(row, column))) {
        return table.Error(row, "valid_from and valid_to must be days, YYYY-MM-DD");
      }
    }
    Municipality m;
    m.code5 = *code5;
    m.code6 = std::string(code6);
    m.name = std::string(table.Cell(row, 2));
    m.parent5 = std::string(table.Cell(row, 3));
    m.valid_from = std::string(table.Cell(row, 4));
    m.valid_to = std::string(table.Cell(row, 5));
    if (!municipalities.empty() && municipalities.back().code5 >= m.code5) {
      return table.Error(row, "codes must be ascending and unique");
    }
    municipalities.push_back(std::move(m));
  }
  return absl::OkStatus();
}

absl::Status AreaTable::Tables::AddAreas(absl::string_view areas_csv,
                                         absl::string_view members_csv) {
  RENKEI_ASSIGN_OR_RETURN(const CsvTable areas,
                          CsvTable::Parse("secondary_medical_areas.csv", areas_csv,
                                          {"area_code", "area_name", "pref_code", "pref_name"}));
  for (size_t row = 0; row < areas.rows(); ++row) {
    if (!ParseDigits(areas.Cell(row, 0), 4).has_value() || areas.Cell(row, 1).empty() ||
        !area_names.try_emplace(std::string(areas.Cell(row, 0)), areas.Cell(row, 1)).second) {
      return areas.Error(row, "an area needs a unique code of 4 digits and a name");
    }
    const absl::string_view prefecture = areas.Cell(row, 2);
    if (prefecture != areas.Cell(row, 0).substr(0, kPrefectureDigits) ||
        areas.Cell(row, 3).empty() ||
        prefecture_names.try_emplace(std::string(prefecture), areas.Cell(row, 3)).first->second !=
            areas.Cell(row, 3)) {
      return areas.Error(row,
                         "pref_code must be the first two digits of area_code, and have one name");
    }
  }
  RENKEI_ASSIGN_OR_RETURN(
      const CsvTable members,
      CsvTable::Parse("area_municipalities.csv", members_csv, {"code6", "area_code"}));
  std::vector<bool> seen(municipalities.size(), false);
  for (size_t row = 0; row < members.rows(); ++row) {
    const Municipality* m = Find6(members.Cell(row, 0));
    if (m == nullptr) return members.Error(row, "the code is not in municipalities.csv");
    const size_t index = static_cast<size_t>(m - municipalities.data());
    if (seen[index]) return members.Error(row, "the municipality is repeated");
    seen[index] = true;
    const absl::string_view area = members.Cell(row, 1);
    if (!area.empty() && area_names.find(area) == area_names.end()) {
      return members.Error(row, "the area is not in secondary_medical_areas.csv");
    }
    municipalities[index].area = std::string(area);
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) {
      return absl::InvalidArgumentError(absl::StrCat("area_municipalities.csv: municipality ",
                                                     municipalities[i].code6, " is missing"));
    }
  }
  return absl::OkStatus();
}

// A ward is listed as its city when the whole city lies in one area.
absl::Status AreaTable::Tables::FoldWards() {
  for (size_t i = 0; i < municipalities.size(); ++i) {
    Municipality& m = municipalities[i];
    m.listed_as = i;
    if (m.parent5.empty()) continue;
    const std::optional<uint32_t> parent5 = ParseDigits(m.parent5, 5);
    const size_t parent = parent5.has_value() ? Find(*parent5) : kNone;
    if (parent == kNone) {
      return absl::InvalidArgumentError(absl::StrCat("municipalities.csv: the city of ward ",
                                                     m.code6, " (parent_code5) does not exist"));
    }
    if (municipalities[parent].area.empty()) continue;
    if (municipalities[parent].area != m.area) {
      return absl::InvalidArgumentError(absl::StrCat("area_municipalities.csv: ward ", m.code6,
                                                     " and its city ", municipalities[parent].code6,
                                                     " lie in different areas"));
    }
    m.listed_as = parent;
  }
  return absl::OkStatus();
}

absl::Status AreaTable::Tables::AddPostalCodes(absl::string_view csv) {
  RENKEI_ASSIGN_OR_RETURN(const CsvTable table,
                          CsvTable::Parse("postal_municipality.csv", csv, {"zip7", "code5"}));
  postal.reserve(table.rows());
  for (size_t row = 0; row < table.rows(); ++row) {
    const std::optional<uint32_t> code7 = ParseDigits(table.Cell(row, 0), 7);
    const std::optional<uint32_t> code5 = ParseDigits(table.Cell(row, 1), 5);
    if (!code7.has_value() || !code5.has_value()) {
      return table.Error(row, "a postal code has 7 digits, a municipality code 5");
    }
    if (!postal.empty() && postal.back().code7 >= *code7) {
      return table.Error(row, "postal codes must be ascending and unique");
    }
    const size_t municipality = Find(*code5);
    if (municipality == kNone) return table.Error(row, "the code is not in municipalities.csv");
    postal.push_back({*code7, static_cast<uint32_t>(municipality)});
  }
  return absl::OkStatus();
}

absl::StatusOr<AreaTable> AreaTable::Parse(absl::string_view municipalities_csv,
                                           absl::string_view area_municipalities_csv,
                                           absl::string_view secondary_medical_areas_csv,
                                           absl::string_view postal_municipality_csv) {
  auto tables = std::make_shared<Tables>();
  RENKEI_RETURN_IF_ERROR(tables->AddMunicipalities(municipalities_csv));
  RENKEI_RETURN_IF_ERROR(tables->AddAreas(secondary_medical_areas_csv, area_municipalities_csv));
  RENKEI_RETURN_IF_ERROR(tables->FoldWards());
  RENKEI_RETURN_IF_ERROR(tables->AddPostalCodes(postal_municipality_csv));
  AreaTable out;
  out.tables_ = std::move(tables);
  return out;
}

std::optional<std::string> AreaTable::MunicipalityFromCode(absl::string_view digits) const {
  if (digits.size() == 6) {
    const Tables::Municipality* m = tables_->Find6(digits);
    if (m == nullptr) return std::nullopt;
    return m->code6;
  }
  const std::optional<uint32_t> code5 = ParseDigits(digits, 5);
  const size_t index = code5.has_value() ? tables_->Find(*code5) : kNone;
  if (index == kNone) return std::nullopt;
  return tables_->municipalities[index].code6;
}

std::optional<std::string> AreaTable::MunicipalityFromPostalCode(absl::string_view digits) const {
  const std::optional<uint32_t> code7 = ParseDigits(digits, 7);
  if (!code7.has_value()) return std::nullopt;
  const auto it = std::lower_bound(
      tables_->postal.begin(), tables_->postal.end(), *code7,
      [](const Tables::Postal& entry, uint32_t code) { return entry.code7 < code; });
  if (it == tables_->postal.end() || it->code7 != *code7) return std::nullopt;
  return tables_->municipalities[it->municipality].code6;
}

std::optional<std::string> AreaTable::AreaOf(absl::string_view municipality6,
                                             base::FiscalYear /*year*/) const {
  const Tables::Municipality* m = tables_->Find6(municipality6);
  if (m == nullptr || m->area.empty()) return std::nullopt;
  return m->area;
}

std::vector<std::string> AreaTable::MunicipalitiesOf(absl::string_view area4,
                                                     base::FiscalYear /*year*/) const {
  std::vector<std::string> codes;
  for (size_t i = 0; i < tables_->municipalities.size(); ++i) {
    const Tables::Municipality& m = tables_->municipalities[i];
    if (m.area == area4 && !m.area.empty() && m.listed_as == i) codes.push_back(m.code6);
  }
  return codes;
}

std::optional<std::string> AreaTable::ListedAs(absl::string_view municipality6,
                                               base::FiscalYear /*year*/) const {
  const Tables::Municipality* m = tables_->Find6(municipality6);
  if (m == nullptr || m->area.empty()) return std::nullopt;
  return tables_->municipalities[m->listed_as].code6;
}

bool AreaTable::ExistsIn(absl::string_view municipality6, base::FiscalYear year) const {
  const Tables::Municipality* m = tables_->Find6(municipality6);
  if (m == nullptr) return false;
  const std::optional<absl::CivilDay> from = base::ParseDay(m->valid_from);
  const std::optional<absl::CivilDay> to = base::ParseDay(m->valid_to);
  return (!from.has_value() || *from <= year.last_day()) &&
         (!to.has_value() || *to >= year.first_day());
}

std::optional<std::string> AreaTable::AreaName(absl::string_view area4) const {
  const auto it = tables_->area_names.find(area4);
  if (it == tables_->area_names.end()) return std::nullopt;
  return it->second;
}

std::vector<std::string> AreaTable::AreasOfPrefecture(absl::string_view prefecture2,
                                                      base::FiscalYear /*year*/) const {
  std::vector<std::string> codes;
  for (const auto& [code, name] : tables_->area_names) {
    if (absl::string_view(code).substr(0, kPrefectureDigits) == prefecture2) codes.push_back(code);
  }
  return codes;
}

std::vector<std::string> AreaTable::AllAreas(base::FiscalYear /*year*/) const {
  std::vector<std::string> codes;
  for (const auto& [code, name] : tables_->area_names) codes.push_back(code);
  return codes;
}

std::optional<std::string> AreaTable::PrefectureName(absl::string_view prefecture2) const {
  const auto it = tables_->prefecture_names.find(prefecture2);
  if (it == tables_->prefecture_names.end()) return std::nullopt;
  return it->second;
}

std::optional<std::string> AreaTable::MunicipalityName(absl::string_view municipality6) const {
  const Tables::Municipality* m = tables_->Find6(municipality6);
  if (m == nullptr) return std::nullopt;
  return m->name;
}

}  // namespace renkei::policy::catalogue
