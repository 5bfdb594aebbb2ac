// What the readers of one import share, and the two roads through it: a CSV file, or national XML
// (an archive or a single document). Internal to the room; the door is importer.h.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "agents/cohort/pseudonym.h"
#include "agents/cohort/records.h"
#include "agents/intake/column_map.h"
#include "agents/intake/encoding.h"
#include "agents/intake/file_kind.h"
#include "agents/intake/options.h"
#include "agents/intake/report.h"
#include "policy/catalogue/areas.h"
#include "policy/catalogue/items.h"

namespace renkei::agents::intake {

struct ImportRun {
  const policy::catalogue::ItemTable& items;
  const policy::catalogue::AreaTable& areas;
  // Pairs of columns that count only together (definitions 3).
  const std::vector<std::pair<int, int>>& pairs;
  const cohort::Pseudonymiser& pseudonymiser;
  cohort::RecordSink& sink;
  const ImportOptions& options;
  const Progress& progress;
  ImportReport* report;

  void Advance(uint64_t done_bytes, uint64_t total_bytes) const {
    if (progress) progress({done_bytes, total_bytes, report->records.seen});
  }
};

// A transaction that is rolled back unless committed.
class SinkTransaction {
 public:
  explicit SinkTransaction(cohort::RecordSink* sink) : sink_(sink) {}
  ~SinkTransaction() {
    if (is_open_) sink_->RollbackFile();
  }
  SinkTransaction(const SinkTransaction&) = delete;
  SinkTransaction& operator=(const SinkTransaction&) = delete;
  absl::Status Begin(const std::string& source);
  absl::Status Commit();

 private:
  cohort::RecordSink* sink_;
  bool is_open_ = false;
};

// These return a status only for a failure (unreadable disk, full store); a refusal of the content
// is a message in the report, and nothing of the file is kept.
absl::Status ImportCsv(ImportRun& run, InputFile& file, std::optional<FileKind> as);
absl::Status ImportMapped(ImportRun& run, InputFile& file, const ColumnMap& map);
absl::Status ImportUke(ImportRun& run, InputFile& file);
absl::Status ImportFhir(ImportRun& run, InputFile& file);
absl::Status ImportArchive(ImportRun& run, const std::string& path, uint64_t size);
absl::Status ImportDocument(ImportRun& run, InputFile& file);

}  // namespace renkei::agents::intake
