// Who, when and what of a FHIR health checkup bundle (formats.md 5): Composition, Patient,
// Coverage, Encounter. Names, addresses, narrative and attachments are never read.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agents/intake/json_document.h"
#include "agents/intake/messages.h"
#include "agents/intake/options.h"
#include "policy/base/fiscal_year.h"

namespace renkei::agents::intake {

// One insurance card. Never made of two: a mixture would be nobody's, or somebody else's.
struct FhirCard {
  std::string insurer_number, symbol, number, branch;
  bool operator==(const FhirCard&) const = default;
};

struct FhirHeader {
  int report_type = 10;
  std::string program = "010";
  absl::CivilDay exam_date;
  absl::CivilDay file_date;
  policy::base::FiscalYear fiscal_year;
  absl::CivilDay birth_date;
  uint8_t sex = 0;  // 0 male, 1 female
  FhirCard card;
  absl::string_view postal_code;        // view into the document
  std::string patient_url, patient_id;  // what a subject refers to
  bool insurer_digit_is_wrong = false;
};

struct FhirRejection {
  MessageCode code;
  const char* subject;
  std::string shape;
  JsonDocument::Node at;
};

// FHIR_PROFILE, HDR_REPORT, HDR_MISSING, HDR_FORMAT, FY_RANGE, AGE_RANGE.
std::optional<FhirRejection> ReadFhirHeader(const JsonDocument& document,
                                            const ImportOptions& options, FhirHeader* out);

}  // namespace renkei::agents::intake
