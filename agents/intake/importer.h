// The door of the room: one file of any kind -> records in the sink, and a report. Read this file
// first.
//
// A file or an archive is one transaction (definitions 15.8): a failure half way leaves nothing.
// Not thread-safe; one importer serves many files one after another.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "agents/cohort/pseudonym.h"
#include "agents/cohort/records.h"
#include "agents/intake/file_kind.h"
#include "agents/intake/options.h"
#include "agents/intake/report.h"
#include "policy/catalogue/catalogue.h"

namespace renkei::agents::intake {

// What `import` answers with: exit codes 0, 3 and 1 (definitions 15.8).
enum class Verdict : uint8_t { kAllAccepted, kPartly, kNothing };

struct FileOutcome {
  Verdict verdict = Verdict::kNothing;
  ImportReport report;
};

class Importer {
 public:
  // All references outlive the importer.
  Importer(const policy::catalogue::Catalogue& catalogue,
           const cohort::Pseudonymiser& pseudonymiser, cohort::RecordSink& sink,
           ImportOptions options);

  // `as` overrides the detection of a CSV file's kind. What is wrong with the content is in the
  // report, with verdict kNothing when nothing of it is kept. A status means that the file could
  // not be read, or that the sink failed (full disk); the transaction was rolled back then.
  absl::StatusOr<FileOutcome> ImportFile(const std::string& path, std::optional<FileKind> as,
                                         const Progress& progress);

 private:
  const policy::catalogue::Catalogue& catalogue_;
  const cohort::Pseudonymiser& pseudonymiser_;
  cohort::RecordSink& sink_;
  const ImportOptions options_;
  std::vector<std::pair<int, int>> pairs_;
};

}  // namespace renkei::agents::intake
