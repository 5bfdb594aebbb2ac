// renkei-agent import: files into the cohort store. Exit codes 0 all accepted, 3 some records or
// files rejected and the rest imported, 1 nothing imported (definitions 15.8).
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "agents/app/import_files.h"
#include "agents/app/import_run.h"
#include "agents/app/progress_line.h"
#include "policy/base/printable.h"

namespace renkei::agents::app {
namespace {

struct Totals {
  uint64_t files_taken = 0;
  uint64_t files_rejected = 0;
  uint64_t accepted = 0;
  uint64_t rejected = 0;
  bool any_partly = false;
};

int ExitCode(const Totals& totals) {
  if (totals.files_taken == 0) return kFailure;
  return totals.files_rejected > 0 || totals.any_partly ? kPartly : kDone;
}

void PrintReports(const ImportRequest& options, const std::vector<intake::FileOutcome>& outcomes,
                  const Totals& totals) {
  if (options.report == "json") {
    std::fputs("[", stdout);
    for (size_t i = 0; i < outcomes.size(); ++i) {
      if (i > 0) std::fputs(",", stdout);
      std::fputs(intake::RenderJson(outcomes[i].report).c_str(), stdout);
    }
    std::fputs("]\n", stdout);
    return;
  }
  const bool japanese = options.language == "ja";
  for (const intake::FileOutcome& outcome : outcomes) {
    std::fputs(policy::base::Printable(
                   intake::RenderText(outcome.report, japanese ? intake::Language::kJapanese
                                                               : intake::Language::kEnglish),
                   true)
                   .c_str(),
               stdout);
    std::fputs("\n", stdout);
  }
  std::printf(japanese
                  ? "合計: ファイル %llu 件採用、%llu 件不採用。記録 %llu 件採用、%llu 件不採用\n"
                  : "total: %llu files imported, %llu rejected; %llu records accepted, %llu "
                    "rejected\n",
              static_cast<unsigned long long>(totals.files_taken),
              static_cast<unsigned long long>(totals.files_rejected),
              static_cast<unsigned long long>(totals.accepted),
              static_cast<unsigned long long>(totals.rejected));
}

}  // namespace

int RunImport(const ImportRequest& options) {
  absl::StatusOr<std::unique_ptr<Agent>> agent = Agent::Open(options.dir);
  if (!agent.ok()) return Fail(agent.status());
  absl::StatusOr<FileImport> import = FileImport::Make(**agent);
  if (!import.ok()) return Fail(import.status());
  if (!options.map.empty()) {
    if (const absl::Status status = import->UseColumnMap(options.map); !status.ok()) {
      return Fail(status);
    }
  }
  if (!options.disease_table.empty()) {
    if (const absl::Status status = import->UseDiseaseTable(options.disease_table); !status.ok()) {
      return Fail(status);
    }
  }
  std::optional<intake::FileKind> as;
  if (!options.as.empty()) as = intake::ParseCsvKind(options.as);

  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  Totals totals;
  std::vector<intake::FileOutcome> outcomes;
  for (const std::string& file : options.files) {
    const std::string name = std::filesystem::path(file).filename().string();
    ProgressLine progress(policy::base::Printable(name), stderr, is_terminal, options.quiet);
    absl::StatusOr<intake::FileOutcome> outcome = import->Import(
        file, as, [&](const intake::ProgressStep& step) { progress.Show(step, (*agent)->Now()); });
    progress.Finish();
    if (!outcome.ok()) {
      ++totals.files_rejected;
      Fail(absl::Status(
          outcome.status().code(),
          absl::StrCat(outcome.status().message(), "; nothing of ", name, " was imported")));
      continue;
    }
    const bool nothing = outcome->verdict == intake::Verdict::kNothing;
    ++(nothing ? totals.files_rejected : totals.files_taken);
    totals.any_partly = totals.any_partly || outcome->verdict == intake::Verdict::kPartly;
    totals.accepted += nothing ? 0 : outcome->report.records.accepted;
    totals.rejected += outcome->report.records.rejected;
    if (const std::string reason = ShortReason(*outcome, options.language == "ja");
        !reason.empty()) {
      std::fprintf(stderr, "renkei-agent: %s\n", policy::base::Printable(reason).c_str());
    }
    outcomes.push_back(*std::move(outcome));
  }
  if (totals.files_taken > 0) {
    if (const absl::Status status = import->CrossCheck(outcomes); !status.ok()) return Fail(status);
  }
  PrintReports(options, outcomes, totals);
  return ExitCode(totals);
}

void AddImportOptions(CLI::App& command, ImportRequest& request) {
  AddDirOption(command, request.dir);
  command
      .add_option("files", request.files,
                  request.as.empty() ? "Files: zip, xml, csv, uke or json; the kind is detected"
                                     : "CSV files")
      ->required();
  command.add_flag("--quiet", request.quiet, "No progress");
  command.add_option("--lang", request.language, "Language of the report")
      ->check(CLI::IsMember({"ja", "en"}));
  command.add_option("--report", request.report, "Form of the report")
      ->check(CLI::IsMember({"text", "json"}));
  command.footer(
      "Exit codes: 0 all accepted, 3 some rejected and the rest imported, 1 nothing "
      "imported.");
}

void AddImportCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<ImportRequest>();
  CLI::App* command =
      app.add_subcommand("import", "Read health checkup, guidance and claims files into the agent");
  AddImportOptions(*command, *options);
  CLI::Option* as =
      command->add_option("--as", options->as, "Kind of the CSV files")
          ->check(CLI::IsMember({"exams", "roster", "guidance", "claims", "absence", "consents"}));
  command
      ->add_option("--map", options->map,
                   "Column map of a facility's own CSV layout: a file, or checkup_centre_kana or "
                   "company_clinic")
      ->excludes(as);
  command->add_option("--disease-table", options->disease_table,
                      "CSV disease_code,class (7 and 4 digits) for UKE claims");
  command->callback([options, &action] { action = [options] { return RunImport(*options); }; });
}

}  // namespace renkei::agents::app
