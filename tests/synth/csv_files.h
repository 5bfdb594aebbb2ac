// Renkei CSV texts of a member's people (csv.md): roster, exams, guidance, consents.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "tests/synth/person.h"

namespace renkei::tests::synth {

std::string RosterCsv(const Member& member, int fiscal_year);
std::string ExamsCsv(const Member& member);
std::string GuidanceCsv(const Member& member, int fiscal_year);
std::string ConsentsCsv(const Member& member);

// The same line by line, for files that do not fit in memory. A header ends its line.
std::string RosterHeader(const CsvStyle& style);
void AppendRosterRow(const Person& person, int fiscal_year, const CsvStyle& style,
                     std::string* out);
// All canonical columns of items.csv; those that nobody measured here stay empty.
std::string ExamsHeader(const CsvStyle& style);
void AppendExamRow(const Person& person, absl::string_view program, const CsvStyle& style,
                   std::string* out);

}  // namespace renkei::tests::synth
