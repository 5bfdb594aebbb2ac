// Disease codes of claims, 7 digits -> middle classes of the 119/121 classification, 4 digits. The
// table is the operator's (definitions 11: configuration): a CSV file with the columns
// `disease_code` and `class`, UTF-8. Immutable, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace renkei::agents::intake {

class DiseaseClasses {
 public:
  // INVALID_ARGUMENT "<file>:<line>: <what>".
  static absl::StatusOr<DiseaseClasses> Parse(const std::string& file_name, absl::string_view text);
  static absl::StatusOr<DiseaseClasses> Load(const std::string& path);

  // 4 digits of a 7-digit code, or nullopt.
  std::optional<std::string> ClassOf(absl::string_view disease_code) const;

 private:
  absl::flat_hash_map<uint32_t, uint16_t> classes_;
};

}  // namespace renkei::agents::intake
