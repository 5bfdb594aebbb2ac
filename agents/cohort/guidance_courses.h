// Courses of guidance whose report states no fiscal year (hg08). A course belongs to the year of
// the person's latest checkup on or before its first day; without one, to the year of that day
// (definitions 5.5). Checkups may come after the course, so the year is found when rows are read.
// Touches the disk through the given connection; stateless.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "agents/cohort/person_index.h"
#include "agents/cohort/records.h"
#include "agents/cohort/year_people.h"
#include "policy/base/fiscal_year.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

struct GuidanceCourse {
  uint32_t person = 0;  // canonical row number
  PersonWord word = 0;
  int64_t first_day = 0;
  bool is_started = false;    // the first interview is dated
  bool is_completed = false;  // as FACT_GUIDANCE_COMPLETED
};

class GuidanceCourses {
 public:
  explicit GuidanceCourses(policy::sqlcipher::Database& database) : database_(database) {}

  // Known by person and first day. The report with the later file date stands, of one day the
  // evaluated one; what it replaces, or what is older, changes nothing. Needs an open transaction
  // and `record.course_day`.
  absl::StatusOr<PutOutcome> Put(uint32_t person, PersonWord word, const GuidanceRecord& record);

  // Is there a course that may belong to the year? Cheap.
  absl::StatusOr<bool> MayHave(policy::base::FiscalYear year);

  // Courses that belong to the year. Reads the keys of later years' checkups only as far as there
  // are courses, those of earlier years only for persons without a checkup in this one.
  absl::StatusOr<std::vector<GuidanceCourse>> Of(policy::base::FiscalYear year,
                                                 const CardLinks& links);

 private:
  policy::sqlcipher::Database& database_;
};

}  // namespace renkei::agents::cohort
