// National XML from disk to the sink: an archive of person files, or one document
// (definitions 15.8). A fault of a document rejects that document, a fault of the archive all of
// it; one transaction.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "agents/intake/archive.h"
#include "agents/intake/archive_totals.h"
#include "agents/intake/hc08_body.h"
#include "agents/intake/hc08_header.h"
#include "agents/intake/hg08_guidance.h"
#include "agents/intake/import_run.h"
#include "agents/intake/member_stream.h"
#include "agents/intake/residence.h"
#include "agents/intake/text.h"
#include "agents/intake/xml_document.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

constexpr const char* kHl7Namespace = "urn:hl7-org:v3";
constexpr uint64_t kDocumentsPerStep = 512;

class DocumentReader {
 public:
  explicit DocumentReader(ImportRun& run)
      : run_(run), document_(run.options.limits), body_(run.items, run.pairs) {}

  // One person file; counted as one file and one record.
  absl::Status Take(absl::string_view bytes, const std::string& member) {
    ImportReport& report = *run_.report;
    ++report.files.seen;
    ++report.records.seen;
    RENKEI_ASSIGN_OR_RETURN(const bool accepted, Read(bytes, member));
    ++(accepted ? report.files.accepted : report.files.rejected);
    ++(accepted ? report.records.accepted : report.records.rejected);
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<bool> Read(absl::string_view bytes, const std::string& member) {
    ImportReport& report = *run_.report;
    if (const std::optional<XmlProblem> problem = document_.Parse(bytes)) {
      report.messages.Add(problem->code, Level::kRejectFile, "", problem->detail,
                          {member, problem->line == 0 ? "" : absl::StrCat("line ", problem->line)});
      return false;
    }
    if (document_.root_namespace() != kHl7Namespace ||
        !document_.Is(document_.root(), "ClinicalDocument")) {
      report.messages.Add(MessageCode::kNsUnknown, Level::kRejectFile, "", "", {member, ""});
      return false;
    }
    Hc08Header header;
    if (const auto rejection = ReadHc08Header(document_, run_.options, &header)) {
      return Reject(*rejection, member);
    }
    cohort::PersonColumns columns;
    columns.insurer_number = header.insurer_number;
    columns.symbol = header.symbol;
    columns.number = header.number;
    columns.branch = header.branch;
    columns.birth_date = header.birth_date;
    columns.sex = header.sex;
    absl::StatusOr<cohort::Person> person = run_.pseudonymiser.Make(columns);
    if (!person.ok()) {
      report.messages.Add(MessageCode::kHdrFormat, Level::kRejectRecord, "patientRole/id[number]",
                          ValueShape(header.number), {member, ""});
      return false;
    }
    if (IsGuidanceReport(header.report_type)) {
      return TakeGuidance(header, *std::move(person), member);
    }
    record_.person = *std::move(person);
    record_.exam_date = header.exam_date;
    record_.file_date = header.file_date;
    record_.report_type = header.report_type;
    if (header.program.empty()) {
      record_.program = "010";
    } else {
      const bool is_code = header.program.size() == 3 && IsAllDigits(header.program);
      record_.program = is_code ? std::string(header.program) : "000";
      if (!is_code) Note(MessageCode::kValCode, "serviceEvent/code", member, document_.root());
    }
    ReadResidence(header, member);
    if (header.insurer_digit_is_wrong) {
      Note(MessageCode::kCheckDigit, "insurer", member, header.insurer_at);
    }
    if (header.institution_digit_is_wrong) {
      Note(MessageCode::kCheckDigit, "institution", member, header.institution_at);
    }
    body_.Read(document_, policy::base::PeriodOf(header.fiscal_year), member, run_.report,
               &record_.items);

    const absl::StatusOr<cohort::PutOutcome> stored = run_.sink.PutExam(record_);
    if (!stored.ok()) return stored.status();
    report.CountStored(*stored);
    report.CountItems(record_.items);
    ++report.by_fiscal_year[header.fiscal_year.first_year()];
    if (record_.municipality.empty()) ++report.without_municipality;
    return true;
  }

  bool Reject(const HeaderRejection& rejection, const std::string& member) {
    if (Place* place = run_.report->messages.Add(rejection.code, Level::kRejectRecord,
                                                 rejection.subject, rejection.shape)) {
      *place = {member, document_.Locate(rejection.at)};
    }
    return false;
  }

  absl::StatusOr<bool> TakeGuidance(const Hc08Header& header, cohort::Person person,
                                    const std::string& member) {
    if (const auto rejection = guidance_reader_.Read(document_, header, run_.options, member,
                                                     run_.report, &guidance_)) {
      return Reject(*rejection, member);
    }
    guidance_.person = std::move(person);
    if (header.insurer_digit_is_wrong) {
      Note(MessageCode::kCheckDigit, "insurer", member, header.insurer_at);
    }
    RENKEI_ASSIGN_OR_RETURN(const cohort::PutOutcome stored, run_.sink.PutGuidance(guidance_));
    run_.report->CountStored(stored);
    ++run_.report->guidance_records;
    ++run_.report->by_fiscal_year[guidance_.fiscal_year.first_year()];
    return true;
  }

  void ReadResidence(const Hc08Header& header, const std::string& member) {
    Residence residence = FromPostalCode(run_.areas, Fold(header.postal_code, &buffer_));
    if (residence.message) {
      if (Place* place = run_.report->messages.Add(*residence.message, "postalCode",
                                                   ValueShape(header.postal_code))) {
        *place = {member, ""};
      }
    }
    record_.municipality = std::move(residence.municipality);
  }

  void Note(MessageCode code, const char* subject, const std::string& member,
            const pugi::xml_node& at) {
    if (Place* place = run_.report->messages.Add(code, subject, "")) {
      *place = {member, document_.Locate(at)};
    }
  }

  ImportRun& run_;
  XmlDocument document_;
  Hc08Body body_;
  Hg08Guidance guidance_reader_;
  cohort::ExamRecord record_;
  cohort::GuidanceRecord guidance_;
  std::string buffer_;
};

class ArchiveImport {
 public:
  ArchiveImport(ImportRun& run, uint64_t size) : run_(run), size_(size) {}

