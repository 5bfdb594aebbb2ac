// Persons named by their columns in a few lines of CSV, for `forget`: a header of csv.md's person
// columns, then a person per line. Pure. Small on purpose: no quotes, UTF-8 only.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agents/cohort/pseudonym.h"

namespace renkei::agents::app {

inline constexpr size_t kMaxPersonText = 64 * 1024;  // bytes

// In the order of the lines. INVALID_ARGUMENT names the line and the column, never a value.
absl::StatusOr<std::vector<cohort::Person>> ParsePersonLines(
    absl::string_view text, const cohort::Pseudonymiser& pseudonymiser);

}  // namespace renkei::agents::app
