// A facility's own CSV through a column map (formats.md 3): each row is turned into a row of the
// project's CSV files, which the same reader checks; values of items are judged here, because
// marks, "not done" and named code lists have no form in those files. One transaction.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "agents/intake/column_map.h"
#include "agents/intake/csv_columns.h"
#include "agents/intake/csv_rows.h"
#include "agents/intake/csv_splitter.h"
#include "agents/intake/import_run.h"
#include "agents/intake/mapped_values.h"
#include "agents/intake/row_ledger.h"
#include "agents/intake/service_month.h"
#include "agents/intake/text.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::ItemValue;
using policy::base::FiscalYear;

constexpr uint64_t kRowsPerStep = 4096;
// formats.md 3.4: so many answers on smoking without code 3 are doubtful from period 4 on.
constexpr uint64_t kAnswersToJudge = 50;
constexpr int kPeriodOfThreeSmokingCodes = 4;
constexpr int kReadings = 3;

class MappedImport {
 public:
  MappedImport(ImportRun& run, InputFile& file, const ColumnMap& map)
      : run_(run), file_(file), map_(map), ledger_(run) {
    smoking_ = run.items.ColumnOf("q08_smoking").value_or(-1);
  }

  absl::Status Run() {
    run_.report->kind = absl::StrCat(FileKindName(map_.kind), ", map ", map_.name);
    RENKEI_ASSIGN_OR_RETURN(
        const EncodingVerdict verdict,
        DetectEncoding(file_, map_.encoding ? map_.encoding : run_.options.encoding));
    if (!verdict.encoding) {
      ledger_.RefuseFile(MessageCode::kCsvEncoding, "", verdict.refusal);
      return absl::OkStatus();
    }
    run_.report->encoding = *verdict.encoding == TextEncoding::kUtf8 ? "UTF-8" : "CP932";
    RENKEI_ASSIGN_OR_RETURN(Utf8Source source,
                            Utf8Source::Start(&file_, *verdict.encoding, verdict.has_bom));
    CsvSplitter splitter(&source, run_.options.limits.max_row_bytes);
    RENKEI_ASSIGN_OR_RETURN(const bool has_columns, FindColumns(splitter));
    if (!has_columns) return absl::OkStatus();
    if (map_.kind == FileKind::kExams) run_.report->ExpectItems(run_.items);

    SinkTransaction transaction(&run_.sink);
    RENKEI_RETURN_IF_ERROR(transaction.Begin(run_.report->source));
    RENKEI_ASSIGN_OR_RETURN(const bool is_whole, ReadRows(splitter, source));
    if (!is_whole) return absl::OkStatus();
    NoteSmokingList();
    RENKEI_RETURN_IF_ERROR(ledger_.Finish());
    return run_.report->records.accepted > 0 ? transaction.Commit() : absl::OkStatus();
  }

 private:
  struct Bound {
    const MappedColumn* column;
    size_t position;  // in the source's row
    size_t cell;      // in the row of the project's form; fields only
  };

  // nullopt: the file cannot be split, and is refused.
  absl::StatusOr<std::optional<bool>> NextRow(CsvSplitter& splitter) {
    const absl::StatusOr<bool> next = splitter.Next(&row_);
    if (next.ok()) return std::optional<bool>(*next);
    if (!absl::IsInvalidArgument(next.status())) return next.status();
    ledger_.RefuseFile(MessageCode::kCsvWidth, "", next.status().message());
    return std::optional<bool>();
  }

  absl::StatusOr<bool> FindColumns(CsvSplitter& splitter) {
    const size_t rows_above = map_.skip_rows + (map_.has_header ? 1 : 0);
    for (size_t i = 0; i < rows_above; ++i) {
      RENKEI_ASSIGN_OR_RETURN(const std::optional<bool> has_row, NextRow(splitter));
      if (!has_row) return false;
      if (!*has_row) {
        ledger_.RefuseFile(MessageCode::kCsvHeader, "",
                           "the file ends before its header; check skip_rows of the map");
        return false;
      }
    }
    std::vector<std::string> headers;
    if (map_.has_header) {
      headers.reserve(row_.fields.size());
      for (const absl::string_view field : row_.fields) headers.push_back(FoldHeader(field));
    }
    width_ = map_.field_count > 0 ? map_.field_count : headers.size();
    if (map_.has_header && headers.size() != width_) {
      ledger_.RefuseFile(MessageCode::kCsvHeader, "",
                         absl::StrCat("the header has ", headers.size(), " fields, the map says ",
                                      width_, " (field_count)"),
                         absl::StrCat("line ", row_.line));
      return false;
    }
    return BindColumns(headers);
  }

