#include "agents/intake/file_kind.h"

#include <algorithm>

namespace renkei::agents::intake {

const char* FileKindName(FileKind kind) {
  switch (kind) {
    case FileKind::kArchive:
      return "archive";
    case FileKind::kXml:
      return "xml";
    case FileKind::kUke:
      return "uke";
    case FileKind::kFhir:
      return "fhir";
    case FileKind::kExams:
      return "exams";
    case FileKind::kRoster:
      return "roster";
    case FileKind::kGuidance:
      return "guidance";
    case FileKind::kClaims:
      return "claims";
    case FileKind::kAbsence:
      return "absence";
    case FileKind::kConsents:
      return "consents";
  }
  return "unknown";
}

std::optional<FileKind> ParseCsvKind(absl::string_view word) {
  for (const FileKind kind : {FileKind::kExams, FileKind::kRoster, FileKind::kGuidance,
                              FileKind::kClaims, FileKind::kAbsence, FileKind::kConsents}) {
    if (word == FileKindName(kind)) return kind;
  }
  return std::nullopt;
}

std::optional<FileKind> KindOfBytes(absl::string_view first_bytes) {
  if (first_bytes.substr(0, 4) == absl::string_view("PK\x03\x04", 4) ||
      first_bytes.substr(0, 4) == absl::string_view("PK\x05\x06", 4)) {
    return FileKind::kArchive;
  }
  if (first_bytes.substr(0, 3) == "\xEF\xBB\xBF") first_bytes.remove_prefix(3);
  const bool is_wide =
      first_bytes.substr(0, 2) == "\xFF\xFE" || first_bytes.substr(0, 2) == "\xFE\xFF";
  if (is_wide) {
    // UTF-16 is refused either way; the right reader says so.
    const absl::string_view start = first_bytes.substr(2, 2);
    return start == absl::string_view("<\0", 2) || start == absl::string_view("\0<", 2)
               ? std::optional(FileKind::kXml)
               : std::nullopt;
  }
  while (!first_bytes.empty() && (first_bytes.front() == ' ' || first_bytes.front() == '\t' ||
                                  first_bytes.front() == '\n' || first_bytes.front() == '\r')) {
    first_bytes.remove_prefix(1);
  }
  if (!first_bytes.empty() && first_bytes.front() == '<') return FileKind::kXml;
  if (!first_bytes.empty() && (first_bytes.front() == '{' || first_bytes.front() == '[')) {
    return FileKind::kFhir;
  }
  for (const char* record : {"IR,", "YK,", "RE,"}) {
    if (first_bytes.substr(0, 3) == record) return FileKind::kUke;
  }
  return std::nullopt;
}

std::optional<FileKind> KindOfHeader(const std::vector<std::string>& names) {
  const auto has = [&names](absl::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (has("exam_date")) return FileKind::kExams;
  if (has("event") && has("event_time")) return FileKind::kConsents;
  if (has("service_month") || has("claim_type")) return FileKind::kClaims;
  if (has("start_date") && has("end_date")) return FileKind::kAbsence;
  if (has("fiscal_year")) {
    if (has("level") || has("first_interview_date") || has("outcome")) return FileKind::kGuidance;
    return FileKind::kRoster;
  }
  return std::nullopt;
}

}  // namespace renkei::agents::intake
