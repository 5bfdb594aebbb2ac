#include "agents/app/person_lines.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/status.h"

namespace renkei::agents::app {
namespace base = renkei::policy::base;

namespace {

enum Column : size_t {
  kInsurerNumber,
  kSymbol,
  kNumber,
  kBranch,
  kPersonId,
  kBirthDate,
  kSex,
  kColumnCount
};
constexpr std::array<const char*, kColumnCount> kNames = {
    "insurer_number", "symbol", "number", "branch", "person_id", "birth_date", "sex"};
constexpr char kExample[] =
    "the first line names the columns: insurer_number,symbol,number,branch,birth_date,sex or "
    "person_id,birth_date,sex";

absl::Status Problem(size_t line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

// As csv.md names them.
std::optional<uint8_t> ParseSex(absl::string_view text) {
  if (text == "1" || text == "男" || text == "M") return 0;
  if (text == "2" || text == "女" || text == "F") return 1;
  return std::nullopt;
}

using Order = std::vector<Column>;

absl::StatusOr<Order> ParseHeader(absl::string_view line, size_t number) {
  Order order;
  for (const absl::string_view cell : absl::StrSplit(line, ',')) {
    const auto name = std::find(kNames.begin(), kNames.end(), absl::StripAsciiWhitespace(cell));
    if (name == kNames.end()) {
      return Problem(number, absl::StrCat("column ", order.size() + 1, " is unknown; ", kExample));
    }
    const auto column = static_cast<Column>(name - kNames.begin());
    if (std::find(order.begin(), order.end(), column) != order.end()) {
      return Problem(number, absl::StrCat("column ", *name, " stands twice"));
    }
    order.push_back(column);
  }
  return order;
}

absl::StatusOr<cohort::Person> ParsePerson(absl::string_view line, size_t number,
                                           const Order& order,
                                           const cohort::Pseudonymiser& pseudonymiser) {
  const std::vector<absl::string_view> cells = absl::StrSplit(line, ',');
  if (cells.size() != order.size()) {
    return Problem(number, absl::StrCat(cells.size(), " cells under ", order.size(), " columns"));
  }
  std::array<absl::string_view, kColumnCount> by_column;
  for (size_t i = 0; i < cells.size(); ++i) {
    by_column[order[i]] = absl::StripAsciiWhitespace(cells[i]);
  }
  const std::optional<absl::CivilDay> birth = base::ParseDay(by_column[kBirthDate]);
  if (!birth.has_value()) return Problem(number, "birth_date is not a day as YYYY-MM-DD");
  const std::optional<uint8_t> sex = ParseSex(by_column[kSex]);
  if (!sex.has_value()) return Problem(number, "sex is not one of M, F, 1, 2, 男, 女");
  cohort::PersonColumns columns;
  columns.insurer_number = by_column[kInsurerNumber];
  columns.symbol = by_column[kSymbol];
  columns.number = by_column[kNumber];
  columns.branch = by_column[kBranch];
  // As intake reads a row: a card number goes before the local number.
  if (by_column[kNumber].empty()) columns.person_id = by_column[kPersonId];
  columns.birth_date = *birth;
  columns.sex = *sex;
  absl::StatusOr<cohort::Person> person = pseudonymiser.Make(columns);
  if (!person.ok()) return Problem(number, person.status().message());
  return person;
}

}  // namespace

absl::StatusOr<std::vector<cohort::Person>> ParsePersonLines(
    absl::string_view text, const cohort::Pseudonymiser& pseudonymiser) {
  if (text.size() > kMaxPersonText) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", kMaxPersonText, " bytes; name fewer persons at a time"));
  }
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  std::optional<Order> order;
  std::vector<cohort::Person> persons;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    absl::ConsumeSuffix(&line, "\r");
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    if (line.find('"') != absl::string_view::npos) return Problem(number, "quotes are not read");
    if (!order.has_value()) {
      RENKEI_ASSIGN_OR_RETURN(order, ParseHeader(line, number));
      continue;
    }
    RENKEI_ASSIGN_OR_RETURN(const cohort::Person person,
                            ParsePerson(line, number, *order, pseudonymiser));
    persons.push_back(person);
  }
  if (persons.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no person is named; ", kExample, ", then one line per person"));
  }
  return persons;
}

}  // namespace renkei::agents::app
