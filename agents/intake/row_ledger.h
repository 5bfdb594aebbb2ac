// What becomes of the records of one file, for the readers of foreign files: counts in the report,
// a place for the message, a line in the quarantine list. Not thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "agents/intake/csv_rows.h"
#include "agents/intake/import_run.h"
#include "agents/intake/quarantine.h"

namespace renkei::agents::intake {

class RowLedger {
 public:
  explicit RowLedger(ImportRun& run)
      : report_(*run.report), quarantine_(run.options.quarantine_dir, run.report->source) {}

  // One record that is not taken; `line` is where it starts.
  absl::Status Reject(const Rejection& rejection, uint64_t line);
  // One record that is in the sink; fiscal year 0: none.
  void Accept(cohort::PutOutcome stored, int fiscal_year);
  // The file as a whole is refused.
  void RefuseFile(MessageCode code, absl::string_view subject, absl::string_view detail,
                  std::string locator = "");
  // Ends the quarantine list and counts the file as taken.
  absl::Status Finish();

 private:
  ImportReport& report_;
  Quarantine quarantine_;
};

}  // namespace renkei::agents::intake