  absl::Status Run(const std::string& path) {
    ImportReport& report = *run_.report;
    if (!ArchiveNameIsNational(report.source)) report.messages.Add(MessageCode::kArcName, "", "");
    std::optional<ArchiveProblem> problem;
    RENKEI_ASSIGN_OR_RETURN(Archive archive,
                            Archive::Open(path, size_, run_.options.limits, &problem));
    if (!problem) problem = archive.Survey(run_.options.index_optional, &report.messages);
    if (!problem) problem = CheckTotals(archive);
    if (problem) {
      Refuse(*problem);
      return absl::OkStatus();
    }
    report.ExpectItems(run_.items);
    SinkTransaction transaction(&run_.sink);
    RENKEI_RETURN_IF_ERROR(transaction.Begin(report.source));
    DocumentReader reader(run_);
    uint64_t packed = 0;
    MemberStream stream(&archive);
    while (const MemberStream::Document* document = stream.Next()) {
      if (document->problem) {
        Refuse(*document->problem);
        return absl::OkStatus();
      }
      RENKEI_RETURN_IF_ERROR(reader.Take(document->bytes, document->member->name));
      packed += document->member->packed;
      if (report.files.seen % kDocumentsPerStep == 0) run_.Advance(packed, size_);
    }
    run_.Advance(size_, size_);
    RENKEI_RETURN_IF_ERROR(report.SelfCheck());
    return report.records.accepted > 0 ? transaction.Commit() : absl::OkStatus();
  }

