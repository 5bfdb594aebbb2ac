// Municipality of a person from the columns of a file (definitions 15.2, R32). Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "agents/intake/messages.h"
#include "policy/catalogue/areas.h"

namespace renkei::agents::intake {

struct Residence {
  std::string municipality;            // 6 digits; empty = unknown
  std::optional<MessageCode> message;  // CHECK_DIGIT, VAL_CODE
};

// Folded 5- or 6-digit code, or empty. A wrong check digit or an unknown code makes it unknown.
Residence FromMunicipalityCode(const policy::catalogue::AreaTable& areas, absl::string_view code);

// Folded `NNNNNNN` or `NNN-NNNN`, or empty. A postal code that is not on the list is unknown
// without a message: the report counts it as a record without municipality.
Residence FromPostalCode(const policy::catalogue::AreaTable& areas, absl::string_view postal_code);

// municipality_code wins; the postal code is used only where it is empty.
Residence FromColumns(const policy::catalogue::AreaTable& areas,
                      absl::string_view municipality_code, absl::string_view postal_code);

}  // namespace renkei::agents::intake
