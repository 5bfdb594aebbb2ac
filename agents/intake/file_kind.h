// Which kind of file lies before us: by its first bytes, and for CSV by its header. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace renkei::agents::intake {

enum class FileKind : uint8_t {
  kArchive,  // zip of the national layout
  kXml,      // one national XML document
  kUke,      // レセプト電算
  kFhir,     // one health checkup bundle
  kExams,    // the rest: Renkei CSV (csv.md)
  kRoster,
  kGuidance,
  kClaims,
  kAbsence,
  kConsents,
};

const char* FileKindName(FileKind kind);
// The words of `--as`: exams, roster, guidance, claims, absence, consents.
std::optional<FileKind> ParseCsvKind(absl::string_view word);

// kArchive, kXml, kUke, kFhir, or nullopt for other text. `first_bytes`: at least 16 of them, fewer
// only at the end of file.
std::optional<FileKind> KindOfBytes(absl::string_view first_bytes);

// `names`: folded column names. nullopt when no kind is named by its own columns.
std::optional<FileKind> KindOfHeader(const std::vector<std::string>& names);

}  // namespace renkei::agents::intake
