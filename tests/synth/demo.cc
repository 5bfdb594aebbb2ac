#include "tests/synth/demo.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/status.h"
#include "tests/synth/archive.h"
#include "tests/synth/csv_files.h"
#include "tests/synth/tally.h"

namespace renkei::tests::synth {
namespace {

namespace fs = std::filesystem;

constexpr size_t kDocumentsPerArchive = 5'000;

absl::Status WriteText(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return absl::UnavailableError(absl::StrCat(path, ": cannot write"));
  return absl::OkStatus();
}

absl::Status MakeEmptyDirectory(const std::string& dir) {
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) return absl::UnavailableError(absl::StrCat(dir, ": ", error.message()));
  if (!fs::is_empty(dir, error) || error) {
    return absl::FailedPreconditionError(
        absl::StrCat(dir, " is not empty; give a new folder, or remove it first"));
  }
  return absl::OkStatus();
}

absl::Status WriteArchives(const std::string& folder, const Member& member, int fiscal_year) {
  const Provenance provenance{member.institution, absl::CivilDay(fiscal_year + 1, 5, 10)};
  const Hc08Writer writer(policy::base::PeriodOf(policy::base::FiscalYear(fiscal_year)),
                          provenance);
  std::vector<const Person*> examined;
  for (const Person& person : member.people) {
    if (person.exam_date) examined.push_back(&person);
  }
  int split = 0;
  for (size_t at = 0; at < examined.size(); at += kDocumentsPerArchive, ++split) {
    const auto first = examined.begin() + static_cast<std::ptrdiff_t>(at);
    const auto last = examined.begin() + static_cast<std::ptrdiff_t>(
                                             std::min(at + kDocumentsPerArchive, examined.size()));
    const std::string stem = absl::StrCat(member.institution, "_", member.insurer_numbers[0], "_",
                                          CompactDay(provenance.file_day), split, "_1");
    RENKEI_RETURN_IF_ERROR(WriteZip(absl::StrCat(folder, "/", stem, ".zip"),
                                    MakeArchive(stem, writer, provenance, split, {first, last})));
  }
  return absl::OkStatus();
}

absl::Status WriteMember(const std::string& folder, const Member& member, int fiscal_year) {
  std::error_code error;
  fs::create_directory(folder, error);
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": ", error.message()));
  RENKEI_RETURN_IF_ERROR(WriteText(folder + "/roster.csv", RosterCsv(member, fiscal_year)));
  if (member.institution.empty()) {
    RENKEI_RETURN_IF_ERROR(WriteText(folder + "/exams.csv", ExamsCsv(member)));
  } else {
    RENKEI_RETURN_IF_ERROR(WriteArchives(folder, member, fiscal_year));
  }
  if (!member.courses.empty()) {
    RENKEI_RETURN_IF_ERROR(WriteText(folder + "/guidance.csv", GuidanceCsv(member, fiscal_year)));
  }
  if (!member.consents.empty()) {
    RENKEI_RETURN_IF_ERROR(WriteText(folder + "/consents.csv", ConsentsCsv(member)));
  }
  return absl::OkStatus();
}

std::string MembersCsv(const std::vector<Member>& members) {
  std::string out = "folder,kind,organisation_code,name,insurer_numbers,municipality_code,basis\n";
  for (const Member& m : members) {
    absl::StrAppend(&out, m.folder, ",", m.kind, ",", m.code, ",", m.name, ",",
                    absl::StrJoin(m.insurer_numbers, ";"), ",", m.municipality_code, ",", m.basis,
                    "\n");
  }
  return out;
}

std::string Readme(const std::vector<WrittenMember>& written, const DemoOptions& options) {
  std::string out = absl::StrCat(
      "Invented persons for the demo, fiscal year ", options.fiscal_year, ", seed ", options.seed,
      ".\nNobody here exists. The people of tsuruoka meet table 5 of the plan of 2013 exactly, "
      "see\n"
      "tests/golden/data/SOURCES.md. members.csv says how to configure each agent.\n\n",
      absl::StrFormat("%-12s %8s %9s %9s %9s\n", "folder", "roster", "eligible", "examined",
                      "exams"));
  for (const WrittenMember& m : written) {
    absl::StrAppendFormat(&out, "%-12s %8d %9d %9d %9d\n", m.folder, m.rows, m.eligible, m.examined,
                          m.documents);
  }
  absl::StrAppend(
      &out,
      "\nroster.csv    everybody on the roster, the not eligible included\n"
      "*.zip         hc08 documents (municipalities, society); exams.csv for the others\n"
      "guidance.csv  courses of the members that run them\n"
      "consents.csv  events up to ",
      absl::FormatCivilTime(options.consents_until),
      "; text regional-health@1. None for tsuruoka.\n"
      "workplace-a   its people are insured by the member society (same cards)\n"
      "workplace-b   its people are insured by ",
      kForeignSociety, ", which is no member, a few by an unknown insurer\n");
  return out;
}

}  // namespace

absl::StatusOr<std::vector<WrittenMember>> WriteDemo(const std::string& dir, const Table& table,
                                                     const DemoOptions& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<Member> members, MakeMembers(table, options));
  std::vector<WrittenMember> written;
  for (const Member& member : members) {
    const Tally tally = TallyOf(member.people, options.fiscal_year);
    if (member.folder == "tsuruoka") RENKEI_RETURN_IF_ERROR(VerifyPublished(tally, table));
    WrittenMember line{.folder = member.folder,
                       .rows = static_cast<int>(member.people.size()),
                       .eligible = tally.eligible,
                       .examined = tally.examined};
    for (const Person& person : member.people) line.documents += person.exam_date.has_value();
    written.push_back(line);
  }
  RENKEI_RETURN_IF_ERROR(MakeEmptyDirectory(dir));
  for (const Member& member : members) {
    RENKEI_RETURN_IF_ERROR(
        WriteMember(absl::StrCat(dir, "/", member.folder), member, options.fiscal_year));
  }
  RENKEI_RETURN_IF_ERROR(WriteText(dir + "/members.csv", MembersCsv(members)));
  RENKEI_RETURN_IF_ERROR(WriteText(dir + "/README", Readme(written, options)));
  return written;
}

}  // namespace renkei::tests::synth
