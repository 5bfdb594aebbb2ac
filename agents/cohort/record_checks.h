// Limits of what a record may carry. INVALID_ARGUMENT names the column, never its value.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "policy/base/fiscal_year.h"

namespace renkei::agents::cohort {

inline constexpr size_t kMaxCodeBytes = 32;

inline absl::Status CheckDay(absl::CivilDay day, absl::string_view column) {
  if (day.year() >= 1868 && day.year() < 2200) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(column, ": outside 1868 to 2199"));
}

inline absl::Status CheckYear(policy::base::FiscalYear year) {
  if (year.first_year() >= 1868 && year.first_year() < 2200) return absl::OkStatus();
  return absl::InvalidArgumentError("fiscal_year: outside 1868 to 2199");
}

inline absl::Status CheckCode(absl::string_view code, absl::string_view column) {
  if (code.size() <= kMaxCodeBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(column, ": longer than ", kMaxCodeBytes, " bytes"));
}

}  // namespace renkei::agents::cohort
