// CohortStore: examinations, one by one and as batches.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agents/cohort/record_checks.h"
#include "agents/cohort/store_state.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
using policy::consent::ItemValues;

namespace {

constexpr size_t kLookAhead = 8;  // rows

absl::Status CheckReportType(int report_type) {
  if (report_type >= 0 && report_type <= 255) return absl::OkStatus();
  return absl::InvalidArgumentError("report type: outside 0..255");
}

absl::Status CheckProgram(const std::string& program) {
  if (program.size() <= kMaxProgramBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("program: longer than ", kMaxProgramBytes, " bytes"));
}

absl::Status CheckMunicipality(uint32_t code, absl::string_view column) {
  if (code <= 999999) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(column, ": not a code of 6 digits"));
}

absl::Status CheckRow(const ExamBatch& batch, size_t row) {
  RENKEI_RETURN_IF_ERROR(CheckDay(batch.exam_date[row], "exam_date"));
  RENKEI_RETURN_IF_ERROR(CheckDay(batch.person[row].birth_date, "birth_date"));
  if (batch.person[row].sex > 1) {
    return absl::InvalidArgumentError("sex: neither male nor female");
  }
  RENKEI_RETURN_IF_ERROR(CheckProgram(batch.program[row]));
  RENKEI_RETURN_IF_ERROR(CheckMunicipality(batch.municipality[row], "municipality"));
  return CheckMunicipality(batch.work_municipality[row], "work_municipality");
}

// Before anything is written, so that a refused batch leaves nothing.
absl::Status CheckBatch(const ExamBatch& batch, size_t columns) {
  const size_t rows = batch.size();
  RENKEI_RETURN_IF_ERROR(CheckReportType(batch.report_type));
  if (batch.exam_date.size() != rows || batch.program.size() != rows ||
      batch.municipality.size() != rows || batch.work_municipality.size() != rows) {
    return absl::InvalidArgumentError("batch of examinations: columns of different lengths");
  }
  if (batch.items.size() > columns) {
    return absl::InvalidArgumentError("items: more values than the item table has columns");
  }
  for (const ItemValues& items : batch.items) {
    if (items.value.size() != items.state.size() ||
        (!items.value.empty() && items.value.size() != rows)) {
      return absl::InvalidArgumentError("batch of examinations: columns of different lengths");
    }
  }
  for (size_t row = 0; row < rows; ++row) {
    RENKEI_RETURN_IF_ERROR(
        base::Annotate(CheckRow(batch, row), absl::StrCat("row ", row, " of the batch")));
  }
  return absl::OkStatus();
}

PutOutcome OutcomeOf(ExamVerdict verdict) {
  switch (verdict) {
    case ExamVerdict::kNew:
      return PutOutcome::kNew;
    case ExamVerdict::kChanged:
      return PutOutcome::kChanged;
    case ExamVerdict::kUnchanged:
    case ExamVerdict::kOlderFile:
      return PutOutcome::kUnchanged;
  }
  return PutOutcome::kUnchanged;
}

}  // namespace

