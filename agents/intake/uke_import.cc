// A レセプト電算 (UKE) file from disk to the sink (formats.md 4): lines of comma-separated fields
// without quotes, a claim from RE to the next RE. One transaction; memory is one chunk and one
// line.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "agents/intake/import_run.h"
#include "agents/intake/row_ledger.h"
#include "agents/intake/service_month.h"
#include "agents/intake/text.h"
#include "agents/intake/uke_claim.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

constexpr uint64_t kLinesPerStep = 32'768;
constexpr size_t kChunkBytes = 1 << 20;

// Lines of a decoded stream: CRLF or LF, a final 0x1A ignored.
class Lines {
 public:
  Lines(Utf8Source* source, size_t max_line_bytes)
      : source_(source), max_line_bytes_(max_line_bytes) {}

  // False at the end. INVALID_ARGUMENT: a line over the limit.
  absl::StatusOr<bool> Next(absl::string_view* line) {
    for (;;) {
      const size_t end = buffer_.find('\n', searched_);
      if (end != buffer_.npos || (at_end_ && position_ < buffer_.size())) {
        *line = absl::string_view(buffer_).substr(
            position_, (end == buffer_.npos ? buffer_.size() : end) - position_);
        position_ = searched_ = end == buffer_.npos ? buffer_.size() : end + 1;
        while (!line->empty() && (line->back() == '\r' || line->back() == '\x1A')) {
          line->remove_suffix(1);
        }
        ++line_;
        return true;
      }
      if (at_end_) return false;
      buffer_.erase(0, position_);
      position_ = 0;
      searched_ = buffer_.size();
      if (buffer_.size() > max_line_bytes_) {
        return absl::InvalidArgumentError(
            absl::StrCat("line ", line_ + 1, " is longer than ", max_line_bytes_, " bytes"));
      }
      RENKEI_ASSIGN_OR_RETURN(const bool has_more, source_->Append(kChunkBytes, &buffer_));
      at_end_ = !has_more;
    }
  }
  uint64_t line() const { return line_; }

 private:
  Utf8Source* source_;
  size_t max_line_bytes_;
  std::string buffer_;
  size_t position_ = 0, searched_ = 0;
  uint64_t line_ = 0;
  bool at_end_ = false;
};

class UkeImport {
 public:
  UkeImport(ImportRun& run, InputFile& file)
      : run_(run), file_(file), ledger_(run), claim_(run.pseudonymiser, run.options) {}

  absl::Status Run() {
    RENKEI_ASSIGN_OR_RETURN(const EncodingVerdict verdict,
                            DetectEncoding(file_, run_.options.encoding));
    if (!verdict.encoding) {
      ledger_.RefuseFile(MessageCode::kCsvEncoding, "", verdict.refusal);
      return absl::OkStatus();
    }
    run_.report->encoding = *verdict.encoding == TextEncoding::kUtf8 ? "UTF-8" : "CP932";
    RENKEI_ASSIGN_OR_RETURN(Utf8Source source,
                            Utf8Source::Start(&file_, *verdict.encoding, verdict.has_bom));
    SinkTransaction transaction(&run_.sink);
    RENKEI_RETURN_IF_ERROR(transaction.Begin(run_.report->source));
    Lines lines(&source, run_.options.limits.max_row_bytes);
    absl::string_view line;
    for (;;) {
      const absl::StatusOr<bool> next = lines.Next(&line);
      if (absl::IsInvalidArgument(next.status())) {
        ledger_.RefuseFile(MessageCode::kCsvWidth, "", next.status().message());
        return absl::OkStatus();
      }
      RENKEI_RETURN_IF_ERROR(next.status());
      if (!*next) break;
      RENKEI_RETURN_IF_ERROR(Take(line, lines.line()));
      if (lines.line() % kLinesPerStep == 0) {
        run_.Advance(source.consumed_bytes(), file_.size());
      }
    }
    RENKEI_RETURN_IF_ERROR(FinishClaim());
    run_.Advance(file_.size(), file_.size());
    RENKEI_RETURN_IF_ERROR(ledger_.Finish());
    return run_.report->records.accepted > 0 ? transaction.Commit() : absl::OkStatus();
  }

