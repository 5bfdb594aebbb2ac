#include "hub/reference/populations.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embedded/population_files.h"
#include "policy/crypto/check_digit.h"

namespace renkei::hub::reference {
namespace {

constexpr char kEdition[] = "juki-2025-01-01";
constexpr char kHeader[] = "code6,name_ja,pop_total";
constexpr int64_t kMaxPersons = 200000000;

}  // namespace

std::vector<std::string> Populations::Editions() { return {kEdition}; }

absl::StatusOr<Populations> Populations::Load(absl::string_view edition) {
  if (edition != kEdition) {
    return absl::NotFoundError(absl::StrCat("population edition '", edition,
                                            "' is not known; this program has '", kEdition, "'"));
  }
  return Parse(population_files[0].bytes(), population_files[0].name);
}

absl::StatusOr<Populations> Populations::Parse(absl::string_view csv,
                                               const std::string& file_name) {
  std::map<std::string, int64_t> persons;
  int line_number = 0;
  for (const absl::string_view line : absl::StrSplit(csv, '\n')) {
    ++line_number;
    const auto wrong = [&](absl::string_view what) {
      return absl::InvalidArgumentError(absl::StrCat(file_name, ":", line_number, ": ", what));
    };
    if (line_number == 1) {
      if (line != kHeader) return wrong(absl::StrCat("the header must be ", kHeader));
      continue;
    }
    if (line.empty()) continue;
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ',');
    int64_t count = 0;
    if (fields.size() != 3) return wrong("3 fields are expected");
    if (!policy::crypto::MunicipalityCodeIsValid(fields[0])) {
      return wrong("code6 must be a 6-digit municipality code with its check digit");
    }
    if (!absl::SimpleAtoi(fields[2], &count) || count < 0 || count > kMaxPersons) {
      return wrong("pop_total must be 0 to 200000000 persons");
    }
    if (!persons.emplace(std::string(fields[0]), count).second) return wrong("code6 is repeated");
  }
  return Populations(std::move(persons));
}

}  // namespace renkei::hub::reference