absl::StatusOr<PutOutcome> CohortStore::PutExam(const ExamRecord& record) {
  State& s = *state_;
  RENKEI_RETURN_IF_ERROR(s.RequireFile());
  // Everything that may refuse the record comes before anything is written for it.
  RENKEI_RETURN_IF_ERROR(CheckDay(record.exam_date, "exam_date"));
  RENKEI_RETURN_IF_ERROR(CheckDay(record.person.birth_date, "birth_date"));
  RENKEI_RETURN_IF_ERROR(CheckReportType(record.report_type));
  RENKEI_RETURN_IF_ERROR(CheckProgram(record.program));
  if (record.items.size() > s.current.columns) {
    return absl::InvalidArgumentError("items: more values than the item table has columns");
  }
  ExamFacts facts;
  RENKEI_ASSIGN_OR_RETURN(facts.residence, MunicipalityNumber(record.municipality, "municipality"));
  RENKEI_ASSIGN_OR_RETURN(facts.work,
                          MunicipalityNumber(record.work_municipality, "work_municipality"));
  RENKEI_ASSIGN_OR_RETURN(const State::FoundPerson person, s.FindOrAdd(record.person, false));
  facts.person = person.id;
  facts.fiscal_year = base::FiscalYear::Of(record.exam_date).first_year();
  facts.rank = RankOf(record.report_type, record.exam_date);
  facts.file_day = static_cast<int32_t>(DayNumber(record.file_date));
  facts.report_type = record.report_type;
  facts.program = &record.program;
  facts.digest = s.digests.OfFacts(facts.report_type, facts.residence, facts.work, record.program) +
                 s.digests.OfItems(record.items);
  RENKEI_ASSIGN_OR_RETURN(const ExamVerdict verdict, s.exams.Put(facts));
  if (verdict == ExamVerdict::kOlderFile) ++s.counts.superseded;
  if (verdict == ExamVerdict::kNew || verdict == ExamVerdict::kChanged) {
    s.exams.open().SetLastItems(record.items);
    RENKEI_RETURN_IF_ERROR(s.exams.WriteIfFull());
    s.records_changed = true;
  }
  return OutcomeOf(verdict);
}

absl::StatusOr<PutCounts> CohortStore::PutExams(const ExamBatch& batch) {
  State& s = *state_;
  RENKEI_RETURN_IF_ERROR(s.RequireFile());
  RENKEI_RETURN_IF_ERROR(CheckBatch(batch, s.current.columns));
  std::vector<uint64_t> digests(batch.size(), 0);
  s.digests.AddItems(batch.items, digests);
  PutCounts counts;
  // Rows of the open chunk whose items are still in the batch only.
  std::vector<uint32_t> waiting;
  int waiting_year = 0;
  const auto add_items = [&] {
    if (!waiting.empty()) s.exams.open().SetItems(batch.items, waiting);
    waiting.clear();
  };
  ExamFacts facts;
  facts.report_type = batch.report_type;
  for (size_t row = 0; row < batch.size(); ++row) {
    if (row + kLookAhead < batch.size()) {
      s.persons.index().Prefetch(batch.person[row + kLookAhead].key.exact);
    }
    RENKEI_ASSIGN_OR_RETURN(const State::FoundPerson person, s.FindOrAdd(batch.person[row], false));
    facts.person = person.id;
    facts.fiscal_year = base::FiscalYear::Of(batch.exam_date[row]).first_year();
    facts.rank = RankOf(batch.report_type, batch.exam_date[row]);
    facts.file_day = static_cast<int32_t>(DayNumber(batch.FileDateOf(row)));
    facts.residence = batch.municipality[row];
    facts.work = batch.work_municipality[row];
    facts.program = &batch.program[row];
    facts.digest = digests[row] + s.digests.OfFacts(facts.report_type, facts.residence, facts.work,
                                                    *facts.program);
    if (facts.fiscal_year != waiting_year) add_items();
    RENKEI_ASSIGN_OR_RETURN(const ExamVerdict verdict, s.exams.Put(facts));
    waiting_year = facts.fiscal_year;
    switch (verdict) {
      case ExamVerdict::kOlderFile:
        ++s.counts.superseded;
        [[fallthrough]];
      case ExamVerdict::kUnchanged:
        ++counts.unchanged;
        continue;
      case ExamVerdict::kChanged:
        ++counts.changed;
        break;
      case ExamVerdict::kNew:
        ++counts.added;
        break;
    }
    s.records_changed = true;
    waiting.push_back(static_cast<uint32_t>(row));
    if (!s.exams.open_is_full()) continue;
    add_items();
    RENKEI_RETURN_IF_ERROR(s.exams.WriteIfFull());
  }
  add_items();
  return counts;
}

}  // namespace renkei::agents::cohort
