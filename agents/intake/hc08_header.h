// Header of a national document, hc08 or hg08 (formats.md 2.4, 2.8): who, when, where, what kind
// of report.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agents/intake/messages.h"
#include "agents/intake/options.h"
#include "agents/intake/xml_document.h"
#include "policy/base/fiscal_year.h"

namespace renkei::agents::intake {

// Texts are views into the document. The person's name is not among them: it is never read.
struct Hc08Header {
  int report_type = 0;
  absl::CivilDay file_date;  // the checkup date when the document states none
  // Guidance documents may leave the event's day out; a checkup has it, and both that follow.
  std::optional<absl::CivilDay> event_date;
  absl::CivilDay exam_date;
  policy::base::FiscalYear fiscal_year;
  absl::CivilDay birth_date;
  uint8_t sex = 0;  // 0 male, 1 female
  absl::string_view insurer_number;
  absl::string_view symbol;
  absl::string_view number;
  absl::string_view branch;
  absl::string_view postal_code;
  absl::string_view program;
  bool insurer_digit_is_wrong = false;
  bool institution_digit_is_wrong = false;
  pugi::xml_node insurer_at;  // for locators
  pugi::xml_node institution_at;
};

struct HeaderRejection {
  MessageCode code;
  const char* subject;  // element of the header
  std::string shape;
  pugi::xml_node at;
};

// HDR_REPORT, HDR_MISSING, HDR_FORMAT, FY_RANGE, AGE_RANGE.
std::optional<HeaderRejection> ReadHc08Header(const XmlDocument& document,
                                              const ImportOptions& options, Hc08Header* out);

}  // namespace renkei::agents::intake
