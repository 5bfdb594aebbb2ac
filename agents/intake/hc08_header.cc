#include "agents/intake/hc08_header.h"

#include <cstring>

#include "agents/intake/hg08_guidance.h"
#include "agents/intake/text.h"
#include "policy/crypto/check_digit.h"

namespace renkei::agents::intake {
namespace {

namespace base = policy::base;

constexpr const char* kInsurerRoot = "1.2.392.200119.6.101";
constexpr const char* kInstitutionRoot = "1.2.392.200119.6.102";
constexpr const char* kSymbolRoot = "1.2.392.200119.6.204";
constexpr const char* kNumberRoot = "1.2.392.200119.6.205";
constexpr const char* kBranchRoot = "1.2.392.200119.6.211";

HeaderRejection Reject(MessageCode code, const char* subject, absl::string_view text,
                       const pugi::xml_node& at) {
  return {code, subject, text.empty() ? std::string() : ValueShape(text), at};
}

absl::string_view TrimmedText(const pugi::xml_node& node) {
  absl::string_view text = node.child_value();
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

bool IsDeleteRequest(int report_type) {
  return report_type == 19 || report_type == 49 || report_type == 69 || report_type == 79 ||
         report_type == 89;
}

// nullptr when the report is imported, else why not.
const char* WhyNotImported(int report_type, const ImportOptions& options) {
  if (report_type == 10) return nullptr;
  if (report_type == 40 || report_type == 41) {
    return options.employer_checkups ? nullptr : "employer checkups are switched off";
  }
  if (IsGuidanceReport(report_type)) return nullptr;
  if (IsDeleteRequest(report_type)) {
    return "a delete request, which is not carried out; import the sender's corrected file instead";
  }
  return "only 10, 21 to 25, 40 and 41 are imported";
}

// ReadDay in the national form, YYYYMMDD; nothing else.
std::optional<absl::CivilDay> ParseNationalDay(absl::string_view text) {
  return text.size() == 8 ? base::ParseDay(text) : std::nullopt;
}

std::optional<HeaderRejection> ReadPatient(const XmlDocument& d, const pugi::xml_node& role,
                                           Hc08Header* out) {
  for (pugi::xml_node child = role.first_child(); child; child = child.next_sibling()) {
    if (!d.Is(child, "id")) continue;
    const char* root = child.attribute("root").value();
    const char* extension = child.attribute("extension").value();
    if (std::strcmp(root, kInsurerRoot) == 0) {
      out->insurer_number = extension;
      out->insurer_at = child;
    } else if (std::strcmp(root, kSymbolRoot) == 0) {
      out->symbol = extension;
    } else if (std::strcmp(root, kNumberRoot) == 0) {
      out->number = extension;
    } else if (std::strcmp(root, kBranchRoot) == 0) {
      out->branch = extension;
    }
  }
  if (out->insurer_number.empty()) {
    return Reject(MessageCode::kHdrMissing, "patientRole/id[insurer]", "", role);
  }
  if ((out->insurer_number.size() != 8 && out->insurer_number.size() != 6) ||
      !IsAllDigits(out->insurer_number)) {
    return Reject(MessageCode::kHdrFormat, "patientRole/id[insurer]", out->insurer_number,
                  out->insurer_at);
  }
  out->insurer_digit_is_wrong = !policy::crypto::InsurerNumberIsValid(out->insurer_number);
  if (out->number.empty())
    return Reject(MessageCode::kHdrMissing, "patientRole/id[number]", "", role);

  out->postal_code = TrimmedText(d.Child(d.Child(role, "addr"), "postalCode"));
  const pugi::xml_node patient = d.Child(role, "patient");
  const pugi::xml_node gender = d.Child(patient, "administrativeGenderCode");
  const absl::string_view sex = gender.attribute("code").value();
  if (sex.empty()) return Reject(MessageCode::kHdrMissing, "administrativeGenderCode", "", role);
  if (sex != "1" && sex != "2") {
    return Reject(MessageCode::kHdrFormat, "administrativeGenderCode", sex, gender);
  }
  out->sex = sex == "1" ? 0 : 1;
  const pugi::xml_node birth = d.Child(patient, "birthTime");
  const absl::string_view birth_text = birth.attribute("value").value();
  if (birth_text.empty()) return Reject(MessageCode::kHdrMissing, "birthTime", "", role);
  const std::optional<absl::CivilDay> day = ParseNationalDay(birth_text);
  if (!day) return Reject(MessageCode::kHdrFormat, "birthTime", birth_text, birth);
  out->birth_date = *day;
  return std::nullopt;
}

void ReadInstitution(const XmlDocument& d, const pugi::xml_node& event, Hc08Header* out) {
  const pugi::xml_node organisation =
      d.Child(d.Child(d.Child(event, "performer"), "assignedEntity"), "representedOrganization");
  for (pugi::xml_node child = organisation.first_child(); child; child = child.next_sibling()) {
    if (!d.Is(child, "id") || std::strcmp(child.attribute("root").value(), kInstitutionRoot) != 0) {
      continue;
    }
    out->institution_at = child;
    out->institution_digit_is_wrong =
        !policy::crypto::InsurerNumberIsValid(child.attribute("extension").value());
  }
}

}  // namespace

std::optional<HeaderRejection> ReadHc08Header(const XmlDocument& d, const ImportOptions& options,
                                              Hc08Header* out) {
  *out = Hc08Header();
  pugi::xml_node code, file_time, target, documentation;
  for (pugi::xml_node child = d.root().first_child(); child; child = child.next_sibling()) {
    if (d.Is(child, "code")) {
      code = child;
    } else if (d.Is(child, "effectiveTime")) {
      file_time = child;
    } else if (d.Is(child, "recordTarget")) {
      target = child;
    } else if (d.Is(child, "documentationOf") && !documentation) {
      documentation = child;
    }
  }

  const absl::string_view report = code.attribute("code").value();
  const std::optional<int> report_type = report.size() <= 2 ? ParseCount(report) : std::nullopt;
  if (!report_type) {
    return Reject(report.empty() ? MessageCode::kHdrMissing : MessageCode::kHdrFormat, "code",
                  report, code ? code : d.root());
  }
  out->report_type = *report_type;
  if (const char* why = WhyNotImported(*report_type, options)) {
    return HeaderRejection{MessageCode::kHdrReport, "code", why, code};
  }

  const pugi::xml_node role = d.Child(target, "patientRole");
  if (auto rejection = ReadPatient(d, role ? role : d.root(), out)) return rejection;

  const pugi::xml_node event = d.Child(documentation, "serviceEvent");
  const pugi::xml_node exam_time = d.Child(event, "effectiveTime");
  const absl::string_view exam_text = exam_time.attribute("value").value();
  const bool is_guidance = IsGuidanceReport(out->report_type);
  if (exam_text.empty() && !is_guidance) {
    return Reject(MessageCode::kHdrMissing, "serviceEvent/effectiveTime", "",
                  event ? event : d.root());
  }
  if (!exam_text.empty()) {
    out->event_date = ParseNationalDay(exam_text);
    if (!out->event_date) {
      return Reject(MessageCode::kHdrFormat, "serviceEvent/effectiveTime", exam_text, exam_time);
    }
  }
  if (!is_guidance) {
    out->exam_date = *out->event_date;
    out->fiscal_year = base::FiscalYear::Of(out->exam_date);
    if (out->fiscal_year.first_year() < options.first_fiscal_year ||
        out->fiscal_year.first_year() > options.last_fiscal_year) {
      return Reject(MessageCode::kFyRange, "serviceEvent/effectiveTime", "", exam_time);
    }
    const int age = base::AgeAtEndOf(out->fiscal_year, out->birth_date);
    if (age < 0 || age > 120) return Reject(MessageCode::kAgeRange, "birthTime", "", role);
  }

  // Only a tie-break: a date that cannot be read is no reason to refuse the person.
  out->file_date =
      base::ParseDay(absl::string_view(file_time.attribute("value").value()).substr(0, 8))
          .value_or(out->event_date.value_or(absl::CivilDay()));
  out->program = d.Child(event, "code").attribute("code").value();
  ReadInstitution(d, event, out);
  return std::nullopt;
}

}  // namespace renkei::agents::intake
