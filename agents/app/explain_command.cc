// renkei-agent explain: what a measure counts, in words, and whom each clause takes out of the
// member's own data. Exact numbers, for the member's own officer; nothing leaves.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "agents/cohort/year_scan.h"
#include "agents/consent/ledger.h"
#include "agents/evaluate/clause_counts.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/catalogue/wording.h"
#include "policy/consent/gate.h"

namespace renkei::agents::app {

namespace catalogue = renkei::policy::catalogue;

namespace {

struct Options {
  std::string dir;
  std::string measure;
  int fiscal_year = 0;
  std::string language = "ja";
  bool list = false;
};

void Print(const std::vector<std::string>& lines, int indent = 0) {
  for (const std::string& line : lines) {
    std::printf("%*s%s\n", indent, "", policy::base::Printable(line).c_str());
  }
}

void PrintList(const catalogue::Catalogue& definitions, bool japanese) {
  const auto row = [japanese](const auto& one, const char* kind) {
    std::printf("%-40s %-8s %s\n", one.id().c_str(), kind,
                policy::base::Printable(japanese ? one.name_ja() : one.name_en()).c_str());
  };
  for (const v1::Measure& measure : definitions.definitions().measure()) {
    row(measure, measure.has_magnitude() ? "sum" : "count");
  }
  for (const v1::DerivedIndicator& indicator : definitions.definitions().derived()) {
    row(indicator, "derived");
  }
}

struct Explained {
  evaluate::ClauseCounts counts;
  cohort::ScanCounts scan;
  int first_year_on_record = 0;
};

// Everybody on the roster or examined, wherever they live, under the configured basis now.
absl::StatusOr<Explained> CountClauses(Agent& agent, const catalogue::Catalogue& definitions,
                                       const evaluate::ClauseProgram& program,
                                       policy::base::FiscalYear year) {
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore * store, agent.cohort());
  RENKEI_ASSIGN_OR_RETURN(const policy::consent::BasisTable basis,
                          policy::consent::BasisTable::FromConfig(agent.config()));
  RENKEI_ASSIGN_OR_RETURN(const policy::consent::ConsentGate gate,
                          policy::consent::ConsentGate::Make(definitions.definitions(), basis));
  const policy::consent::AcceptedTexts texts =
      policy::consent::AcceptedTexts::FromConfig(agent.config());
  consent::Ledger ledger(*store, texts);
  const absl::Time now = agent.Now();
  RENKEI_ASSIGN_OR_RETURN(
      const consent::Snapshot snapshot,
      ledger.Take(
          {.purpose = v1::PURPOSE_REGIONAL_PLANNING, .instant = now, .denials_until = now}));
  cohort::RowQuery query;
  query.fiscal_year = year;
  query.age_rule = definitions.age_rule();
  query.member_kind = agent.config().kind();
  query.insurer_numbers = {agent.config().insurer_numbers().begin(),
                           agent.config().insurer_numbers().end()};
  query.geography_of = [](const std::string&) -> std::optional<int> { return 0; };
  query.unknown_geography = 0;
  query.needed_columns = program.needed_columns();
  query.previous_columns = program.previous_columns();
  query.with_previous = program.reads_previous();
  query.with_attendance = program.reads_attendance();
  query.amounts = program.amounts();
  Explained explained{.counts = program.None(), .scan = {}};
  RENKEI_ASSIGN_OR_RETURN(
      explained.scan, cohort::ForEachBatch(
                          *store, query,
                          [&](policy::consent::RowBatch rows,
                              std::vector<cohort::ConsentSubjectRef> refs) -> absl::Status {
                            explained.first_year_on_record = rows.first_year_on_record.first_year();
                            const auto outcomes = snapshot.OutcomesFor(refs);
                            program.Add(gate.Admit(std::move(rows), outcomes), &explained.counts);
                            return absl::OkStatus();
                          }));
  return explained;
}

void PrintCount(int64_t count, absl::string_view text) {
  std::printf("%12lld  %s\n", static_cast<long long>(count), policy::base::Printable(text).c_str());
}

// Every line of the clause, the first behind its number.
void PrintClause(int64_t count, absl::string_view head, const v1::Condition& clause,
                 const catalogue::Catalogue& definitions, catalogue::Language language) {
  const std::vector<std::string> lines =
      catalogue::DescribeCondition(clause, definitions, language);
  PrintCount(count, absl::StrCat(head, lines.front()));
  Print({lines.begin() + 1, lines.end()}, 16);
}

void PrintExplained(const Explained& explained, const evaluate::ClauseProgram& program,
                    const catalogue::Catalogue& definitions, catalogue::Language language,
                    const v1::Measure& measure, int fiscal_year) {
  const bool ja = language == catalogue::Language::kJapanese;
  const evaluate::ClauseCounts& counts = explained.counts;
  std::printf("\n%s %d\n", ja ? "この会員のデータ、年度" : "In this member's data, fiscal year",
              fiscal_year);
  PrintCount(counts.persons,
             ja ? "人（40〜74歳、居住地を問わない）" : "persons (40 to 74, wherever they live)");
  PrintCount(-counts.not_permitted,
             ja ? "同意・根拠がない" : "not permitted by consent or legal basis");
  for (size_t i = 0; i < counts.removed.size(); ++i) {
    PrintClause(-counts.removed[i], ja ? "当たらない: " : "not: ", program.clauses()[i],
                definitions, language);
  }
  if (measure.has_magnitude()) {
    PrintCount(counts.n, ja ? "合計の対象" : "whose amounts or values are summed");
    return;
  }
  PrintCount(-counts.undecided, ja ? "判定できない" : "cannot be decided");
  PrintCount(counts.n, ja ? "分母 n" : "n, the denominator");
  PrintCount(counts.k, ja ? "分子 k" : "k, the numerator");
  for (size_t i = 0; i < counts.part_true.size(); ++i) {
    PrintClause(counts.part_true[i], ja ? "  うち: " : "  of n: ", program.parts()[i], definitions,
                language);
  }
  if (program.reads_attendance()) {
    PrintCount(explained.first_year_on_record,
               ja ? "記録のある最初の年度" : "is the first fiscal year on record");
  }
}

absl::Status Explain(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const catalogue::Catalogue* definitions, agent->catalogue());
  const bool ja = options.language == "ja";
  const auto language = ja ? catalogue::Language::kJapanese : catalogue::Language::kEnglish;
  if (options.list) {
    PrintList(*definitions, ja);
    return absl::OkStatus();
  }
  if (options.measure.empty()) {
    return absl::InvalidArgumentError("name a measure with --measure, or use --list to see them");
  }
  for (const v1::DerivedIndicator& indicator : definitions->definitions().derived()) {
    if (indicator.id() != options.measure) continue;
    Print(catalogue::DescribeDerived(indicator, language));
    return absl::OkStatus();
  }
  const v1::Measure* measure = definitions->FindMeasure(options.measure);
  if (measure == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("no measure is named '", options.measure, "'; --list shows every one"));
  }
  Print(catalogue::DescribeMeasure(*measure, *definitions, language));
  if (options.fiscal_year == 0) return absl::OkStatus();
  const policy::base::FiscalYear year(options.fiscal_year);
  RENKEI_ASSIGN_OR_RETURN(const evaluate::ClauseProgram program,
                          evaluate::ClauseProgram::Compile(*definitions, options.measure, year));
  RENKEI_ASSIGN_OR_RETURN(const Explained explained,
                          CountClauses(*agent, *definitions, program, year));
  PrintExplained(explained, program, *definitions, language, *measure, options.fiscal_year);
  return absl::OkStatus();
}

}  // namespace

void AddExplainCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "explain", "Say in words what a measure counts, and whom each clause takes out");
  AddDirOption(*command, options->dir);
  command->add_option("--measure", options->measure, "Id of the measure");
  command
      ->add_option("--fiscal-year", options->fiscal_year,
                   "Also count in this year's data; default: the definition only")
      ->check(CLI::Range(2008, 2199));
  command->add_option("--language", options->language, "Default: ja")
      ->check(CLI::IsMember({"ja", "en"}));
  command->add_flag("--list", options->list, "Every measure with its kind and name");
  command->callback([options, &action] {
    action = [options] {
      const absl::Status status = Explain(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