 private:
  absl::Status Take(absl::string_view line, uint64_t number) {
    const absl::string_view name = line.substr(0, 2);
    const bool is_record = line.size() >= 2 && (line.size() == 2 || line[2] == ',');
    if (!is_record) return absl::OkStatus();
    const bool needs_claim = name == "HO" || name == "KO" || name == "SY";
    if (!needs_claim && name != "RE" && name != "GO" && name != "IR" && name != "YK") {
      return absl::OkStatus();
    }
    fields_.clear();
    for (const absl::string_view field : absl::StrSplit(line, ',')) fields_.push_back(field);
    if (name == "RE") {
      RENKEI_RETURN_IF_ERROR(FinishClaim());
      claim_.Start(fields_, number);
      return absl::OkStatus();
    }
    if (needs_claim && !claim_.is_open()) return RejectOrphan(name, number);
    if (name == "HO") {
      claim_.TakeInsurance(fields_);
    } else if (name == "KO") {
      claim_.TakePublicFund();
    } else if (name == "SY") {
      claim_.TakeDisease(fields_);
    } else {
      RENKEI_RETURN_IF_ERROR(FinishClaim());
      is_orphan_ = false;
      if (name == "GO") CompareTotals(number);
    }
    return absl::OkStatus();
  }

  // Records without their RE: one rejected claim, however many records.
  absl::Status RejectOrphan(absl::string_view name, uint64_t number) {
    if (is_orphan_) return absl::OkStatus();
    is_orphan_ = true;
    orphan_name_.assign(name.data(), name.size());
    return ledger_.Reject({MessageCode::kUkeSeq, orphan_name_, ""}, number);
  }

  absl::Status FinishClaim() {
    is_orphan_ = false;
    if (!claim_.is_open()) return absl::OkStatus();
    UkeClaim::Doubts doubts;
    const std::optional<Rejection> rejection = claim_.Finish(&record_, &doubts);
    ++claims_;
    points_ += claim_.points();
    if (rejection) return ledger_.Reject(*rejection, claim_.line());
    RENKEI_ASSIGN_OR_RETURN(const cohort::PutOutcome stored, run_.sink.PutClaim(record_));
    ledger_.Accept(stored,
                   FiscalYearOfMonth(record_.service_year, record_.service_month).first_year());
    if (doubts.insurer_digit_is_wrong)
      Note(MessageCode::kCheckDigit, Level::kWarn, "HO insurer", "");
    if (doubts.no_disease) ++run_.report->claims_without_disease;
    if (doubts.unknown_disease) {
      ++run_.report->claims_without_disease;
      Note(MessageCode::kValCode, Level::kWarn, "SY disease code",
           run_.options.diseases == nullptr ? "no disease table; see --disease-table"
                                            : doubts.disease_shape);
    }
    return absl::OkStatus();
  }

  void CompareTotals(uint64_t number) {
    const auto field = [this](size_t i) {
      return ParseCount(i < fields_.size() ? fields_[i] : absl::string_view());
    };
    const std::optional<int> claims = field(1), points = field(2);
    if (claims) Compare("GO claims", static_cast<uint64_t>(*claims), claims_, number);
    if (points)
      Compare("GO points", static_cast<uint64_t>(*points), static_cast<uint64_t>(points_), number);
    claims_ = 0;
    points_ = 0;
  }

  void Compare(const char* what, uint64_t stated, uint64_t found, uint64_t number) {
    run_.report->totals.push_back({what, stated, found});
    if (stated == found) return;
    run_.report->messages.Add(MessageCode::kUkeTotal, Level::kWarn, what,
                              absl::StrCat("stated ", stated, ", found ", found),
                              {"", absl::StrCat("line ", number)});
  }

  void Note(MessageCode code, Level level, absl::string_view subject, absl::string_view shape) {
    if (Place* place = run_.report->messages.Add(code, level, subject, shape)) {
      place->locator = absl::StrCat("line ", claim_.line());
    }
  }

  ImportRun& run_;
  InputFile& file_;
  RowLedger ledger_;
  UkeClaim claim_;
  cohort::ClaimRecord record_;
  UkeClaim::Fields fields_;
  std::string orphan_name_;
  bool is_orphan_ = false;
  uint64_t claims_ = 0;
  int64_t points_ = 0;
};

}  // namespace

absl::Status ImportUke(ImportRun& run, InputFile& file) {
  run.report->files.seen = 1;
  return UkeImport(run, file).Run();
}

}  // namespace renkei::agents::intake
