// What intake hands to the cohort store: typed records that already carry a pseudonym instead of
// card numbers, and a municipality instead of a postal code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "policy/base/fiscal_year.h"
#include "policy/catalogue/amount.h"
#include "policy/catalogue/value.h"
#include "policy/consent/events.h"
#include "policy/consent/rows.h"

namespace renkei::agents::cohort {

// The two keyed hashes of one person (R32). `without_branch` finds the only person of a card number
// when a file leaves the branch out; it is empty for persons known by person_id.
struct PersonKey {
  policy::consent::SubjectKey exact{};
  std::optional<policy::consent::SubjectKey> without_branch;
  bool branch_absent = false;
};

struct Person {
  PersonKey key;
  uint8_t sex = 0;  // 0 male, 1 female
  absl::CivilDay birth_date;
};

struct ExamRecord {
  Person person;
  absl::CivilDay exam_date;
  absl::CivilDay file_date;  // tie-break (definitions 1.6)
  int report_type = 10;      // 10 specific checkup, 40/41 employer
  std::string program = "010";
  std::string municipality;       // 6 digits; empty = unknown
  std::string work_municipality;  // 6 digits; empty = unknown
  // By ItemTable column; shorter vectors are padded with absent values.
  std::vector<policy::catalogue::ItemValue> items;
};

struct RosterRecord {
  Person person;
  policy::base::FiscalYear fiscal_year;
  std::string municipality;  // 6 digits; empty = unknown
  std::string work_municipality;
  absl::CivilDay enrolled_from;  // inclusive
  absl::CivilDay enrolled_to;    // inclusive
  std::string exclusion;         // empty, or a reason code
  std::string relationship;
  // 8 digits; empty = unknown. Attribution (definitions 15.3).
  std::string insurer_number;
};

struct GuidanceRecord {
  Person person;
  policy::base::FiscalYear fiscal_year;
  int level = 0;  // 1, 2
  std::optional<absl::CivilDay> first_interview;
  std::optional<absl::CivilDay> final_evaluation;
  std::optional<int> points;
  std::string outcome;  // completed, dropped, ongoing or empty
  // First day of a course whose report states no fiscal year: the person's checkups decide
  // (definitions 5.5), `fiscal_year` is that of the day. Not set: the file states the year.
  std::optional<absl::CivilDay> course_day;
  absl::CivilDay file_date;  // with course_day: of two reports of a course the later one stands
};

// One claim. It is known by all its fields (person, month, type, disease, days and points); of
// claims that agree in all of them as many are stored as the one file with most of them brought. So
// a file again changes nothing, and files of several clinics or months stand side by side. No file
// takes away what another one brought: a corrected claim is a further claim.
struct ClaimRecord {
  Person person;
  int service_year = 0;      // calendar year
  int service_month = 0;     // 1..12
  uint8_t claim_type = 0;    // one bit of catalogue::ClaimType
  std::string disease_code;  // 4 digits; empty = unknown
  int days = 0;
  int64_t points = 0;  // 10 yen each
};

// One absence per person and first day; another end or cause corrects it.
struct AbsenceRecord {
  Person person;
  absl::CivilDay start;
  absl::CivilDay end;  // inclusive
  policy::catalogue::AbsenceCause cause = policy::catalogue::AbsenceCause::kOther;
};

struct ConsentRecord {
  Person person;
  policy::consent::Event event;
  // How it was collected, for the ledger's record: a word of RecordFacts, or empty. Two events that
  // differ in nothing else are the same.
  std::string collection_method;
};

// Many examinations of one file at once, column-wise: the fast road of large CSV files. Row i is
// one examination; every vector has the same length, items may be empty columns.
struct ExamBatch {
  std::vector<Person> person;
  std::vector<absl::CivilDay> exam_date;
  absl::CivilDay file_date;
  // The file states no date of its own: each row counts as written on its examination day, and
  // file_date is not read.
  bool file_date_is_exam_date = false;
  int report_type = 10;  // of all rows
  std::vector<std::string> program;
  std::vector<uint32_t> municipality;              // 6 digits as a number, 0 = unknown
  std::vector<uint32_t> work_municipality;         // likewise
  std::vector<policy::consent::ItemValues> items;  // by ItemTable column

  size_t size() const { return person.size(); }
  absl::CivilDay FileDateOf(size_t row) const {
    return file_date_is_exam_date ? exam_date[row] : file_date;
  }
};

ExamRecord RowOf(const ExamBatch& batch, size_t row);

struct PutCounts {
  int64_t added = 0;
  int64_t changed = 0;
  int64_t unchanged = 0;
};

enum class PutOutcome { kNew, kChanged, kUnchanged };

// Where intake puts records. One file (or one archive) is one transaction: BeginFile, Put..., then
// CommitFile or RollbackFile. `source` names the file without its folder.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual absl::Status BeginFile(const std::string& source) = 0;
  virtual absl::StatusOr<PutOutcome> PutExam(const ExamRecord& record) = 0;
  // As PutExam for every row in order; all or an error.
  virtual absl::StatusOr<PutCounts> PutExams(const ExamBatch& batch) = 0;
  virtual absl::StatusOr<PutOutcome> PutRoster(const RosterRecord& record) = 0;
  virtual absl::StatusOr<PutOutcome> PutGuidance(const GuidanceRecord& record) = 0;
  virtual absl::StatusOr<PutOutcome> PutClaim(const ClaimRecord& record) = 0;
  virtual absl::StatusOr<PutOutcome> PutAbsence(const AbsenceRecord& record) = 0;
  virtual absl::StatusOr<PutOutcome> PutConsent(const ConsentRecord& record) = 0;
  virtual absl::Status CommitFile() = 0;
  virtual void RollbackFile() = 0;
};

}  // namespace renkei::agents::cohort
