#include "agents/intake/csv_exam_rows.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agents/intake/residence.h"
#include "agents/intake/text.h"
#include "agents/intake/values.h"
#include "policy/crypto/check_digit.h"

namespace renkei::agents::intake {
namespace {

namespace base = policy::base;
namespace catalogue = policy::catalogue;
using catalogue::ItemValue;
using catalogue::ValueState;

constexpr size_t kMaxBatchRows = 8192;
constexpr size_t kKnownTexts = 4096;  // a power of two
constexpr size_t kQuickDigits = 8;
constexpr std::array<int64_t, 6> kPowersOfTen = {1, 10, 100, 1000, 10'000, 100'000};

// Digits with at most one point between digits and no more than `decimals` behind it: what
// ParseFixedPoint would make of it. Negative: another form.
inline int64_t ParseQuickly(absl::string_view text, int decimals) {
  if (text.size() > kQuickDigits) return -1;
  const char* at = text.data();
  const char* const end = at + text.size();
  int64_t value = 0;
  while (at != end && static_cast<unsigned char>(*at - '0') < 10)
    value = value * 10 + (*at++ - '0');
  if (at == text.data()) return -1;
  if (at == end) return value * kPowersOfTen[static_cast<size_t>(decimals)];
  if (*at++ != '.') return -1;
  const auto behind = end - at;
  if (behind == 0 || behind > decimals) return -1;
  for (; at != end; ++at) {
    if (static_cast<unsigned char>(*at - '0') >= 10) return -1;
    value = value * 10 + (*at - '0');
  }
  return value * kPowersOfTen[static_cast<size_t>(decimals - behind)];
}

// Inclusive limits of the numbers that JudgeNumber finds valid without a remark, found by asking.
std::pair<int64_t, int64_t> ValidNumbers(const catalogue::ItemColumn& column) {
  constexpr int64_t kLargest = 99'999'999;  // of eight digits
  const auto is_valid = [&column](int64_t x) {
    const int64_t power = kPowersOfTen[static_cast<size_t>(column.decimals)];
    std::string behind = absl::StrCat(x % power + power).substr(1);
    const std::string text =
        column.decimals == 0 ? absl::StrCat(x) : absl::StrCat(x / power, ".", behind);
    const Judgement judgement = JudgeNumber(column, text, Mark::kNone);
    return judgement.value == ItemValue{static_cast<int32_t>(x), ValueState::kValid} &&
           !judgement.message && !judgement.has_cut_decimals;
  };
  // Valid numbers lie together; the first one is the range's, or 0 where none is known.
  const int64_t first = column.min ? std::max<int64_t>(*column.min + 1, 0) : 0;
  if (!is_valid(first)) return {1, 0};
  int64_t low = first, high = kLargest;
  while (low < high) {
    const int64_t middle = low + (high - low + 1) / 2;
    if (is_valid(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return {first, low};
}

uint32_t MunicipalityNumber(absl::string_view six_digits) {
  uint32_t number = 0;
  for (const char c : six_digits) number = number * 10 + static_cast<uint32_t>(c - '0');
  return number;
}

}  // namespace

ExamRowsReader::ExamRowsReader(const ImportRun& run, const CsvHeader& header)
    : run_(run),
      header_(header),
      cells_(&header, &row_),
      residences_(kKnownTexts),
      workplaces_(kKnownTexts) {
  items_.reserve(header.items.size());
  for (const CsvHeader::ItemAt& at : header.items) {
    const catalogue::ItemColumn& column = run.items.columns()[static_cast<size_t>(at.column)];
    QuickItem item{};
    item.position = static_cast<size_t>(at.position);
    item.column = static_cast<size_t>(at.column);
    item.is_coded = column.is_coded;
    item.decimals = column.decimals;
    if (column.is_coded) {
      for (int period = 1; period <= kPeriods; ++period) {
        for (size_t code = 0; code < kQuickCodes; ++code) {
          const Judgement judgement =
              JudgeCodeOfPeriod(run.items, at.column, absl::StrCat(code), period);
          const bool is_simple = judgement.value.state == ValueState::kValid && !judgement.message;
          item.codes[static_cast<size_t>(period - 1)][code] =
              is_simple ? judgement.value.value : -1;
        }
      }
    } else {
      std::tie(item.first, item.last) = ValidNumbers(column);
    }
    items_.push_back(item);
  }
}

void ExamRowsReader::Read(ExamRows* rows) {
  out_ = rows;
  batch_ = nullptr;
  rows->report.StartPart(run_.items);
  rows->rejected.clear();
  rows->leading_empty.clear();
  rows->trailing_empty.clear();
  rows->has_rows = false;
  rows->batch_count = 0;

  std::string& text = rows->chunk.text;
  uint64_t line = rows->chunk.line;
  for (size_t at = 0; at < text.size();) {
    if (rows->chunk.is_plain) {
      SplitPlainRow(text, &at, &line, &row_);
    } else {
      // The chunk holds whole rows: nothing but a row can be found.
      (void)SplitCsvRow(text.data(), text.size(), true, &at, &line, &row_);
    }
    if (row_.IsEmptyLine()) {
      std::vector<uint64_t>& empty = rows->has_rows ? rows->trailing_empty : rows->leading_empty;
      if (empty.size() < kEmptyLinesKept) empty.push_back(row_.line);
      continue;
    }
    for (const uint64_t empty : rows->trailing_empty) Reject(MessageCode::kCsvWidth, "", "", empty);
    rows->trailing_empty.clear();
    rows->has_rows = true;
    if (row_.fields.size() != header_.width || row_.is_malformed) {
      Reject(MessageCode::kCsvWidth, "", "", row_.line);
    } else if (!TakeQuickly()) {
      TakeSlowly();
    }
  }
  FinishBatch();
}

void ExamRowsReader::Reject(MessageCode code, absl::string_view column, absl::string_view shape,
                            uint64_t line) {
  ++out_->report.records.seen;
  ++out_->report.records.rejected;
  if (Place* place = out_->report.messages.Add(code, Level::kRejectRecord, column, shape)) {
    place->locator = absl::StrCat("line ", line);
  }
  out_->rejected.push_back({line, code, column});
}

void ExamRowsReader::TakeSlowly() {
  CsvRowReader reader(run_.items, run_.areas, run_.pseudonymiser, run_.options, header_,
                      &out_->report);
  if (const std::optional<Rejection> rejection = reader.ReadExam(cells_, &record_)) {
    Reject(rejection->code, rejection->column, rejection->shape, row_.line);
    return;
  }
  cohort::ExamBatch& batch = BatchFor(record_.report_type);
  batch.person.push_back(record_.person);
  batch.exam_date.push_back(record_.exam_date);
  batch.program.push_back(record_.program);
  batch.municipality.push_back(MunicipalityNumber(record_.municipality));
  batch.work_municipality.push_back(MunicipalityNumber(record_.work_municipality));
  for (const QuickItem& item : items_) {
    const ItemValue value = record_.items[item.column];
    if (value.state != ValueState::kAbsent) Put(item.column, value);
  }
  ++out_->report.by_fiscal_year[base::FiscalYear::Of(record_.exam_date).first_year()];
}

bool ExamRowsReader::ReadInsurer(absl::string_view text, bool has_card) {
  if (text.empty() || (!has_card && text == "unknown")) {
    insurer_text_.clear();
    insurer_.clear();
    return !has_card;
  }
  if (text == insurer_text_) return true;
  if ((text.size() != 8 && text.size() != 6) || !IsAllDigits(text) ||
      !policy::crypto::InsurerNumberIsValid(text)) {
    return false;
  }
  insurer_text_ = std::string(text);
  insurer_ = absl::StrCat(text.size() == 6 ? "00" : "", text);
  return true;
}

bool ExamRowsReader::FindMunicipality(absl::string_view code, absl::string_view postal_code,
                                      std::vector<Known>* known, uint32_t* municipality) {
  *municipality = 0;
  if (code.empty() && postal_code.empty()) return true;
  // A code of the file is looked up once: the texts of a file repeat.
  const absl::string_view text = code.empty() ? postal_code : code;
  uint32_t hash = 0;
  for (const char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
  Known& entry = (*known)[(hash * 2654435761u >> 16) & (kKnownTexts - 1)];
  if (entry.code != code || (code.empty() && entry.postal_code != postal_code)) {
    Residence residence = FromColumns(run_.areas, code, postal_code);
    if (residence.message) return false;
    entry.code = std::string(code);
    entry.postal_code = std::string(postal_code);
    entry.municipality = MunicipalityNumber(residence.municipality);
  }
  *municipality = entry.municipality;
  return true;
}

bool ExamRowsReader::TakeQuickly() {
  const auto cell = [this](Field field) -> absl::string_view {
    const int position = header_.position_of[static_cast<size_t>(field)];
    if (position < 0) return {};
    return Fold(row_.fields[static_cast<size_t>(position)], &buffers_[static_cast<size_t>(field)]);
  };
  cohort::PersonColumns columns;
  columns.number = cell(Field::kNumber);
  const bool has_card = !columns.number.empty();
  if (!has_card) {
    columns.person_id = cell(Field::kPersonId);
    if (columns.person_id.empty()) return false;
  }
  if (!ReadInsurer(cell(Field::kInsurerNumber), has_card)) return false;
  const absl::string_view sex = cell(Field::kSex);
  if (sex.size() != 1 || (sex[0] != '1' && sex[0] != '2')) return false;
  const std::optional<absl::CivilDay> birth = base::ParseDay(cell(Field::kBirthDate));
  const std::optional<absl::CivilDay> day = base::ParseDay(cell(Field::kExamDate));
  if (!birth || !day) return false;
  const base::FiscalYear year = base::FiscalYear::Of(*day);
  if (year.first_year() < run_.options.first_fiscal_year ||
      year.first_year() > run_.options.last_fiscal_year) {
    return false;
  }
  const int age = base::AgeAtEndOf(year, *birth);
  if (age < 0 || age > 120) return false;
  absl::string_view program = cell(Field::kProgram);
  if (program.empty()) program = kProgramOfBlank;
  const std::optional<int> report_type = ReportTypeOfProgram(program);
  if (!report_type || (*report_type != 10 && !run_.options.employer_checkups)) return false;
  uint32_t residence, workplace;
  if (!FindMunicipality(cell(Field::kMunicipalityCode), cell(Field::kPostalCode), &residences_,
                        &residence) ||
      !FindMunicipality(cell(Field::kWorkMunicipalityCode), "", &workplaces_, &workplace)) {
    return false;
  }
  columns.insurer_number = insurer_;
  columns.symbol = cell(Field::kSymbol);
  columns.branch = cell(Field::kBranch);
  columns.birth_date = *birth;
  columns.sex = sex[0] == '1' ? 0 : 1;
  const absl::StatusOr<cohort::Person> person = run_.pseudonymiser.Make(columns);
  if (!person.ok()) return false;

  cohort::ExamBatch& batch = BatchFor(*report_type);
  batch.person.push_back(*person);
  batch.exam_date.push_back(*day);
  batch.program.emplace_back(program);
  batch.municipality.push_back(residence);
  batch.work_municipality.push_back(workplace);
  ++out_->report.by_fiscal_year[year.first_year()];
  ReadItems(row_.line, base::PeriodOf(year));
  return true;
}

void ExamRowsReader::ReadItems(uint64_t line, int period) {
  for (const QuickItem& item : items_) {
    const absl::string_view text = row_.fields[item.position];
    if (text.empty()) continue;
    if (item.is_coded) {
      if (text.size() <= 2 && period >= 1 && period <= kPeriods) {
        const auto high = static_cast<unsigned>(text[0] - '0');
        const auto low = static_cast<unsigned>(text.back() - '0');
        const unsigned code = text.size() == 1 ? low : high * 10 + low;
        if (high < 10 && low < 10 && code < kQuickCodes) {
          const int32_t value = item.codes[static_cast<size_t>(period - 1)][code];
          if (value >= 0) {
            Put(item.column, {value, ValueState::kValid});
            continue;
          }
        }
      }
    } else {
      const int64_t value = ParseQuickly(text, item.decimals);
      if (value >= item.first && value <= item.last) {
        Put(item.column, {static_cast<int32_t>(value), ValueState::kValid});
        continue;
      }
    }
    ReadItem(item, text, line, period);
  }
}

void ExamRowsReader::ReadItem(const QuickItem& item, absl::string_view raw, uint64_t line,
                              int period) {
  const absl::string_view text = Fold(raw, &buffer_);
  if (text.empty()) return;
  const catalogue::ItemColumn& column = run_.items.columns()[item.column];
  const Judgement judgement = JudgeCell(run_.items, static_cast<int>(item.column), text, period);
  Put(item.column, judgement.value);
  NoteJudgement(column, judgement, text, line, &out_->report.messages);
}

cohort::ExamBatch& ExamRowsReader::BatchFor(int report_type) {
  ++out_->report.records.seen;
  ++out_->report.records.accepted;
  if (batch_ != nullptr && batch_->report_type == report_type && batch_->size() < kMaxBatchRows) {
    return *batch_;
  }
  FinishBatch();
  if (out_->batch_count == out_->batches.size()) out_->batches.emplace_back();
  batch_ = &out_->batches[out_->batch_count++];
  batch_->person.clear();
  batch_->exam_date.clear();
  batch_->file_date_is_exam_date = true;
  batch_->report_type = report_type;
  batch_->program.clear();
  batch_->municipality.clear();
  batch_->work_municipality.clear();
  batch_->items.resize(run_.items.columns().size());
  for (policy::consent::ItemValues& column : batch_->items) {
    column.value.clear();
    column.state.clear();
  }
  return *batch_;
}

// Of the batch's last row.
inline void ExamRowsReader::Put(size_t column, ItemValue value) {
  policy::consent::ItemValues& values = batch_->items[column];
  const size_t row = batch_->size() - 1;
  if (row >= values.value.size()) {
    const size_t rows = std::max<size_t>({1024, row + 1, 2 * values.value.size()});
    values.value.resize(rows);
    values.state.resize(rows);
  }
  values.value[row] = value.value;
  values.state[row] = value.state;
}

void ExamRowsReader::FinishBatch() {
  if (batch_ == nullptr) return;
  const size_t rows = batch_->size();
  ImportReport& report = out_->report;
  for (size_t column = 0; column < batch_->items.size(); ++column) {
    policy::consent::ItemValues& values = batch_->items[column];
    ItemCounts& counts = report.items[column].counts;
    if (values.value.empty()) {
      counts.absent += rows;
      continue;
    }
    values.value.resize(rows);
    values.state.resize(rows);
    const auto count = [&values](ValueState state) {
      return static_cast<uint64_t>(std::count(values.state.begin(), values.state.end(), state));
    };
    const uint64_t valid = count(ValueState::kValid), absent = count(ValueState::kAbsent);
    if (valid + absent == rows) {
      counts.valid += valid;
      counts.absent += absent;
    } else {
      for (const ValueState state : values.state) counts.Count(state);
    }
  }
  report.without_municipality += static_cast<uint64_t>(
      std::count(batch_->municipality.begin(), batch_->municipality.end(), 0u));
  batch_ = nullptr;
}

}  // namespace renkei::agents::intake
