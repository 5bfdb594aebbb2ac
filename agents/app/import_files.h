// One import as both `import` and the daemon do it: intake into the cohort store, with the agent's
// limits, quarantine and member kind.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/app/agent.h"
#include "agents/intake/column_map.h"
#include "agents/intake/disease_classes.h"
#include "agents/intake/importer.h"

namespace renkei::agents::app {

class FileImport {
 public:
  // The agent outlives this.
  static absl::StatusOr<FileImport> Make(Agent& agent);

  // Text files are a facility's own layout from now on: a map file, or the name of a shipped one.
  absl::Status UseColumnMap(const std::string& path_or_name);
  // Classes of the diseases of UKE claims; the configuration's table otherwise.
  absl::Status UseDiseaseTable(const std::string& path);

  absl::StatusOr<intake::FileOutcome> Import(const std::string& path,
                                             std::optional<intake::FileKind> as,
                                             const intake::Progress& progress);
  // Who is on the roster without examination, the reverse, and who was examined twice, for the
  // fiscal years of the reports; every report gets the figures of its own years.
  absl::Status CrossCheck(std::vector<intake::FileOutcome>& outcomes);

 private:
  FileImport(Agent& agent, cohort::Pseudonymiser pseudonymiser)
      : agent_(agent), pseudonymiser_(std::move(pseudonymiser)) {}

  Agent& agent_;
  cohort::Pseudonymiser pseudonymiser_;
  std::shared_ptr<const intake::ColumnMap> map_;
  std::shared_ptr<const intake::DiseaseClasses> diseases_;
};

// "roster.csv: nothing imported: CSV_HEADER birth_date: ... (line 1)": the worst message of a
// report whose file was not taken whole; empty when all was accepted.
std::string ShortReason(const intake::FileOutcome& outcome, bool japanese);

}  // namespace renkei::agents::app
