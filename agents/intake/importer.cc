#include "agents/intake/importer.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "agents/intake/import_run.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

std::string BaseName(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

const char* NameInWords(FileKind found) {
  if (found == FileKind::kArchive) return "a zip archive";
  if (found == FileKind::kXml) return "XML";
  return found == FileKind::kUke ? "a claims file (UKE)" : "JSON";
}

Verdict VerdictOf(const ImportReport& report) {
  const bool nothing_kept =
      report.files.accepted == 0 || (report.records.seen > 0 && report.records.accepted == 0);
  if (nothing_kept) return Verdict::kNothing;
  const bool is_partly = report.files.rejected > 0 || report.records.rejected > 0;
  return is_partly ? Verdict::kPartly : Verdict::kAllAccepted;
}

}  // namespace

Importer::Importer(const policy::catalogue::Catalogue& catalogue,
                   const cohort::Pseudonymiser& pseudonymiser, cohort::RecordSink& sink,
                   ImportOptions options)
    : catalogue_(catalogue),
      pseudonymiser_(pseudonymiser),
      sink_(sink),
      options_(std::move(options)) {
  for (const v1::Pairing& pairing : catalogue.definitions().pairing()) {
    const std::optional<int> first = catalogue.items().ColumnOf(pairing.first());
    const std::optional<int> second = catalogue.items().ColumnOf(pairing.second());
    if (first && second) pairs_.emplace_back(*first, *second);
  }
}

absl::StatusOr<FileOutcome> Importer::ImportFile(const std::string& path,
                                                 std::optional<FileKind> as,
                                                 const Progress& progress) {
  RENKEI_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  std::array<char, 64> start;
  size_t start_size = 0;
  while (start_size < start.size()) {
    RENKEI_ASSIGN_OR_RETURN(const size_t got,
                            file.Read(start.data() + start_size, start.size() - start_size));
    if (got == 0) break;
    start_size += got;
  }
  const std::optional<FileKind> found = KindOfBytes(absl::string_view(start.data(), start_size));

  FileOutcome outcome;
  outcome.report.source = BaseName(path);
  outcome.report.kind = found ? FileKindName(*found) : as ? FileKindName(*as) : "csv";
  ImportRun run{catalogue_.items(), catalogue_.areas(), pairs_,         pseudonymiser_, sink_,
                options_,           progress,           &outcome.report};
  // An archive of the national form holds examinations; `--as exams` says nothing else of it.
  const FileKind said = found == FileKind::kUke ? FileKind::kClaims : FileKind::kExams;
  if (found && as && *as != said) {
    outcome.report.files.seen = 1;
    outcome.report.messages.Add(
        MessageCode::kFileKind, Level::kRejectFile, "",
        absl::StrCat("--as ", FileKindName(*as), " is for CSV, the file is ", NameInWords(*found)),
        Place());
    outcome.report.CountAllRejected();
    return outcome;
  }
  absl::Status status;
  if (found == FileKind::kArchive) {
    status = ImportArchive(run, path, file.size());
  } else if (found == FileKind::kXml) {
    status = ImportDocument(run, file);
  } else if (options_.map != nullptr) {
    status = ImportMapped(run, file, *options_.map);
  } else if (found == FileKind::kUke) {
    status = ImportUke(run, file);
  } else if (found == FileKind::kFhir) {
    status = ImportFhir(run, file);
  } else {
    status = ImportCsv(run, file, as);
  }
  if (!status.ok()) return policy::base::Annotate(status, outcome.report.source);
  outcome.verdict = VerdictOf(outcome.report);
  return outcome;
}

}  // namespace renkei::agents::intake
