#include "agents/intake/service_month.h"

#include "absl/strings/str_cat.h"

namespace renkei::agents::intake {

std::optional<absl::CivilMonth> ParseServiceMonth(absl::string_view text) {
  const bool has_hyphen = text.size() == 7 && text[4] == '-';
  if (!has_hyphen && text.size() != 6) return std::nullopt;
  const std::optional<absl::CivilDay> day =
      policy::base::ParseDay(absl::StrCat(text, has_hyphen ? "-01" : "01"));
  if (!day) return std::nullopt;
  return absl::CivilMonth(*day);
}

policy::base::FiscalYear FiscalYearOfMonth(int calendar_year, int month) {
  return policy::base::FiscalYear::Of(absl::CivilDay(calendar_year, month, 1));
}

}  // namespace renkei::agents::intake