  bool BindColumns(const std::vector<std::string>& headers) {
    std::vector<std::string> names;
    for (const auto& [field, text] : map_.constants) {
      names.emplace_back(FieldName(field));
      cells_.push_back(text);
    }
    for (const MappedColumn& column : map_.columns) {
      const std::optional<size_t> position = Position(column, headers);
      if (!position) {
        if (refused_) return false;
        missing_targets_.push_back(column.target);
        continue;
      }
      bound_.push_back({&column, *position, cells_.size()});
      if (column.field) {
        names.push_back(column.target);
        cells_.emplace_back();
      }
    }
    header_ = ReadHeader(names, map_.kind, run_.items, run_.options.member_kind);
    for (const std::string& name : header_.missing) {
      ledger_.RefuseFile(MessageCode::kCsvHeader, name,
                         "the header that the map names for it is not in the file",
                         absl::StrCat("line ", row_.line));
    }
    if (!header_.missing.empty()) return false;
    for (const std::string& target : missing_targets_) {
      run_.report->messages.Add(MessageCode::kCsvColumn, Level::kWarn, target,
                                "its header is not in the file", Place());
    }
    if (map_.has_header && headers.size() > bound_.size()) {
      run_.report->messages.Add(
          MessageCode::kCsvColumn, Level::kAccept, "",
          absl::StrCat(headers.size() - bound_.size(), " columns are not in the map"), Place());
    }
    return true;
  }

  std::optional<size_t> Position(const MappedColumn& column,
                                 const std::vector<std::string>& headers) {
    if (column.position) {
      const bool agrees =
          !map_.has_header || column.header.empty() ||
          (*column.position < headers.size() && headers[*column.position] == column.header);
      if (agrees && *column.position < width_) return column.position;
      refused_ = true;
      ledger_.RefuseFile(MessageCode::kCsvHeader, column.target,
                         absl::StrCat("position ", *column.position + 1,
                                      " of the map has another header, or is beyond the row"),
                         absl::StrCat("line ", row_.line));
      return std::nullopt;
    }
    const auto found = std::find(headers.begin(), headers.end(), column.header);
    if (found == headers.end()) return std::nullopt;
    if (std::find(found + 1, headers.end(), column.header) != headers.end()) {
      refused_ = true;
      ledger_.RefuseFile(MessageCode::kCsvHeader, column.target,
                         "its header is there twice; state its position in the map",
                         absl::StrCat("line ", row_.line));
      return std::nullopt;
    }
    return static_cast<size_t>(found - headers.begin());
  }

  absl::StatusOr<bool> ReadRows(CsvSplitter& splitter, const Utf8Source& source) {
    CsvRowReader reader(run_.items, run_.areas, run_.pseudonymiser, run_.options, header_,
                        run_.report);
    CsvCells cells(&header_, &canonical_);
    std::vector<uint64_t> empty_lines;
    for (;;) {
      RENKEI_ASSIGN_OR_RETURN(const std::optional<bool> has_row, NextRow(splitter));
      if (!has_row) return false;
      if (!*has_row) break;
      // Empty lines are harmless at the end of the file only.
      if (row_.IsEmptyLine()) {
        if (empty_lines.size() < kRowsPerStep) empty_lines.push_back(row_.line);
        continue;
      }
      for (const uint64_t line : empty_lines) {
        RENKEI_RETURN_IF_ERROR(ledger_.Reject({MessageCode::kCsvWidth, "", ""}, line));
      }
      empty_lines.clear();
      if (row_.fields.size() != width_ || row_.is_malformed) {
        RENKEI_RETURN_IF_ERROR(ledger_.Reject({MessageCode::kCsvWidth, "", ""}, row_.line));
      } else {
        FillCells();
        RENKEI_RETURN_IF_ERROR(TakeRow(reader, cells));
      }
      if (run_.report->records.seen % kRowsPerStep == 0) {
        run_.Advance(source.consumed_bytes(), file_.size());
      }
    }
    run_.Advance(file_.size(), file_.size());
    return true;
  }

