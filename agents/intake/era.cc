#include "agents/intake/era.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "agents/intake/text.h"
#include "policy/base/fiscal_year.h"

namespace renkei::agents::intake {
namespace {

struct Era {
  char letter;
  const char* name;
  int year_before_first;
  int longest;  // years, the overlapping ones included
};
constexpr std::array<Era, 5> kEras = {{{'M', "明治", 1867, 45},
                                       {'T', "大正", 1911, 15},
                                       {'S', "昭和", 1925, 64},
                                       {'H', "平成", 1988, 31},
                                       {'R', "令和", 2018, 99}}};

std::optional<absl::CivilDay> ExistingDay(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) {
    return std::nullopt;
  }
  return policy::base::ParseDay(absl::StrFormat("%04d%02d%02d", year, month, day));
}

// Takes 1 to `most` digits from the front.
std::optional<int> TakeNumber(absl::string_view* text, size_t most) {
  size_t length = 0;
  while (length < text->size() && length < most &&
         absl::ascii_isdigit(static_cast<unsigned char>((*text)[length]))) {
    ++length;
  }
  const std::optional<int> number = ParseCount(text->substr(0, length));
  if (number) text->remove_prefix(length);
  return number;
}

// "M月D日", "M/D", "M.D" or "M-D", after the separator that follows the year.
std::optional<std::pair<int, int>> TakeMonthAndDay(absl::string_view text, bool is_kanji,
                                                   char separator) {
  const std::optional<int> month = TakeNumber(&text, 2);
  if (!month) return std::nullopt;
  if (is_kanji ? !absl::ConsumePrefix(&text, "月")
               : !absl::ConsumePrefix(&text, absl::string_view(&separator, 1))) {
    return std::nullopt;
  }
  const std::optional<int> day = TakeNumber(&text, 2);
  if (!day || (is_kanji && !absl::ConsumePrefix(&text, "日")) || !text.empty()) return std::nullopt;
  return std::make_pair(*month, *day);
}

// What follows a year: "年..." or a separator.
std::optional<std::pair<int, int>> TakeRest(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "年")) return TakeMonthAndDay(text, true, '\0');
  if (text.empty() || (text[0] != '.' && text[0] != '/' && text[0] != '-')) return std::nullopt;
  return TakeMonthAndDay(text.substr(1), false, text[0]);
}

}  // namespace

std::optional<absl::CivilDay> DayOfEra(int era, int year, int month, int day) {
  if (era < 1 || era > static_cast<int>(kEras.size())) return std::nullopt;
  const Era& e = kEras[static_cast<size_t>(era - 1)];
  if (year < 1 || year > e.longest) return std::nullopt;
  return ExistingDay(e.year_before_first + year, month, day);
}

std::optional<absl::CivilDay> ParseEraDay(absl::string_view text) {
  int era = 0;
  for (size_t i = 0; i < kEras.size() && era == 0; ++i) {
    if (absl::ConsumePrefix(&text, kEras[i].name)) {
      era = static_cast<int>(i) + 1;
    } else if (!text.empty() &&
               absl::ascii_toupper(static_cast<unsigned char>(text[0])) == kEras[i].letter) {
      text.remove_prefix(1);
      era = static_cast<int>(i) + 1;
    }
  }
  if (era == 0) return std::nullopt;
  if (text.size() == 6 && IsAllDigits(text)) {
    const int number = ParseCount(text).value_or(0);
    return DayOfEra(era, number / 10'000, number / 100 % 100, number % 100);
  }
  const std::optional<int> year =
      absl::ConsumePrefix(&text, "元") ? std::optional(1) : TakeNumber(&text, 2);
  if (!year) return std::nullopt;
  const std::optional<std::pair<int, int>> rest = TakeRest(text);
  return rest ? DayOfEra(era, *year, rest->first, rest->second) : std::nullopt;
}

std::optional<absl::CivilDay> ParseForeignDay(absl::string_view text) {
  if (const std::optional<absl::CivilDay> day = policy::base::ParseDay(text)) return day;
  if (text.size() < 8 || !IsAllDigits(text.substr(0, 4))) return std::nullopt;
  const int year = ParseCount(text.substr(0, 4)).value_or(0);
  const std::optional<std::pair<int, int>> rest = TakeRest(text.substr(4));
  return rest ? ExistingDay(year, rest->first, rest->second) : std::nullopt;
}

}  // namespace renkei::agents::intake
