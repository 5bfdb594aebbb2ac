// One-time enrolment codes as people copy them from a letter (trust 5.2): 128 random bits and 12
// check bits in Crockford's base 32, e.g. "7ZZZ-G9K4-...": seven groups of four, no I, L, O, U.
// Pure; the hub makes codes, the agent finds a slip of the pen before it spends one of its tries.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace renkei::policy::crypto {

using EnrolmentCodeBits = std::array<uint8_t, 16>;

// The canonical text, 34 characters; this is what is sent and what is hashed.
std::string FormatEnrolmentCode(const EnrolmentCodeBits& bits);

// The canonical text of a typed code: lower case, full-width characters, any dashes and blanks, and
// O, I, L for 0 and 1 are accepted. INVALID_ARGUMENT for another length, another character or a
// wrong check.
absl::StatusOr<std::string> NormaliseEnrolmentCode(absl::string_view typed);

}  // namespace renkei::policy::crypto