 private:
  void Refuse(const ArchiveProblem& problem) {
    run_.report->messages.Add(problem.code, Level::kRejectArchive, "", problem.detail,
                              {problem.member, ""});
    if (run_.report->files.seen == 0) run_.report->files.seen = 1;
    run_.report->CountAllRejected();
  }

  std::optional<ArchiveProblem> CheckTotals(const Archive& archive) {
    const uint64_t files = archive.documents().size() + archive.orphans();
    if (archive.index()) {
      if (auto problem = archive.Read(*archive.index(), &bytes_)) return problem;
      const std::optional<ArchiveTotals> totals = ReadIndex(bytes_, run_.options.limits);
      if (totals) {
        Compare("ix08 totalRecordCount", totals->records, files, *archive.index());
      } else if (run_.options.index_optional) {
        run_.report->messages.Add(MessageCode::kArcLayout, Level::kWarn, "",
                                  "the ix08 index cannot be read", {archive.index()->name, ""});
      } else {
        return ArchiveProblem{MessageCode::kArcLayout, archive.index()->name,
                              "the ix08 index cannot be read"};
      }
    }
    if (archive.summary()) {
      if (auto problem = archive.Read(*archive.summary(), &bytes_)) return problem;
      const std::optional<ArchiveTotals> totals = ReadSummary(bytes_, run_.options.limits);
      if (totals) {
        Compare("su08 totalSubjectCount", totals->records, files, *archive.summary());
      } else {
        run_.report->messages.Add(MessageCode::kArcLayout, Level::kWarn, "su08",
                                  "the su08 summary cannot be read", {archive.summary()->name, ""});
      }
    }
    if (archive.claim_files() > 0) {
      run_.report->messages.Add(MessageCode::kFileKind, Level::kAccept, "CLAIMS",
                                absl::StrCat(archive.claim_files(), " files of settlements"),
                                Place());
    }
    return std::nullopt;
  }

  void Compare(const char* what, uint64_t stated, uint64_t found, const Archive::Member& member) {
    run_.report->totals.push_back({what, stated, found});
    if (stated == found) return;
    run_.report->messages.Add(
        MessageCode::kArcCount, Level::kWarn, what,
        absl::StrCat(absl::string_view(what).substr(0, 2) == "ix" ? "index " : "summary ", stated,
                     ", DATA ", found),
        {member.name, ""});
  }

  ImportRun& run_;
  uint64_t size_;
  std::string bytes_;
};

}  // namespace

absl::Status ImportArchive(ImportRun& run, const std::string& path, uint64_t size) {
  return ArchiveImport(run, size).Run(path);
}

absl::Status ImportDocument(ImportRun& run, InputFile& file) {
  ImportReport& report = *run.report;
  const uint64_t limit = run.options.limits.max_member_bytes;
  if (file.size() > limit) {
    report.messages.Add(MessageCode::kArcSize, Level::kRejectFile, "",
                        absl::StrCat("more than max_member_bytes = ", limit), Place());
    report.files.seen = 1;
    report.CountAllRejected();
    return absl::OkStatus();
  }
  RENKEI_RETURN_IF_ERROR(file.Rewind());
  std::string bytes(file.size(), '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    RENKEI_ASSIGN_OR_RETURN(const size_t got, file.Read(bytes.data() + done, bytes.size() - done));
    if (got == 0) return absl::AbortedError("the file changed while it was being read");
    done += got;
  }
  report.ExpectItems(run.items);
  SinkTransaction transaction(&run.sink);
  RENKEI_RETURN_IF_ERROR(transaction.Begin(report.source));
  DocumentReader reader(run);
  RENKEI_RETURN_IF_ERROR(reader.Take(bytes, ""));
  run.Advance(file.size(), file.size());
  RENKEI_RETURN_IF_ERROR(report.SelfCheck());
  return report.records.accepted > 0 ? transaction.Commit() : absl::OkStatus();
}

}  // namespace renkei::agents::intake
