// A Renkei CSV file from disk to the sink (csv.md): encoding, header, rows, quarantine; one
// transaction.
#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agents/intake/csv_chunks.h"
#include "agents/intake/csv_columns.h"
#include "agents/intake/csv_exam_rows.h"
#include "agents/intake/csv_rows.h"
#include "agents/intake/csv_splitter.h"
#include "agents/intake/import_run.h"
#include "agents/intake/in_order.h"
#include "agents/intake/quarantine.h"
#include "agents/intake/service_month.h"
#include "agents/intake/text.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

constexpr uint64_t kRowsPerStep = 4096;
// A name longer than this is hardly a column's.
constexpr size_t kLongestColumnName = 64;

// Names of columns as a report may show them. A file without header has a person in its first row,
// so only what looks like a name is shown: it starts with a letter and holds no long run of digits.
std::string ColumnForReport(const std::string& name) {
  int digits = 0;
  for (const char c : name) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits >= 4 || static_cast<unsigned char>(c) < 0x20) return ValueShape(name);
  }
  if (name.empty() || name.size() > kLongestColumnName) return ValueShape(name);
  return name;
}

class CsvImport {
 public:
  CsvImport(ImportRun& run, InputFile& file)
      : run_(run), file_(file), quarantine_(run.options.quarantine_dir, run.report->source) {}

  absl::Status Run(std::optional<FileKind> as) {
    RENKEI_ASSIGN_OR_RETURN(const EncodingVerdict verdict,
                            DetectEncoding(file_, run_.options.encoding));
    if (!verdict.encoding) {
      Refuse(MessageCode::kCsvEncoding, "", verdict.refusal);
      return absl::OkStatus();
    }
    run_.report->encoding = *verdict.encoding == TextEncoding::kUtf8 ? "UTF-8" : "CP932";
    RENKEI_ASSIGN_OR_RETURN(Utf8Source source,
                            Utf8Source::Start(&file_, *verdict.encoding, verdict.has_bom));
    source_ = &source;
    CsvSplitter splitter(&source, run_.options.limits.max_row_bytes, run_.options.csv_chunk_bytes);
    RENKEI_ASSIGN_OR_RETURN(const bool is_readable, ReadColumns(splitter, as));
    if (!is_readable) return absl::OkStatus();

    SinkTransaction transaction(&run_.sink);
    RENKEI_RETURN_IF_ERROR(transaction.Begin(run_.report->source));
    RENKEI_ASSIGN_OR_RETURN(const bool is_whole,
                            kind_ == FileKind::kExams ? ReadExams(splitter) : ReadRows(splitter));
    if (!is_whole) return absl::OkStatus();
    RENKEI_RETURN_IF_ERROR(quarantine_.Finish());
    run_.report->quarantine_file = quarantine_.file_name();
    run_.report->files.accepted = 1;
    RENKEI_RETURN_IF_ERROR(run_.report->SelfCheck());
    return run_.report->records.accepted > 0 ? transaction.Commit() : absl::OkStatus();
  }

 private:
  void Refuse(MessageCode code, absl::string_view subject, absl::string_view detail,
              std::string locator = "") {
    run_.report->messages.Add(code, Level::kRejectFile, subject, detail, {"", std::move(locator)});
    run_.report->CountAllRejected();
  }

  // False: the file is refused, with its message.
  absl::StatusOr<bool> ReadColumns(CsvSplitter& splitter, std::optional<FileKind> as) {
    RENKEI_ASSIGN_OR_RETURN(const std::optional<bool> has_row, NextRow(splitter));
    if (!has_row) return false;
    if (!*has_row) {
      Refuse(MessageCode::kCsvHeader, "", "the file is empty; a header row is required");
      return false;
    }
    const std::vector<std::string> names = ColumnNames(row_);
    const std::optional<FileKind> kind = as ? as : KindOfHeader(names);
    if (!kind) {
      Refuse(
          MessageCode::kCsvHeader, "",
          "the first row names the columns of no known file; say --as, or --map for a facility's "
          "own layout");
      return false;
    }
    kind_ = *kind;
    run_.report->kind = FileKindName(kind_);
    header_ = ReadHeader(names, kind_, run_.items, run_.options.member_kind);
    if (row_.is_malformed)
      header_.missing.insert(header_.missing.begin(), "a well-formed header row");
    for (const std::string& name : header_.repeated) {
      // With columns missing, this may be no header at all.
      const bool is_header = header_.missing.empty();
      Refuse(MessageCode::kCsvHeader, is_header ? ColumnForReport(name) : ValueShape(name),
             "repeated", "line 1");
    }
    for (const std::string& name : header_.missing) {
      Refuse(MessageCode::kCsvHeader, name, "missing", "line 1");
    }
    if (!header_.IsUsable()) return false;
    for (const std::string& name : header_.unknown) {
      run_.report->messages.Add(MessageCode::kCsvColumn, ColumnForReport(name), "");
    }
    if (kind_ == FileKind::kExams) run_.report->ExpectItems(run_.items);
    return true;
  }

