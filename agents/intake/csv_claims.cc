// Rows of claims.csv and absence.csv (csv.md). A claim without month, type or points and an absence
// without its days say nothing that could be counted, so such a row is rejected; a doubtful
// disease, number of days or cause leaves the row and becomes unknown.
#include "agents/intake/csv_rows.h"
#include "agents/intake/service_month.h"
#include "agents/intake/text.h"

namespace renkei::agents::intake {
namespace {

namespace catalogue = policy::catalogue;
using catalogue::AbsenceCause;

template <typename Value>
struct Word {
  const char* word;
  Value value;
};

constexpr Word<uint8_t> kClaimTypes[] = {
    {"inpatient", catalogue::kInpatient},
    {"outpatient", catalogue::kOutpatient},
    {"dental", catalogue::kDental},
    {"pharmacy", catalogue::kPharmacy},
};
constexpr Word<AbsenceCause> kCauses[] = {
    {"female_specific", AbsenceCause::kFemaleSpecific},
    {"pregnancy", AbsenceCause::kPregnancy},
    {"mental", AbsenceCause::kMental},
    {"lifestyle", AbsenceCause::kLifestyle},
    {"orthopaedic", AbsenceCause::kOrthopaedic},
    {"neoplasm", AbsenceCause::kNeoplasm},
    {"other", AbsenceCause::kOther},
};
// A month has 31 days; a claim never states more.
constexpr int kMostDays = 31;

template <typename Value, size_t N>
std::optional<Value> Find(const Word<Value> (&words)[N], absl::string_view text) {
  for (const Word<Value>& word : words) {
    if (text == word.word) return word.value;
  }
  return std::nullopt;
}

Rejection Reject(MessageCode code, Field field, absl::string_view text = "") {
  return {code, FieldName(field), text.empty() ? std::string() : ValueShape(text)};
}

}  // namespace

std::optional<Rejection> CsvRowReader::ReadClaim(CsvCells& cells, cohort::ClaimRecord* out) {
  std::string insurer;
  if (auto rejection = ReadPerson(cells, &out->person, &insurer)) return rejection;
  const absl::string_view month_text = cells.Get(Field::kServiceMonth);
  if (month_text.empty()) return Reject(MessageCode::kHdrMissing, Field::kServiceMonth);
  const std::optional<absl::CivilMonth> month = ParseServiceMonth(month_text);
  if (!month) return Reject(MessageCode::kHdrFormat, Field::kServiceMonth, month_text);
  out->service_year = static_cast<int>(month->year());
  out->service_month = month->month();
  const policy::base::FiscalYear year = FiscalYearOfMonth(out->service_year, out->service_month);
  if (year.first_year() < options_.first_fiscal_year ||
      year.first_year() > options_.last_fiscal_year) {
    return Reject(MessageCode::kFyRange, Field::kServiceMonth);
  }
  if (auto rejection = CheckAge(year, out->person)) return rejection;

  const absl::string_view type_text = cells.Get(Field::kClaimType);
  if (type_text.empty()) return Reject(MessageCode::kHdrMissing, Field::kClaimType);
  const std::optional<uint8_t> type = Find(kClaimTypes, type_text);
  if (!type) return Reject(MessageCode::kValCode, Field::kClaimType, type_text);
  out->claim_type = *type;

  const absl::string_view points_text = cells.Get(Field::kPoints);
  if (points_text.empty()) return Reject(MessageCode::kHdrMissing, Field::kPoints);
  const std::optional<int> points = ParseCount(points_text);
  if (!points) return Reject(MessageCode::kValFormat, Field::kPoints, points_text);
  out->points = *points;

  const absl::string_view days_text = cells.Get(Field::kDays);
  const std::optional<int> days = ParseCount(days_text);
  out->days = days && *days <= kMostDays ? *days : 0;
  if (!days_text.empty() && (!days || *days > kMostDays)) {
    Warn(days ? MessageCode::kValRange : MessageCode::kValFormat, Level::kDropValue,
         FieldName(Field::kDays), days_text, cells.line());
  }
  const absl::string_view disease = cells.Get(Field::kDiseaseCode);
  out->disease_code.clear();
  if (disease.size() == 4 && IsAllDigits(disease)) {
    out->disease_code = std::string(disease);
  } else if (!disease.empty()) {
    Warn(MessageCode::kValCode, Level::kDropValue, FieldName(Field::kDiseaseCode), disease,
         cells.line());
  }
  return std::nullopt;
}

std::optional<Rejection> CsvRowReader::ReadAbsence(CsvCells& cells, cohort::AbsenceRecord* out) {
  std::string insurer;
  if (auto rejection = ReadPerson(cells, &out->person, &insurer)) return rejection;
  std::optional<absl::CivilDay> start, end;
  if (auto rejection = ReadDay(cells, Field::kStartDate, true, &start)) return rejection;
  if (auto rejection = ReadDay(cells, Field::kEndDate, true, &end)) return rejection;
  if (*end < *start) return Reject(MessageCode::kHdrFormat, Field::kEndDate);
  const policy::base::FiscalYear year = policy::base::FiscalYear::Of(*start);
  if (year.first_year() < options_.first_fiscal_year ||
      year.first_year() > options_.last_fiscal_year) {
    return Reject(MessageCode::kFyRange, Field::kStartDate);
  }
  if (auto rejection = CheckAge(year, out->person)) return rejection;
  out->start = *start;
  out->end = *end;

  const absl::string_view cause_text = cells.Get(Field::kCause);
  const std::optional<AbsenceCause> cause = Find(kCauses, cause_text);
  out->cause = cause.value_or(AbsenceCause::kOther);
  if (!cause_text.empty() && !cause) {
    Warn(MessageCode::kValCode, Level::kDropValue, FieldName(Field::kCause), cause_text,
         cells.line());
  }
  return std::nullopt;
}

}  // namespace renkei::agents::intake
