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
#include "agents/app/counted_rounds.h"
#include "agents/app/person_file.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"

namespace renkei::agents::app {
namespace {

using Traces = cohort::CohortStore::Traces;

struct Options {
  std::string dir;
  std::string person;
  bool yes = false;
};

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
    if (traces.has_unclear_records) {
      std::fputs(
          "  the same card without a branch number has records; if they are this person's, name\n"
          "  the card again without the branch\n",
          stdout);
    }
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

const char* AdviceText(RoundStanding standing) {
  switch (standing) {
    case RoundStanding::kNotSent:
      return "not sent yet: it is counted anew before it leaves";
    case RoundStanding::kSentOpen:
      return "sent: run `renkei-agent submit` again before the round closes";
    case RoundStanding::kSentLastRevision:
      return "sent for the last time: ask the secretariat before it closes the round";
    case RoundStanding::kSentClosed:
      return "sent and closed: counts of groups stay; the next release is without the person";
  }
  return "";
}

// Rounds of the years that have counts of this member, prepared or delivered.
absl::Status PrintRounds(Agent& agent, const std::set<int>& years) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<CountedRound> rounds, CountedRoundsOf(agent, years));
  for (const CountedRound& round : rounds) {
    std::printf("round %s, area %s, fiscal year %u, revision %u: %s\n",
                policy::base::Printable(round.round_id).c_str(),
                policy::base::Printable(round.area_code).c_str(), round.fiscal_year, round.revision,
                AdviceText(round.standing));
  }
  if (rounds.empty()) std::fputs("no round of these years has counts of this member\n", stdout);
  return absl::OkStatus();
}

absl::Status OfPerson(const absl::Status& status, size_t number) {
  return {status.code(), absl::StrCat("person ", number, ": ", status.message())};
}

absl::Status Forget(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<cohort::Person> persons,
                          ReadPersonFile(options.person, agent->MakePseudonymiser()));
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore* const store, agent->cohort());
  // Nothing is counted while persons go.
  RENKEI_ASSIGN_OR_RETURN(const policy::base::FolderLock lock, agent->TakeSenderLock(60));
  // Everything is shown and noted before the first erasure: what is erased can no longer say which
  // rounds it was in, should the erasing stop half way.
  std::set<int> years;
  int64_t known = 0;
  for (size_t i = 0; i < persons.size(); ++i) {
    const absl::StatusOr<Traces> traces = store->TracesOf(persons[i]);
    if (!traces.ok()) return OfPerson(traces.status(), i + 1);
    Print(i + 1, *traces);
    known += traces->persons == 0 ? 0 : 1;
    for (const policy::base::FiscalYear year : traces->fiscal_years) {
      years.insert(year.first_year());
    }
  }
  if (known != 0) RENKEI_RETURN_IF_ERROR(PrintRounds(*agent, years));
  if (!options.yes) {
    std::fputs("nothing was erased; run again with --yes to erase\n", stdout);
    return absl::OkStatus();
  }
  if (known != 0) {
    RENKEI_RETURN_IF_ERROR(agent->outbox().Note(
        "forget", absl::StrCat(known, " persons; fiscal years ", absl::StrJoin(years, " ")),
        agent->Now()));
  }
  // Also for persons that are gone: an earlier erasure may have left its journal.
  absl::Status first_failure;
  int64_t erased = 0;
  for (size_t i = 0; i < persons.size(); ++i) {
    const absl::StatusOr<Traces> traces = store->Forget(persons[i]);
    if (traces.ok()) {
      erased += traces->persons == 0 ? 0 : 1;
    } else if (first_failure.ok()) {
      first_failure = OfPerson(traces.status(), i + 1);
    }
  }
  RENKEI_RETURN_IF_ERROR(first_failure);
  std::printf(
      "erased: %lld of %zu persons. Files in the folders inbox, processing, quarantine and done, "
      "and backups, are not touched; importing a file with the person brings the records back\n",
      static_cast<long long>(erased), persons.size());
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