  void FillCells() {
    for (const Bound& bound : bound_) {
      if (!bound.column->field) continue;
      cells_[bound.cell] = MapText(*bound.column, Fold(row_.fields[bound.position], &buffer_));
    }
    canonical_.line = row_.line;
    canonical_.fields.assign(cells_.begin(), cells_.end());
  }

  absl::Status TakeRow(CsvRowReader& reader, CsvCells& cells) {
    std::optional<Rejection> rejection;
    absl::StatusOr<cohort::PutOutcome> stored = cohort::PutOutcome::kNew;
    FiscalYear year;
    switch (map_.kind) {
      case FileKind::kExams:
        rejection = reader.ReadExam(cells, &exam_);
        if (rejection) break;
        year = FiscalYear::Of(exam_.exam_date);
        FillItems(policy::base::PeriodOf(year));
        stored = run_.sink.PutExam(exam_);
        if (exam_.municipality.empty()) ++run_.report->without_municipality;
        run_.report->CountItems(exam_.items);
        break;
      case FileKind::kRoster:
        rejection = reader.ReadRoster(cells, &roster_);
        if (rejection) break;
        year = roster_.fiscal_year;
        stored = run_.sink.PutRoster(roster_);
        if (roster_.municipality.empty()) ++run_.report->without_municipality;
        break;
      case FileKind::kGuidance:
        rejection = reader.ReadGuidance(cells, &guidance_);
        if (rejection) break;
        year = guidance_.fiscal_year;
        stored = run_.sink.PutGuidance(guidance_);
        break;
      case FileKind::kClaims:
        rejection = reader.ReadClaim(cells, &claim_);
        if (rejection) break;
        year = FiscalYearOfMonth(claim_.service_year, claim_.service_month);
        stored = run_.sink.PutClaim(claim_);
        break;
      case FileKind::kAbsence:
        rejection = reader.ReadAbsence(cells, &absence_);
        if (rejection) break;
        year = FiscalYear::Of(absence_.start);
        stored = run_.sink.PutAbsence(absence_);
        break;
      default:
        return absl::InternalError("not a kind that a column map makes");
    }
    if (rejection) return ledger_.Reject(*rejection, row_.line);
    if (!stored.ok()) return stored.status();
    ledger_.Accept(*stored, year.first_year());
    return absl::OkStatus();
  }

  void FillItems(int period) {
    for (auto& readings : readings_) readings.fill(ItemValue());
    for (const Bound& bound : bound_) {
      const MappedColumn& column = *bound.column;
      if (column.field) continue;
      const absl::string_view text = Fold(row_.fields[bound.position], &buffer_);
      if (text.empty()) continue;
      const Judgement judgement = MapItem(run_.items, column, text, period);
      if (judgement.message) Note(*judgement.message, column.target, text);
      if (judgement.has_cut_decimals) Note(MessageCode::kValDecimals, column.target, text);
      if (column.item == smoking_ && column.list_oid.empty()) CountSmoking(judgement, text, period);
      if (column.reading == 0) {
        exam_.items[static_cast<size_t>(column.item)] = judgement.value;
      } else {
        const size_t side = IsSecondOfPair(column.item) ? 1 : 0;
        readings_[side][static_cast<size_t>(column.reading - 1)] = judgement.value;
      }
    }
    for (const auto& [first, second] : run_.pairs) ChooseReading(first, second);
  }

  bool IsSecondOfPair(int item) const {
    return std::any_of(run_.pairs.begin(), run_.pairs.end(),
                       [item](const std::pair<int, int>& pair) { return pair.second == item; });
  }

