// Days written in Japanese eras (formats.md 3.4, 4). Pure.
//
// The last year of an era and the first of the next overlap in practice (H31, R1): both are taken,
// as long as the day exists.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace renkei::agents::intake {

// 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和; `year` from 1. nullopt: no such era, year or day.
std::optional<absl::CivilDay> DayOfEra(int era, int year, int month, int day);

// Folded "S35.1.15", "s35/01/15", "令和6年4月1日", "平成元年5月1日", "H310401"; nothing else.
std::optional<absl::CivilDay> ParseEraDay(absl::string_view text);

// Folded YYYYMMDD, YYYY-MM-DD, YYYY/M/D, YYYY.M.D or YYYY年M月D日.
std::optional<absl::CivilDay> ParseForeignDay(absl::string_view text);

}  // namespace renkei::agents::intake
