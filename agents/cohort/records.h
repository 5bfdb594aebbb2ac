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
};

struct ConsentRecord {
  Person person;
  policy::consent::Event event;
};

enum class PutOutcome { kNew, kChanged, kUnchanged };

// Where intake puts records. One file (or one archive) is one transaction: BeginFile, Put..., then
// CommitFile or RollbackFile. `source` names the file without its folder.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual absl::Status BeginFile(const std::string& source) = 0;
  virtual absl::StatusOr<PutOutcome> PutExam(const ExamRecord& record) = 0;
  virtual absl::StatusOr<PutOutcome> PutRoster(const RosterRecord& record) = 0;
  virtual absl::StatusOr<PutOutcome> PutGuidance(const GuidanceRecord& record) = 0;
  virtual absl::StatusOr<PutOutcome> PutConsent(const ConsentRecord& record) = 0;
  virtual absl::Status CommitFile() = 0;
  virtual void RollbackFile() = 0;
};

}  // namespace renkei::agents::cohort