  // The first complete pair; without one the best single values stay, and are counted
  // (definitions 3).
  void ChooseReading(int first, int second) {
    const auto& [a, b] = readings_;
    std::optional<size_t> pair, best_a, best_b;
    for (size_t i = 0; i < kReadings; ++i) {
      const bool has_a = catalogue::IsMeasured(a[i].state);
      const bool has_b = catalogue::IsMeasured(b[i].state);
      if (has_a && has_b && !pair) pair = i;
      if (has_a && !best_a) best_a = i;
      if (has_b && !best_b) best_b = i;
    }
    ItemValue& first_value = exam_.items[static_cast<size_t>(first)];
    ItemValue& second_value = exam_.items[static_cast<size_t>(second)];
    if (pair) {
      first_value = a[*pair];
      second_value = b[*pair];
      return;
    }
    const auto first_told = [](const std::array<ItemValue, kReadings>& values) {
      const auto found = std::find_if(values.begin(), values.end(), [](const ItemValue& value) {
        return value.state != catalogue::ValueState::kAbsent;
      });
      return found == values.end() ? ItemValue() : *found;
    };
    const ItemValue chosen_a = best_a ? a[*best_a] : first_told(a);
    const ItemValue chosen_b = best_b ? b[*best_b] : first_told(b);
    if (chosen_a.state != catalogue::ValueState::kAbsent) first_value = chosen_a;
    if (chosen_b.state != catalogue::ValueState::kAbsent) second_value = chosen_b;
    if (best_a && best_b) {
      Note(MessageCode::kBpPair, run_.items.columns()[static_cast<size_t>(first)].name, {});
    }
  }

  void CountSmoking(const Judgement& judgement, absl::string_view text, int period) {
    const bool is_three = catalogue::CodeOf(judgement.value.value) == 3;
    if (period < kPeriodOfThreeSmokingCodes) {
      if (judgement.message && text == "3") ++smoking_three_too_early_;
      return;
    }
    if (judgement.value.state != catalogue::ValueState::kValid) return;
    ++smoking_answers_;
    if (is_three) ++smoking_threes_;
  }

  void NoteSmokingList() {
    const bool lacks_three = smoking_answers_ >= kAnswersToJudge && smoking_threes_ == 0;
    if (!lacks_three && smoking_three_too_early_ == 0) return;
    run_.report->messages.Add(MessageCode::kListPeriod, Level::kWarn, "q08_smoking",
                              lacks_three
                                  ? absl::StrCat("no code 3 among ", smoking_answers_,
                                                 " answers; name the list in the map")
                                  : "code 3 before fiscal year 2024; name the list in the map",
                              Place());
  }

  void Note(MessageCode code, absl::string_view subject, absl::string_view text) {
    const std::string shape = text.data() == nullptr ? std::string() : ValueShape(text);
    if (Place* place = run_.report->messages.Add(code, subject, shape)) {
      place->locator = absl::StrCat("line ", row_.line);
    }
  }

  ImportRun& run_;
  InputFile& file_;
  const ColumnMap& map_;
  RowLedger ledger_;
  CsvRow row_, canonical_;
  CsvHeader header_;
  size_t width_ = 0;
  std::vector<Bound> bound_;
  std::vector<std::string> cells_;  // of the row in the project's form
  std::vector<std::string> missing_targets_;
  bool refused_ = false;
  std::string buffer_;
  // By side of the pair and order of preference.
  std::array<std::array<ItemValue, kReadings>, 2> readings_;
  int smoking_ = -1;
  uint64_t smoking_answers_ = 0, smoking_threes_ = 0, smoking_three_too_early_ = 0;
  cohort::ExamRecord exam_;
  cohort::RosterRecord roster_;
  cohort::GuidanceRecord guidance_;
  cohort::ClaimRecord claim_;
  cohort::AbsenceRecord absence_;
};

}  // namespace

absl::Status ImportMapped(ImportRun& run, InputFile& file, const ColumnMap& map) {
  run.report->files.seen = 1;
  return MappedImport(run, file, map).Run();
}

}  // namespace renkei::agents::intake