  // nullopt: the file cannot be split, and is refused.
  absl::StatusOr<std::optional<bool>> NextRow(CsvSplitter& splitter) {
    const absl::StatusOr<bool> next = splitter.Next(&row_);
    if (next.ok()) return std::optional<bool>(*next);
    RENKEI_RETURN_IF_ERROR(RefuseUnsplittable(next.status()));
    return std::optional<bool>();
  }

  absl::Status RefuseUnsplittable(const absl::Status& status) {
    if (!absl::IsInvalidArgument(status)) return status;
    // The splitter's message is made of line numbers and limits only.
    Refuse(MessageCode::kCsvWidth, "", status.message());
    return absl::OkStatus();
  }

  // The largest files: chunks are parsed by several threads and stored by this one.
  absl::StatusOr<bool> ReadExams(CsvSplitter& splitter) {
    CsvChunkReader chunks(&splitter, source_, run_.options.limits.max_row_bytes,
                          run_.options.csv_chunk_bytes);
    const auto threads = static_cast<size_t>(std::max(run_.options.threads, 1));
    std::vector<std::unique_ptr<ExamRowsReader>> readers;
    readers.reserve(threads);
    for (size_t i = 0; i < threads; ++i) {
      readers.push_back(std::make_unique<ExamRowsReader>(run_, header_));
    }
    absl::Status taken;
    InOrder<ExamRows> rows(
        threads, [&chunks](ExamRows* next) { return chunks.Next(&next->chunk); },
        [&readers](ExamRows* next, size_t worker) { readers[worker]->Read(next); },
        [this, &taken](ExamRows* next) {
          taken = TakeExams(*next);
          return taken;
        });
    const absl::Status status = rows.Run();
    RENKEI_RETURN_IF_ERROR(taken);
    if (!status.ok()) {
      RENKEI_RETURN_IF_ERROR(RefuseUnsplittable(status));
      return false;
    }
    run_.Advance(file_.size(), file_.size());
    return true;
  }

  absl::Status TakeExams(const ExamRows& rows) {
    for (const uint64_t line : rows.leading_empty) {
      if (empty_lines_.size() < kEmptyLinesKept) empty_lines_.push_back(line);
    }
    if (rows.has_rows) {
      for (const uint64_t line : empty_lines_) {
        RENKEI_RETURN_IF_ERROR(Reject({MessageCode::kCsvWidth, "", ""}, line));
      }
      empty_lines_ = rows.trailing_empty;
    }
    run_.report->Append(rows.report);
    for (const ExamRows::Rejected& rejected : rows.rejected) {
      RENKEI_RETURN_IF_ERROR(Enlist(rejected.code, rejected.column, rejected.line));
    }
    for (size_t i = 0; i < rows.batch_count; ++i) {
      RENKEI_ASSIGN_OR_RETURN(const cohort::PutCounts counts, run_.sink.PutExams(rows.batches[i]));
      run_.report->CountStored(counts);
    }
    run_.Advance(rows.chunk.consumed_bytes, file_.size());
    return absl::OkStatus();
  }

  absl::StatusOr<bool> ReadRows(CsvSplitter& splitter) {
    CsvRowReader reader(run_.items, run_.areas, run_.pseudonymiser, run_.options, header_,
                        run_.report);
    CsvCells cells(&header_, &row_);
    for (;;) {
      RENKEI_ASSIGN_OR_RETURN(const std::optional<bool> has_row, NextRow(splitter));
      if (!has_row) return false;
      if (!*has_row) break;
      // Empty lines are harmless at the end of the file only.
      if (row_.IsEmptyLine()) {
        if (empty_lines_.size() < kEmptyLinesKept) empty_lines_.push_back(row_.line);
        continue;
      }
      for (const uint64_t line : empty_lines_) {
        RENKEI_RETURN_IF_ERROR(Reject({MessageCode::kCsvWidth, "", ""}, line));
      }
      empty_lines_.clear();
      if (row_.fields.size() != header_.width || row_.is_malformed) {
        RENKEI_RETURN_IF_ERROR(Reject({MessageCode::kCsvWidth, "", ""}, row_.line));
      } else {
        RENKEI_RETURN_IF_ERROR(TakeRow(reader, cells));
      }
      if (run_.report->records.seen % kRowsPerStep == 0) {
        run_.Advance(source_->consumed_bytes(), file_.size());
      }
    }
    run_.Advance(file_.size(), file_.size());
    return true;
  }

