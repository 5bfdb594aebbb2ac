// Person, date and residence columns, and the rows of roster, exams and guidance. Consents:
// csv_consents.cc.
#include "agents/intake/csv_rows.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "agents/intake/residence.h"
#include "agents/intake/text.h"
#include "agents/intake/values.h"
#include "policy/crypto/check_digit.h"

namespace renkei::agents::intake {
namespace {

namespace base = policy::base;
namespace catalogue = policy::catalogue;

Rejection Reject(MessageCode code, Field field, absl::string_view text = "") {
  return {code, FieldName(field), text.empty() ? std::string() : ValueShape(text)};
}

std::optional<uint8_t> ParseSex(absl::string_view text) {
  if (text == "1" || text == "男" || text == "M") return 0;
  if (text == "2" || text == "女" || text == "F") return 1;
  return std::nullopt;
}

template <size_t N>
bool IsOneOf(absl::string_view text, const std::array<const char*, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<const char*, 5> kExclusions = {"pregnancy", "prison", "abroad", "long_stay",
                                                    "facility"};
constexpr std::array<const char*, 7> kRelationships = {"1", "2", "3", "4", "5", "6", "7"};
constexpr std::array<const char*, 11> kPrograms = {"000", "010", "020", "030", "040", "060",
                                                   "070", "080", "090", "100", "990"};
constexpr absl::string_view kEmployerCheckup = "030", kUnknownProgram = "000";
constexpr std::array<const char*, 3> kOutcomes = {"completed", "dropped", "ongoing"};

}  // namespace

// 41 employer's, 40 another examination.
std::optional<int> ReportTypeOfProgram(absl::string_view program) {
  if (!IsOneOf(program, kPrograms)) return std::nullopt;
  if (program == kProgramOfBlank || program == kUnknownProgram) return 10;
  return program == kEmployerCheckup ? 41 : 40;
}

Judgement JudgeCell(const catalogue::ItemTable& items, int column, absl::string_view text,
                    int period) {
  const catalogue::ItemColumn& item = items.columns()[static_cast<size_t>(column)];
  return item.is_coded ? JudgeCodeOfPeriod(items, column, text, period)
                       : JudgeNumber(item, text, Mark::kNone);
}

void NoteJudgement(const catalogue::ItemColumn& column, const Judgement& judgement,
                   absl::string_view text, uint64_t line, MessageLog* messages) {
  const auto note = [&](MessageCode code) {
    if (Place* place = messages->Add(code, column.name, ValueShape(text))) {
      place->locator = absl::StrCat("line ", line);
    }
  };
  if (judgement.message) note(*judgement.message);
  if (judgement.has_cut_decimals) note(MessageCode::kValDecimals);
}

void CsvRowReader::Warn(MessageCode code, Level level, absl::string_view column,
                        absl::string_view text, uint64_t line) {
  if (Place* place = report_->messages.Add(code, level, column, ValueShape(text))) {
    place->locator = absl::StrCat("line ", line);
  }
}

std::optional<Rejection> CsvRowReader::ReadPerson(CsvCells& cells, cohort::Person* out,
                                                  std::string* insurer) {
  const absl::string_view number = cells.Get(Field::kNumber);
  const absl::string_view person_id = cells.Get(Field::kPersonId);
  const absl::string_view insurer_text = cells.Get(Field::kInsurerNumber);
  const bool has_card = !number.empty();
  if (!has_card && person_id.empty()) {
    return Reject(MessageCode::kHdrMissing,
                  header_.Has(Field::kPersonId) ? Field::kPersonId : Field::kNumber);
  }
  insurer->clear();
  if (!insurer_text.empty() && (has_card || insurer_text != "unknown")) {
    if ((insurer_text.size() != 8 && insurer_text.size() != 6) || !IsAllDigits(insurer_text)) {
      return Reject(MessageCode::kHdrFormat, Field::kInsurerNumber, insurer_text);
    }
    absl::StrAppend(insurer, insurer_text.size() == 6 ? "00" : "", insurer_text);
    if (!policy::crypto::InsurerNumberIsValid(*insurer)) {
      Warn(MessageCode::kCheckDigit, Level::kWarn, FieldName(Field::kInsurerNumber), insurer_text,
           cells.line());
    }
  } else if (has_card) {
    return Reject(MessageCode::kHdrMissing, Field::kInsurerNumber);
  }

  const absl::string_view sex_text = cells.Get(Field::kSex);
  if (sex_text.empty()) return Reject(MessageCode::kHdrMissing, Field::kSex);
  const std::optional<uint8_t> sex = ParseSex(sex_text);
  if (!sex) return Reject(MessageCode::kHdrFormat, Field::kSex, sex_text);
  std::optional<absl::CivilDay> birth;
  if (auto rejection = ReadDay(cells, Field::kBirthDate, true, &birth)) return rejection;

  cohort::PersonColumns columns;
  columns.insurer_number = *insurer;
  columns.symbol = cells.Get(Field::kSymbol);
  columns.number = number;
  columns.branch = cells.Get(Field::kBranch);
  columns.person_id = has_card ? absl::string_view() : person_id;
  columns.birth_date = *birth;
  columns.sex = *sex;
  absl::StatusOr<cohort::Person> person = pseudonymiser_.Make(columns);
  if (!person.ok()) {
    return Reject(MessageCode::kHdrFormat, has_card ? Field::kNumber : Field::kPersonId,
                  has_card ? number : person_id);
  }
  *out = *std::move(person);
  return std::nullopt;
}

std::optional<Rejection> CsvRowReader::ReadDay(CsvCells& cells, Field field, bool required,
                                               std::optional<absl::CivilDay>* out) {
  const absl::string_view text = cells.Get(field);
  if (text.empty()) {
    return required ? std::optional(Reject(MessageCode::kHdrMissing, field)) : std::nullopt;
  }
  *out = base::ParseDay(text);
  if (!*out) return Reject(MessageCode::kHdrFormat, field, text);
  return std::nullopt;
}

std::optional<Rejection> CsvRowReader::ReadFiscalYear(CsvCells& cells, base::FiscalYear* out) {
  const absl::string_view text = cells.Get(Field::kFiscalYear);
  if (text.empty()) return Reject(MessageCode::kHdrMissing, Field::kFiscalYear);
  const std::optional<int> year = text.size() == 4 ? ParseCount(text) : std::nullopt;
  if (!year) return Reject(MessageCode::kHdrFormat, Field::kFiscalYear, text);
  if (*year < options_.first_fiscal_year || *year > options_.last_fiscal_year) {
    return Reject(MessageCode::kFyRange, Field::kFiscalYear, text);
  }
  *out = base::FiscalYear(*year);
  return std::nullopt;
}

std::optional<Rejection> CsvRowReader::CheckAge(base::FiscalYear year,
                                                const cohort::Person& person) {
  const int age = base::AgeAtEndOf(year, person.birth_date);
  if (age < 0 || age > 120) return Reject(MessageCode::kAgeRange, Field::kBirthDate);
  return std::nullopt;
}

std::string CsvRowReader::ReadResidence(CsvCells& cells) {
  const absl::string_view code = cells.Get(Field::kMunicipalityCode);
  const absl::string_view postal = cells.Get(Field::kPostalCode);
  Residence residence = FromColumns(areas_, code, postal);
  if (residence.message) {
    Warn(*residence.message, Level::kDropValue,
         FieldName(code.empty() ? Field::kPostalCode : Field::kMunicipalityCode),
         code.empty() ? postal : code, cells.line());
  }
  return std::move(residence.municipality);
}

std::string CsvRowReader::ReadWorkplace(CsvCells& cells) {
  const absl::string_view code = cells.Get(Field::kWorkMunicipalityCode);
  Residence residence = FromMunicipalityCode(areas_, code);
  if (residence.message) {
    Warn(*residence.message, Level::kDropValue, FieldName(Field::kWorkMunicipalityCode), code,
         cells.line());
  }
  return std::move(residence.municipality);
}

std::optional<Rejection> CsvRowReader::ReadRoster(CsvCells& cells, cohort::RosterRecord* out) {
  if (auto rejection = ReadPerson(cells, &out->person, &out->insurer_number)) return rejection;
  if (auto rejection = ReadFiscalYear(cells, &out->fiscal_year)) return rejection;
  if (auto rejection = CheckAge(out->fiscal_year, out->person)) return rejection;
  std::optional<absl::CivilDay> from, to;
  if (auto rejection = ReadDay(cells, Field::kEnrolledFrom, false, &from)) return rejection;
  if (auto rejection = ReadDay(cells, Field::kEnrolledTo, false, &to)) return rejection;
  out->enrolled_from = from.value_or(out->fiscal_year.first_day());
  out->enrolled_to = to.value_or(out->fiscal_year.last_day());
  if (out->enrolled_to < out->enrolled_from) {
    return Reject(MessageCode::kHdrFormat, to ? Field::kEnrolledTo : Field::kEnrolledFrom);
  }
  if (options_.member_kind == v1::MEMBER_KIND_WORKPLACE &&
      cells.Get(Field::kInsurerNumber).empty()) {
    // Read as `unknown`; who counts the person (definitions 15.3) hangs on it.
    Warn(MessageCode::kHdrMissing, Level::kWarn, FieldName(Field::kInsurerNumber), "",
         cells.line());
  }
  out->municipality = ReadResidence(cells);
  out->work_municipality = ReadWorkplace(cells);
  const auto read_code = [&](Field field, const auto& words, std::string* value) {
    const absl::string_view text = cells.Get(field);
    value->clear();
    if (text.empty()) return;
    if (IsOneOf(text, words)) {
      *value = std::string(text);
    } else {
      Warn(MessageCode::kValCode, Level::kDropValue, FieldName(field), text, cells.line());
    }
  };
  read_code(Field::kExclusion, kExclusions, &out->exclusion);
  read_code(Field::kRelationship, kRelationships, &out->relationship);
  return std::nullopt;
}

std::optional<Rejection> CsvRowReader::ReadExam(CsvCells& cells, cohort::ExamRecord* out) {
  std::string insurer;
  if (auto rejection = ReadPerson(cells, &out->person, &insurer)) return rejection;
  std::optional<absl::CivilDay> day;
  if (auto rejection = ReadDay(cells, Field::kExamDate, true, &day)) return rejection;
  const base::FiscalYear year = base::FiscalYear::Of(*day);
  if (year.first_year() < options_.first_fiscal_year ||
      year.first_year() > options_.last_fiscal_year) {
    return Reject(MessageCode::kFyRange, Field::kExamDate);
  }
  if (auto rejection = CheckAge(year, out->person)) return rejection;
  out->exam_date = *day;
  // The file states no date of its own; taking the clock's would make a second import differ.
  out->file_date = *day;

  const absl::string_view program = cells.Get(Field::kProgram);
  absl::string_view chosen = program.empty() ? kProgramOfBlank : program;
  std::optional<int> report_type = ReportTypeOfProgram(chosen);
  if (!report_type) {
    chosen = kUnknownProgram;
    report_type = ReportTypeOfProgram(chosen);
    Warn(MessageCode::kValCode, Level::kDropValue, FieldName(Field::kProgram), program,
         cells.line());
  }
  out->program = std::string(chosen);
  out->report_type = *report_type;
  if (out->report_type != 10 && !options_.employer_checkups) {
    return Reject(MessageCode::kHdrReport, Field::kProgram, program);
  }
  out->municipality = ReadResidence(cells);
  out->work_municipality = ReadWorkplace(cells);
  ReadItems(cells, base::PeriodOf(year), out);
  return std::nullopt;
}

void CsvRowReader::ReadItems(CsvCells& cells, int period, cohort::ExamRecord* out) {
  out->items.assign(items_.columns().size(), catalogue::ItemValue());
  for (const CsvHeader::ItemAt& at : header_.items) {
    const absl::string_view text = cells.At(at.position, &buffer_);
    if (text.empty()) continue;
    const auto column = static_cast<size_t>(at.column);
    const Judgement judgement = JudgeCell(items_, at.column, text, period);
    out->items[column] = judgement.value;
    NoteJudgement(items_.columns()[column], judgement, text, cells.line(), &report_->messages);
  }
}

std::optional<Rejection> CsvRowReader::ReadGuidance(CsvCells& cells, cohort::GuidanceRecord* out) {
  std::string insurer;
  if (auto rejection = ReadPerson(cells, &out->person, &insurer)) return rejection;
  if (auto rejection = ReadFiscalYear(cells, &out->fiscal_year)) return rejection;
  if (auto rejection = CheckAge(out->fiscal_year, out->person)) return rejection;
  out->first_interview.reset();
  out->final_evaluation.reset();
  if (auto rejection = ReadDay(cells, Field::kFirstInterviewDate, false, &out->first_interview)) {
    return rejection;
  }
  if (auto rejection = ReadDay(cells, Field::kFinalEvaluationDate, false, &out->final_evaluation)) {
    return rejection;
  }
  const auto dropped = [&](Field field, absl::string_view text, MessageCode code) {
    Warn(code, Level::kDropValue, FieldName(field), text, cells.line());
  };
  const absl::string_view level = cells.Get(Field::kLevel);
  out->level = level == "1" ? 1 : level == "2" ? 2 : 0;
  if (!level.empty() && out->level == 0) dropped(Field::kLevel, level, MessageCode::kValCode);
  const absl::string_view points = cells.Get(Field::kPoints);
  out->points = ParseCount(points);
  if (!points.empty() && !out->points) dropped(Field::kPoints, points, MessageCode::kValFormat);
  const absl::string_view outcome = cells.Get(Field::kOutcome);
  out->outcome.clear();
  if (IsOneOf(outcome, kOutcomes)) {
    out->outcome = std::string(outcome);
  } else if (!outcome.empty()) {
    dropped(Field::kOutcome, outcome, MessageCode::kValCode);
  }
  return std::nullopt;
}

}  // namespace renkei::agents::intake
