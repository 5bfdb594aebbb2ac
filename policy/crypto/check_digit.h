// Check digits of Japanese organisation codes.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "renkei/v1/common.pb.h"

namespace renkei::policy::crypto {

// 8-digit insurer (6-digit 国保 numbers are padded) and 10-digit institution numbers:
// formats.md 2.1.
bool InsurerNumberIsValid(absl::string_view digits);
// 6-digit municipality code: weights 6,5,4,3,2; (11 - sum mod 11) mod 10.
bool MunicipalityCodeIsValid(absl::string_view digits);
// 13-digit corporation number (R34).
bool CorporationNumberIsValid(absl::string_view digits);

// Length and check digit for the kind; INVALID_ARGUMENT says which and what is expected.
absl::Status CheckOrganisationCode(v1::MemberKind kind, absl::string_view code);

}  // namespace renkei::policy::crypto