  absl::Status Reject(const Rejection& rejection, uint64_t line) {
    ++run_.report->records.seen;
    ++run_.report->records.rejected;
    if (Place* place = run_.report->messages.Add(rejection.code, Level::kRejectRecord,
                                                 rejection.column, rejection.shape)) {
      place->locator = absl::StrCat("line ", line);
    }
    return Enlist(rejection.code, rejection.column, line);
  }

  absl::Status Enlist(MessageCode code, absl::string_view column, uint64_t line) {
    return quarantine_.Add(line, column, absl::StrCat(CodeName(code), ": ", CodeText(code, false)));
  }

  absl::Status TakeRow(CsvRowReader& reader, CsvCells& cells) {
    std::optional<Rejection> rejection;
    absl::StatusOr<cohort::PutOutcome> stored = cohort::PutOutcome::kNew;
    int fiscal_year = 0;
    switch (kind_) {
      case FileKind::kRoster:
        rejection = reader.ReadRoster(cells, &roster_);
        if (rejection) break;
        stored = run_.sink.PutRoster(roster_);
        fiscal_year = roster_.fiscal_year.first_year();
        if (roster_.municipality.empty()) ++run_.report->without_municipality;
        break;
      case FileKind::kGuidance:
        rejection = reader.ReadGuidance(cells, &guidance_);
        if (rejection) break;
        stored = run_.sink.PutGuidance(guidance_);
        fiscal_year = guidance_.fiscal_year.first_year();
        break;
      case FileKind::kConsents:
        rejection = reader.ReadConsent(cells, &consent_);
        if (rejection) break;
        stored = run_.sink.PutConsent(consent_);
        break;
      case FileKind::kClaims:
        rejection = reader.ReadClaim(cells, &claim_);
        if (rejection) break;
        stored = run_.sink.PutClaim(claim_);
        fiscal_year = FiscalYearOfMonth(claim_.service_year, claim_.service_month).first_year();
        break;
      case FileKind::kAbsence:
        rejection = reader.ReadAbsence(cells, &absence_);
        if (rejection) break;
        stored = run_.sink.PutAbsence(absence_);
        fiscal_year = policy::base::FiscalYear::Of(absence_.start).first_year();
        break;
      case FileKind::kExams:
      case FileKind::kArchive:
      case FileKind::kXml:
      case FileKind::kUke:
      case FileKind::kFhir:
        return absl::InternalError("not a kind of CSV file that is read row by row");
    }
    if (rejection) return Reject(*rejection, row_.line);
    if (!stored.ok()) return stored.status();
    ++run_.report->records.seen;
    ++run_.report->records.accepted;
    run_.report->CountStored(*stored);
    if (fiscal_year != 0) ++run_.report->by_fiscal_year[fiscal_year];
    return absl::OkStatus();
  }

  ImportRun& run_;
  InputFile& file_;
  Quarantine quarantine_;
  Utf8Source* source_ = nullptr;
  CsvRow row_;
  CsvHeader header_;
  std::vector<uint64_t> empty_lines_;  // not yet followed by a row
  FileKind kind_ = FileKind::kExams;
  cohort::RosterRecord roster_;
  cohort::GuidanceRecord guidance_;
  cohort::ClaimRecord claim_;
  cohort::AbsenceRecord absence_;
  cohort::ConsentRecord consent_;
};

}  // namespace

absl::Status SinkTransaction::Begin(const std::string& source) {
  RENKEI_RETURN_IF_ERROR(sink_->BeginFile(source));
  is_open_ = true;
  return absl::OkStatus();
}

absl::Status SinkTransaction::Commit() {
  // A failed commit leaves nothing to keep; the roll-back happens in the destructor.
  RENKEI_RETURN_IF_ERROR(sink_->CommitFile());
  is_open_ = false;
  return absl::OkStatus();
}

absl::Status ImportCsv(ImportRun& run, InputFile& file, std::optional<FileKind> as) {
  run.report->files.seen = 1;
  return CsvImport(run, file).Run(as);
}

}  // namespace renkei::agents::intake
