// renkei-agent consent stats: how many events of which type, and how many persons with which
// outcome. Coarse, as the coverage figures are (R15): nobody's statement shows in a difference.
#include <cstdio>
#include <map>
#include <memory>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "agents/app/agent.h"
#include "agents/app/consent_commands.h"
#include "agents/consent/ledger.h"
#include "nlohmann/json.hpp"
#include "policy/base/status.h"
#include "policy/consent/fold.h"
#include "policy/consent/gate.h"

namespace renkei::agents::app {

namespace consent = renkei::policy::consent;
using consent::FoldOutcome;

namespace {

struct Options {
  std::string dir;
  std::string purpose = "regional_planning";
  std::string format = "text";
  std::string language;
};

std::string Coarse(int64_t count) {
  const v1::CoarseCount coarse = consent::ToCoarseCount(count);
  return coarse.below_ten() ? "<10" : absl::StrCat(coarse.rounded_to_ten());
}

struct Counts {
  std::map<consent::EventType, int64_t> events;
  std::map<v1::DataCategory, std::map<FoldOutcome, int64_t>> persons;
  int64_t all_events = 0;
  int64_t all_persons = 0;
};

absl::StatusOr<Counts> Count(Agent& agent, v1::Purpose purpose) {
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore* const store, agent.cohort());
  const auto texts = consent::AcceptedTexts::FromConfig(agent.config());
  const absl::Time now = agent.Now();
  agents::consent::Ledger ledger(*store, texts);
  RENKEI_ASSIGN_OR_RETURN(const agents::consent::Snapshot snapshot,
                          ledger.Take({.purpose = purpose, .instant = now, .denials_until = now}));
  // Both cards of one person are one.
  RENKEI_ASSIGN_OR_RETURN(const cohort::CohortStore::Links links, store->BranchLinks());
  absl::flat_hash_map<cohort::PersonId, cohort::PersonId> other_card;
  for (const cohort::BranchLink& link : links.links) {
    other_card[link.without_branch] = link.with_branch;
  }
  Counts counts;
  std::set<cohort::PersonId> persons;
  RENKEI_RETURN_IF_ERROR(
      store->ForEachConsentEvent([&](const cohort::CohortStore::StoredEvent& stored) {
        ++counts.events[stored.event.type];
        ++counts.all_events;
        const auto other = other_card.find(stored.person);
        persons.insert(other == other_card.end() ? stored.person : other->second);
        return absl::OkStatus();
      }));
  counts.all_persons = static_cast<int64_t>(persons.size());
  for (const cohort::PersonId person : persons) {
    const consent::CategoryOutcomes outcomes = snapshot.Of({.person = person});
    for (const auto& category : consent::Words<v1::DataCategory>()) {
      ++counts.persons[category.value][outcomes.by_category[category.value]];
    }
  }
  return counts;
}

void PrintText(const Options& options, Counts& counts, const cohort::LedgerHead& head) {
  const bool ja = options.language == "ja";
  std::printf(ja ? "記録 %s 件、記録のある人 %s 人\n" : "%s events of %s persons\n",
              Coarse(counts.all_events).c_str(), Coarse(counts.all_persons).c_str());
  for (const auto& type : consent::Words<consent::EventType>()) {
    std::printf("  %s: %s\n", ja ? type.japanese : type.word,
                Coarse(counts.events[type.value]).c_str());
  }
  const v1::Purpose purpose = *consent::ParseWord<v1::Purpose>(options.purpose);
  std::printf(ja ? "目的「%s」について、いま（人）\n" : "for %s, now (persons)\n",
              std::string(consent::WordOf(purpose, ja)).c_str());
  for (const auto& category : consent::Words<v1::DataCategory>()) {
    auto& outcomes = counts.persons[category.value];
    std::printf(ja ? "  %s: 同意あり %s、拒否 %s、意思表示なし %s\n"
                   : "  %s: granted %s, denied %s, absent %s\n",
                ja ? category.japanese : category.word,
                Coarse(outcomes[FoldOutcome::kGranted]).c_str(),
                Coarse(outcomes[FoldOutcome::kDenied]).c_str(),
                Coarse(outcomes[FoldOutcome::kAbsent]).c_str());
  }
  std::printf(ja ? "台帳: %s 項目（詰め物を含む）、根 %s\n"
                 : "ledger: %s entries (padding included), root %s\n",
              Coarse(static_cast<int64_t>(head.size)).c_str(),
              policy::crypto::ToHex(head.root).c_str());
}

void PrintAsJson(const Options& options, Counts& counts, const cohort::LedgerHead& head) {
  nlohmann::ordered_json out;
  out["events"] = Coarse(counts.all_events);
  out["persons"] = Coarse(counts.all_persons);
  for (const auto& type : consent::Words<consent::EventType>()) {
    out["by_type"][type.word] = Coarse(counts.events[type.value]);
  }
  out["purpose"] = options.purpose;
  for (const auto& category : consent::Words<v1::DataCategory>()) {
    auto& outcomes = counts.persons[category.value];
    out["by_category"][category.word] = {{"granted", Coarse(outcomes[FoldOutcome::kGranted])},
                                         {"denied", Coarse(outcomes[FoldOutcome::kDenied])},
                                         {"absent", Coarse(outcomes[FoldOutcome::kAbsent])}};
  }
  out["ledger"] = {{"entries", Coarse(static_cast<int64_t>(head.size))},
                   {"root", policy::crypto::ToHex(head.root)}};
  PrintJson(out);
}

absl::Status Stats(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  const std::optional<v1::Purpose> purpose = consent::ParseWord<v1::Purpose>(options.purpose);
  if (!purpose.has_value()) {
    return absl::InvalidArgumentError("--purpose: unknown; see `consent record --help`");
  }
  RENKEI_ASSIGN_OR_RETURN(Counts counts, Count(*agent, *purpose));
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore* const store, agent->cohort());
  RENKEI_ASSIGN_OR_RETURN(const cohort::LedgerHead head, store->ConsentLedgerHead());
  if (options.format == "json") {
    PrintAsJson(options, counts, head);
  } else {
    PrintText(options, counts, head);
  }
  return absl::OkStatus();
}

}  // namespace

void AddConsentStatsCommand(CLI::App& consent, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = consent.add_subcommand(
      "stats", "Events by type and persons by outcome, in tens; below ten as <10");
  AddDirOption(*command, options->dir);
  command->add_option("--purpose", options->purpose, "Default: regional_planning");
  command->add_option("--format", options->format)->check(CLI::IsMember({"text", "json"}));
  AddLanguageOption(*command, options->language);
  command->callback([options, &action] {
    action = [options] {
      const absl::Status status = Stats(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
