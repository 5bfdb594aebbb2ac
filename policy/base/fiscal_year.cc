#include "policy/base/fiscal_year.h"

namespace renkei::policy::base {

FiscalYear FiscalYear::Of(absl::CivilDay day) {
  const int year = static_cast<int>(day.year());
  return FiscalYear(day.month() >= 4 ? year : year - 1);
}

int AgeAtEndOf(FiscalYear year, absl::CivilDay birth_date, AgeRule rule) {
  if (rule == AgeRule::kLegal) --birth_date;
  const bool later_than_march_31 = birth_date.month() > 3;
  return year.first_year() + 1 - static_cast<int>(birth_date.year()) -
         (later_than_march_31 ? 1 : 0);
}

int PeriodOf(FiscalYear year) {
  const int y = year.first_year();
  if (y < 2008) return 0;
  if (y <= 2012) return 1;
  if (y <= 2017) return 2;
  return y <= 2023 ? 3 : 4;
}

std::optional<absl::CivilDay> ParseDay(absl::string_view text) {
  char digits[8] = {};
  int n = 0;
  const bool dashed = text.size() == 10;
  if (!dashed && text.size() != 8) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    if (dashed && (i == 4 || i == 7)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    digits[n++] = text[i];
  }
  const auto number = [&digits](int from, int to) {
    int value = 0;
    for (int i = from; i < to; ++i) value = value * 10 + (digits[i] - '0');
    return value;
  };
  const int y = number(0, 4), m = number(4, 6), d = number(6, 8);
  if (y < 1868 || y > 2199 || m < 1 || m > 12 || d < 1) return std::nullopt;
  const absl::CivilDay day(y, m, d);
  // CivilDay normalises 30 February; a day that moved did not exist.
  if (day.year() != y || day.month() != m || day.day() != d) return std::nullopt;
  return day;
}

}  // namespace renkei::policy::base
