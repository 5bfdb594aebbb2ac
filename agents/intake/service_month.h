// Months of service of claims (definitions 1.1, formats.md 4): text forms and fiscal year. Pure.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "policy/base/fiscal_year.h"

namespace renkei::agents::intake {

// Folded `YYYY-MM` or `YYYYMM`; the first day of that month, 1868..2199.
std::optional<absl::CivilMonth> ParseServiceMonth(absl::string_view text);

// `month` 1..12.
policy::base::FiscalYear FiscalYearOfMonth(int calendar_year, int month);

}  // namespace renkei::agents::intake
