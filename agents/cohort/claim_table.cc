#include "agents/cohort/claim_table.h"

#include <bit>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "agents/cohort/exam_chunk.h"
#include "agents/cohort/record_checks.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace base = policy::base;
using policy::sqlcipher::Statement;

namespace {

int DiseaseOf(const std::string& code) {
  int number = -1;
  if (code.size() != 4 || !absl::SimpleAtoi(code, &number) || number < 0) return -1;
  return number;
}

}  // namespace

int64_t MonthNumber(int year, int month) { return int64_t{year} * 12 + month - 1; }

ClaimForm ClaimForm::Unpack(int64_t packed) {
  ClaimForm form;
  form.type = static_cast<uint8_t>(packed >> 24);
  form.disease = static_cast<int>((packed >> 8) & 0xffff) - 1;
  form.days = static_cast<int>(packed & 0xff);
  return form;
}

absl::Status ClaimTable::Check(const ClaimRecord& record) {
  RENKEI_RETURN_IF_ERROR(CheckDay(record.person.birth_date, "birth_date"));
  if (record.service_year < 1868 || record.service_year >= 2200 || record.service_month < 1 ||
      record.service_month > 12) {
    return absl::InvalidArgumentError("service_month: not a month from 1868 to 2199");
  }
  if (record.claim_type > policy::catalogue::kPharmacy || !std::has_single_bit(record.claim_type)) {
    return absl::InvalidArgumentError("claim_type: not one type");
  }
  if (!record.disease_code.empty() && DiseaseOf(record.disease_code) < 0) {
    return absl::InvalidArgumentError("disease_code: not 4 digits");
  }
  if (record.days < 0 || record.days > kMaxClaimDays) {
    return absl::InvalidArgumentError(absl::StrCat("days: outside 0 to ", kMaxClaimDays));
  }
  if (record.points < 0 || record.points > kMaxPoints) {
    return absl::InvalidArgumentError(absl::StrCat("points: outside 0 to ", kMaxPoints));
  }
  return absl::OkStatus();
}

absl::Status ClaimTable::Check(const AbsenceRecord& record) {
  RENKEI_RETURN_IF_ERROR(CheckDay(record.person.birth_date, "birth_date"));
  RENKEI_RETURN_IF_ERROR(CheckDay(record.start, "start_date"));
  RENKEI_RETURN_IF_ERROR(CheckDay(record.end, "end_date"));
  if (record.start > record.end) {
    return absl::InvalidArgumentError("start_date lies after end_date");
  }
  if (record.cause > policy::catalogue::AbsenceCause::kOther) {
    return absl::InvalidArgumentError("cause: not a known cause");
  }
  return absl::OkStatus();
}

absl::StatusOr<PutOutcome> ClaimTable::Put(uint32_t person, const ClaimRecord& record) {
  if (file_ == 0) {
    RENKEI_RETURN_IF_ERROR(
        database_.Execute("UPDATE meta SET value = value + 1 WHERE name = 'claim_file'"));
    RENKEI_ASSIGN_OR_RETURN(Statement read,
                            database_.Prepare("SELECT value FROM meta WHERE name = 'claim_file'"));
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return absl::DataLossError("cohort store: no number for the file");
    file_ = read.Int(0);
  }
  const int64_t month = MonthNumber(record.service_year, record.service_month);
  const ClaimForm form{record.claim_type, DiseaseOf(record.disease_code), record.days};
  const auto bind_key = [&](Statement& statement, int first) -> Statement& {
    return statement.Bind(first, month)
        .Bind(first + 1, person)
        .Bind(first + 2, form.Pack())
        .Bind(first + 3, record.points);
  };
  RENKEI_ASSIGN_OR_RETURN(
      Statement find,
      database_.Prepare("SELECT copies, seen, file FROM claims WHERE month = ? AND person = ? AND "
                        "form = ? AND points = ?"));
  RENKEI_ASSIGN_OR_RETURN(const bool exists, bind_key(find, 1).Step());
  if (!exists) {
    RENKEI_ASSIGN_OR_RETURN(
        Statement insert,
        database_.Prepare("INSERT INTO claims(month, person, form, points, copies, seen, file) "
                          "VALUES(?, ?, ?, ?, 1, 1, ?)"));
    RENKEI_RETURN_IF_ERROR(bind_key(insert, 1).Bind(5, file_).Run());
    return PutOutcome::kNew;
  }
  const int64_t seen = find.Int(2) == file_ ? find.Int(1) + 1 : 1;
  const bool is_new = seen > find.Int(0);
  const int64_t copies = is_new ? seen : find.Int(0);
  find.Reset();
  RENKEI_ASSIGN_OR_RETURN(
      Statement update,
      database_.Prepare("UPDATE claims SET copies = ?, seen = ?, file = ? WHERE month = ? AND "
                        "person = ? AND form = ? AND points = ?"));
  update.Bind(1, copies).Bind(2, seen).Bind(3, file_);
  RENKEI_RETURN_IF_ERROR(bind_key(update, 4).Run());
  return is_new ? PutOutcome::kNew : PutOutcome::kUnchanged;
}

absl::StatusOr<PutOutcome> ClaimTable::Put(uint32_t person, const AbsenceRecord& record) {
  const int64_t year = base::FiscalYear::Of(record.start).first_year();
  const int64_t start = DayNumber(record.start);
  const int64_t end = DayNumber(record.end);
  const auto cause = static_cast<int64_t>(record.cause);
  RENKEI_ASSIGN_OR_RETURN(
      Statement find, database_.Prepare("SELECT last, cause FROM absences WHERE fiscal_year = ? "
                                        "AND person = ? AND start = ?"));
  RENKEI_ASSIGN_OR_RETURN(const bool exists,
                          find.Bind(1, year).Bind(2, person).Bind(3, start).Step());
  if (exists && find.Int(0) == end && find.Int(1) == cause) return PutOutcome::kUnchanged;
  find.Reset();
  RENKEI_ASSIGN_OR_RETURN(
      Statement write,
      database_.Prepare("INSERT OR REPLACE INTO absences(fiscal_year, person, start, last, cause) "
                        "VALUES(?, ?, ?, ?, ?)"));
  RENKEI_RETURN_IF_ERROR(
      write.Bind(1, year).Bind(2, person).Bind(3, start).Bind(4, end).Bind(5, cause).Run());
  return exists ? PutOutcome::kChanged : PutOutcome::kNew;
}

}  // namespace renkei::agents::cohort
