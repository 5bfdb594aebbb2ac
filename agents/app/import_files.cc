#include "agents/app/import_files.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agents/cohort/year_scan.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/status.h"

namespace renkei::agents::app {

absl::StatusOr<FileImport> FileImport::Make(Agent& agent) {
  FileImport import(agent, agent.MakePseudonymiser());
  if (!agent.config().disease_table().empty()) {
    RENKEI_RETURN_IF_ERROR(import.UseDiseaseTable(agent.config().disease_table()));
  }
  return import;
}

absl::Status FileImport::UseColumnMap(const std::string& path_or_name) {
  RENKEI_ASSIGN_OR_RETURN(const policy::catalogue::Catalogue* catalogue, agent_.catalogue());
  RENKEI_ASSIGN_OR_RETURN(intake::ColumnMap map,
                          intake::LoadColumnMap(path_or_name, *catalogue, agent_.config().kind()));
  map_ = std::make_shared<const intake::ColumnMap>(std::move(map));
  return absl::OkStatus();
}

absl::Status FileImport::UseDiseaseTable(const std::string& path) {
  RENKEI_ASSIGN_OR_RETURN(intake::DiseaseClasses table, intake::DiseaseClasses::Load(path));
  diseases_ = std::make_shared<const intake::DiseaseClasses>(std::move(table));
  return absl::OkStatus();
}

absl::StatusOr<intake::FileOutcome> FileImport::Import(const std::string& path,
                                                       std::optional<intake::FileKind> as,
                                                       const intake::Progress& progress) {
  RENKEI_ASSIGN_OR_RETURN(const policy::catalogue::Catalogue* catalogue, agent_.catalogue());
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore * store, agent_.cohort());
  intake::ImportOptions options;
  options.limits = intake::ImportLimits::FromConfig(agent_.config().import_limits());
  options.quarantine_dir = agent_.workspace().Path("quarantine");
  options.member_kind = agent_.config().kind();
  options.map = map_;
  options.diseases = diseases_;
  intake::Importer importer(*catalogue, pseudonymiser_, *store, std::move(options));
  return importer.ImportFile(path, as, progress);
}

absl::Status FileImport::CrossCheck(std::vector<intake::FileOutcome>& outcomes) {
  std::map<int, cohort::ScanCounts> by_year;
  for (const intake::FileOutcome& outcome : outcomes) {
    for (const auto& [year, count] : outcome.report.by_fiscal_year) by_year[year];
  }
  if (by_year.empty()) return absl::OkStatus();
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore * store, agent_.cohort());
  for (auto& [year, counts] : by_year) {
    cohort::RowQuery query;
    query.fiscal_year = policy::base::FiscalYear(year);
    query.member_kind = agent_.config().kind();
    query.geography_of = [](const std::string&) { return std::optional<int>(0); };
    query.unknown_geography = 1;
    RENKEI_ASSIGN_OR_RETURN(counts,
                            cohort::ForEachBatch(*store, query,
                                                 [](const policy::consent::RowBatch&,
                                                    const std::vector<cohort::ConsentSubjectRef>&) {
                                                   return absl::OkStatus();
                                                 }));
  }
  for (intake::FileOutcome& outcome : outcomes) {
    intake::ImportReport& report = outcome.report;
    if (report.by_fiscal_year.empty()) continue;
    uint64_t twice = 0;
    uint64_t no_roster = 0;
    uint64_t no_exam = 0;
    for (const auto& [year, count] : report.by_fiscal_year) {
      const cohort::ScanCounts& counts = by_year[year];
      twice += static_cast<uint64_t>(counts.further_exams);
      no_roster += static_cast<uint64_t>(counts.exam_without_roster);
      no_exam += static_cast<uint64_t>(counts.roster_without_exam);
    }
    report.persons_in_two_exams = twice;
    report.exams_without_roster = no_roster;
    report.roster_without_exam = no_exam;
  }
  return absl::OkStatus();
}

std::string ShortReason(const intake::FileOutcome& outcome, bool japanese) {
  if (outcome.verdict == intake::Verdict::kAllAccepted) return "";
  const bool nothing = outcome.verdict == intake::Verdict::kNothing;
  std::string out =
      absl::StrCat(outcome.report.source, ": ",
                   nothing ? "nothing imported"
                           : absl::StrCat(outcome.report.records.rejected, " of ",
                                          outcome.report.records.seen, " records rejected"));
  for (const intake::Message* message : outcome.report.messages.Ordered()) {
    if (message->level < intake::Level::kRejectRecord) continue;
    absl::StrAppend(&out, ": ", intake::CodeName(message->code),
                    message->subject.empty() ? "" : " ", message->subject,
                    message->shape.empty() ? "" : absl::StrCat(" (", message->shape, ")"), ": ",
                    intake::CodeText(message->code, japanese));
    if (!message->examples.empty()) {
      const intake::Place& place = message->examples.front();
      const bool both = !place.member.empty() && !place.locator.empty();
      const std::string where = absl::StrCat(place.member, both ? " " : "", place.locator);
      if (!where.empty()) absl::StrAppend(&out, " (", where, ")");
    }
    break;
  }
  return out;
}

}  // namespace renkei::agents::app
