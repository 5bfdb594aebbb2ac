#include "agents/intake/disease_classes.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "agents/intake/text.h"
#include "policy/base/status.h"
#include "policy/catalogue/csv_table.h"

namespace renkei::agents::intake {

absl::StatusOr<DiseaseClasses> DiseaseClasses::Parse(const std::string& file_name,
                                                     absl::string_view text) {
  RENKEI_ASSIGN_OR_RETURN(
      const policy::catalogue::CsvTable table,
      policy::catalogue::CsvTable::Parse(file_name, text, {"disease_code", "class"}));
  DiseaseClasses out;
  out.classes_.reserve(table.rows());
  for (size_t row = 0; row < table.rows(); ++row) {
    const absl::string_view code = table.Cell(row, 0);
    const absl::string_view name = table.Cell(row, 1);
    const std::optional<int> number = code.size() == 7 ? ParseCount(code) : std::nullopt;
    if (!number) return table.Error(row, "disease_code needs 7 digits");
    const std::optional<int> middle = name.size() == 4 ? ParseCount(name) : std::nullopt;
    if (!middle) return table.Error(row, "class needs 4 digits");
    const auto [at, is_new] =
        out.classes_.emplace(static_cast<uint32_t>(*number), static_cast<uint16_t>(*middle));
    if (!is_new && at->second != *middle)
      return table.Error(row, "the code has another class above");
  }
  return out;
}

absl::StatusOr<DiseaseClasses> DiseaseClasses::Load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot open the disease table ", path));
  std::stringstream text;
  text << in.rdbuf();
  return Parse(path, text.str());
}

std::optional<std::string> DiseaseClasses::ClassOf(absl::string_view disease_code) const {
  const std::optional<int> number =
      disease_code.size() == 7 ? ParseCount(disease_code) : std::nullopt;
  if (!number) return std::nullopt;
  const auto found = classes_.find(static_cast<uint32_t>(*number));
  if (found == classes_.end()) return std::nullopt;
  return absl::StrFormat("%04d", found->second);
}

}  // namespace renkei::agents::intake
