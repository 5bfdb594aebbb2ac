// renkei-agent forget: erases persons from the store on request and says which rounds had counted
// them. Without --yes it only shows what would go. Person columns come from a file or from
// standard input, never from the command line, which other users of the machine can read.
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "agents/app/person_lines.h"
#include "policy/base/status.h"

namespace renkei::agents::app {
namespace {

using Traces = cohort::CohortStore::Traces;

struct Options {
  std::string dir;
  std::string person;
  bool yes = false;
};

absl::StatusOr<std::string> ReadText(const std::string& path) {
  const bool is_stdin = path == "-";
  std::FILE* const file = is_stdin ? stdin : std::fopen(path.c_str(), "re");
  if (file == nullptr) {
    return absl::NotFoundError(absl::StrCat("cannot open ", path, "; is the name right?"));
  }
  std::string text(kMaxPersonText + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  const bool failed = std::ferror(file) != 0;
  if (!is_stdin) (void)std::fclose(file);
  if (failed) return absl::UnavailableError(absl::StrCat("cannot read ", path));
  return text;
}

std::string YearsOf(const Traces& traces) {
  std::vector<int> years;
  for (const policy::base::FiscalYear year : traces.fiscal_years) {
    years.push_back(year.first_year());
  }
  return years.empty() ? "none" : absl::StrJoin(years, ", ");
}

void Print(size_t number, const Traces& traces) {
  if (traces.persons == 0) {
    std::printf("person %zu: not in the store\n", number);
    return;
  }
  std::printf(
      "person %zu: %lld examinations, %lld roster rows, %lld guidance courses, %lld claims, %lld "
      "absences, %lld consent events; fiscal years %s\n",
      number, static_cast<long long>(traces.examinations),
      static_cast<long long>(traces.roster_rows), static_cast<long long>(traces.guidance_courses),
      static_cast<long long>(traces.claims), static_cast<long long>(traces.absences),
      static_cast<long long>(traces.consent_events), YearsOf(traces).c_str());
  if (traces.has_unclear_records) {
    std::printf(
        "  records without a branch number on the same card may belong to this person or to "
        "another; they stay\n");
  }
}

// Rounds of the years that have counts of this member, prepared or delivered.
absl::Status PrintRounds(Agent& agent, const std::set<int>& years) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::Round> rounds, agent.rounds().All());
  bool any = false;
  for (const v1::Round& round : rounds) {
    v1::RoundDescriptor descriptor;
    if (!descriptor.ParseFromString(round.descriptor_bytes())) continue;
    if (!years.contains(static_cast<int>(descriptor.fiscal_year()))) continue;
    RENKEI_ASSIGN_OR_RETURN(const std::optional<contribute::OutboxEntry> entry,
                            agent.outbox().CurrentOf(descriptor.round_id()));
    if (!entry.has_value()) continue;
    any = true;
    const bool has_left = entry->state == contribute::OutboxState::kAcknowledged ||
                          entry->state == contribute::OutboxState::kSent;
    const char* advice = !has_left ? "not sent yet: it is counted anew before it leaves"
                         : round.state() == v1::ROUND_STATE_OPEN
                             ? "sent: run `renkei-agent submit` again before the round closes"
                             : "sent and closed: counts of groups stay; the next release is "
                               "without the person";
    std::printf("round %s, area %s, fiscal year %u, revision %u: %s\n",
                Printable(descriptor.round_id()).c_str(), Printable(descriptor.area_code()).c_str(),
                descriptor.fiscal_year(), entry->revision, advice);
  }
  if (!any) std::fputs("no round of these years has counts of this member\n", stdout);
  return absl::OkStatus();
}

absl::Status Forget(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::string text, ReadText(options.person));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<cohort::Person> persons,
                          ParsePersonLines(text, agent->MakePseudonymiser()));
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore* const store, agent->cohort());
  // Nothing is counted while persons go.
  RENKEI_ASSIGN_OR_RETURN(const FolderLock lock, agent->TakeSenderLock(60));
  std::set<int> years;
  int64_t known = 0;
  for (size_t i = 0; i < persons.size(); ++i) {
    RENKEI_ASSIGN_OR_RETURN(const Traces traces, options.yes ? store->Forget(persons[i].key)
                                                             : store->TracesOf(persons[i].key));
    Print(i + 1, traces);
    known += traces.persons == 0 ? 0 : 1;
    for (const policy::base::FiscalYear year : traces.fiscal_years) years.insert(year.first_year());
  }
  if (known == 0) return absl::OkStatus();
  RENKEI_RETURN_IF_ERROR(PrintRounds(*agent, years));
  if (!options.yes) {
    std::fputs("nothing was erased; run again with --yes to erase\n", stdout);
    return absl::OkStatus();
  }
  RENKEI_RETURN_IF_ERROR(
      agent->outbox().Note("forgotten", absl::StrCat(known, " persons"), agent->Now()));
  std::printf(
      "erased: %lld of %zu persons. Files in the inbox's done folder and backups are not touched; "
      "importing a file with the person brings the records back\n",
      static_cast<long long>(known), persons.size());
  return absl::OkStatus();
}

}  // namespace

void AddForgetCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("forget", "Erase persons on request and name the rounds concerned");
  AddDirOption(*command, options->dir);
  command
      ->add_option("--person", options->person,
                   "File with a header of person columns and a line per person; - reads standard "
                   "input")
      ->required();
  command->add_flag("--yes", options->yes, "Erase; without it only show what would go");
  command->callback([options, &action] {
    action = [options] {
      const absl::Status status = Forget(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
