// Fiscal years (1 April to 31 March, named by the first year) and age at their end (definitions 1).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace renkei::policy::base {

class FiscalYear {
 public:
  constexpr FiscalYear() = default;
  explicit constexpr FiscalYear(int first_year) : year_(first_year) {}
  // The fiscal year that contains `day`.
  static FiscalYear Of(absl::CivilDay day);
  constexpr int first_year() const { return year_; }
  absl::CivilDay first_day() const { return absl::CivilDay(year_, 4, 1); }
  absl::CivilDay last_day() const { return absl::CivilDay(year_ + 1, 3, 31); }
  auto operator<=>(const FiscalYear&) const = default;

 private:
  int year_ = 0;
};

// When a year of life is complete (definitions 1.2): on the birthday, or by the law on the day
// before it, which makes persons born on 1 April a year older at the end of a fiscal year.
enum class AgeRule { kPlain, kLegal };

// Completed years on the last day of the fiscal year.
int AgeAtEndOf(FiscalYear year, absl::CivilDay birth_date, AgeRule rule = AgeRule::kPlain);

// Checkup periods 1..4 (definitions 1.4); 0 before FY2008.
int PeriodOf(FiscalYear year);

// YYYY-MM-DD or YYYYMMDD; nothing else, and only days that exist, 1868..2199.
std::optional<absl::CivilDay> ParseDay(absl::string_view text);

}  // namespace renkei::policy::base
