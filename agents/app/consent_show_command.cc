// renkei-agent consent show: the events of a person, and for every purpose and category what they
// come to, why, and whether the person may be counted. For the member's own officer; nothing
// leaves.
#include <cstdio>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/app/agent.h"
#include "agents/app/consent_commands.h"
#include "agents/app/person_file.h"
#include "nlohmann/json.hpp"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/consent/basis.h"
#include "policy/consent/fold.h"

namespace renkei::agents::app {

namespace consent = renkei::policy::consent;
using consent::EventFate;
using consent::FoldOutcome;

namespace {

struct Options {
  std::string dir;
  std::string person;
  std::string at;
  std::string format = "text";
  std::string language;
};

const char* OutcomeText(FoldOutcome outcome, bool ja) {
  switch (outcome) {
    case FoldOutcome::kGranted:
      return ja ? "同意あり" : "granted";
    case FoldOutcome::kDenied:
      return ja ? "拒否" : "denied";
    case FoldOutcome::kAbsent:
      return ja ? "意思表示なし" : "absent";
  }
  return "";
}

// Why a grant does not count; empty for what is no fault of a grant.
const char* FaultText(EventFate fate, bool ja) {
  switch (fate) {
    case EventFate::kEnded:
      return ja ? "後の撤回・満了で終わった" : "was ended by a later denial or expiry";
    case EventFate::kNotYet:
      return ja ? "まだ効力がない" : "is not in force yet";
    case EventFate::kSuperseded:
      return ja ? "訂正または無効とされた" : "was corrected or invalidated";
    case EventFate::kOtherBasis:
      return ja ? "本人の同意による記録ではない" : "was recorded under another basis than consent";
    case EventFate::kNotYetValid:
      return ja ? "有効期間の前" : "is not valid yet";
    case EventFate::kNoLongerValid:
      return ja ? "有効期間が終わった" : "is no longer valid";
    case EventFate::kProxyEnded:
      return ja ? "代理の権限が終わった" : "was given by a proxy whose power has ended";
    case EventFate::kOfAge:
      return ja ? "親権者・未成年後見人の同意だが、本人は成年に達した"
                : "is a guardian's, and the person is of age";
    case EventFate::kTextNotAccepted:
      return ja ? "文面の版がこの目的では認められていない（accepted_texts）"
                : "names a text that accepted_texts does not list for this purpose";
    case EventFate::kDecides:
    case EventFate::kOutranked:
    case EventFate::kOtherScope:
    case EventFate::kNoStatement:
      break;
  }
  return "";
}

std::string Reason(const consent::Explanation& explanation, bool ja) {
  for (size_t i = 0; i < explanation.fates.size(); ++i) {
    if (explanation.fates[i] != EventFate::kDecides) continue;
    return ja ? absl::StrCat("記録 ", i + 1, " による") : absl::StrCat("by event ", i + 1);
  }
  // The newest grant that could have counted says most.
  for (size_t i = explanation.fates.size(); i > 0; --i) {
    const char* const fault = FaultText(explanation.fates[i - 1], ja);
    if (*fault == '\0') continue;
    return ja ? absl::StrCat("記録 ", i, " は", fault) : absl::StrCat("event ", i, " ", fault);
  }
  return ja ? "これについての記録がない" : "no event says anything of it";
}

struct State {
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  v1::DataCategory category = v1::DATA_CATEGORY_UNSPECIFIED;
  FoldOutcome outcome = FoldOutcome::kDenied;
  std::string reason;
  v1::LegalBasis basis = v1::LEGAL_BASIS_NONE;
  bool counted = false;
};

std::vector<State> StatesOf(const std::vector<cohort::CohortStore::StoredEvent>& stored,
                            absl::CivilDay birth_date, const v1::AgentConfig& config,
                            const consent::BasisTable& basis, absl::Time now, bool ja) {
  std::vector<consent::Event> events;
  events.reserve(stored.size());
  for (const auto& one : stored) events.push_back(one.event);
  const auto texts = consent::AcceptedTexts::FromConfig(config);
  std::vector<State> states;
  for (const auto& purpose : consent::Words<v1::Purpose>()) {
    const consent::FoldContext context{
        .purpose = purpose.value, .instant = now, .texts = &texts, .age_rule = {}};
    for (const auto& category : consent::Words<v1::DataCategory>()) {
      const consent::Explanation explanation =
          consent::ExplainFold(events, category.value, birth_date, context);
      const v1::LegalBasis of = basis.Of(category.value);
      states.push_back({.purpose = purpose.value,
                        .category = category.value,
                        .outcome = explanation.outcome,
                        .reason = Reason(explanation, ja),
                        .basis = of,
                        .counted = consent::BasisPermits(of, explanation.outcome)});
    }
  }
  return states;
}

// Categories of one purpose with the same outcome and reason share a line.
void PrintStates(const std::vector<State>& states, bool ja) {
  for (const auto& purpose : consent::Words<v1::Purpose>()) {
    std::printf("  %s\n", ja ? purpose.japanese : purpose.word);
    std::vector<std::pair<std::string, std::string>> lines;  // what follows, categories
    for (const State& state : states) {
      if (state.purpose != purpose.value) continue;
      const std::string text =
          absl::StrCat(OutcomeText(state.outcome, ja), ja ? "（" : " (", state.reason,
                       ja ? "）。根拠：" : "); basis ", consent::WordOf(state.basis, ja),
                       state.counted ? (ja ? "、集計に含める" : ": may be counted")
                                     : (ja ? "、集計に含めない" : ": is not counted"));
      const std::string category(consent::WordOf(state.category, ja));
      if (!lines.empty() && lines.back().first == text) {
        absl::StrAppend(&lines.back().second, ja ? "、" : ", ", category);
      } else {
        lines.emplace_back(text, category);
      }
    }
    for (const auto& [text, categories] : lines) {
      std::printf("    %s: %s\n", categories.c_str(), policy::base::Printable(text).c_str());
    }
  }
}

absl::StatusOr<std::string> MethodOf(cohort::CohortStore& store, int64_t sequence,
                                     std::optional<cohort::LedgerOpening>* opening) {
  RENKEI_ASSIGN_OR_RETURN(*opening, store.OpenConsentEvent(sequence));
  if (!opening->has_value()) return std::string();
  const nlohmann::json record = nlohmann::json::parse((*opening)->record, nullptr, false);
  const auto method = record.is_object() ? record.find("collection_method") : record.end();
  if (!record.is_object() || method == record.end() || !method->is_string()) return std::string();
  return method->get<std::string>();
}

absl::Status ShowPerson(const Options& options, Agent& agent, cohort::CohortStore& store,
                        const cohort::Person& person, size_t number, absl::Time at,
                        nlohmann::ordered_json& list) {
  const bool ja = options.language == "ja";
  const bool as_json = options.format == "json";
  RENKEI_ASSIGN_OR_RETURN(const consent::BasisTable basis,
                          consent::BasisTable::FromConfig(agent.config()));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<cohort::CohortStore::StoredEvent> events,
                          store.ConsentEventsOf(person));
  const std::vector<State> states =
      StatesOf(events, person.birth_date, agent.config(), basis, at, ja);
  nlohmann::ordered_json out;
  out["person"] = number;
  out["events"] = nlohmann::ordered_json::array();
  if (!as_json) {
    std::printf(ja ? "本人 %zu: 記録 %zu 件\n" : "person %zu: %zu events\n", number, events.size());
  }
  for (size_t i = 0; i < events.size(); ++i) {
    std::optional<cohort::LedgerOpening> opening;
    RENKEI_ASSIGN_OR_RETURN(const std::string method,
                            MethodOf(store, events[i].sequence, &opening));
    const std::string text = EventText(events[i].event, ja);
    if (as_json) {
      nlohmann::ordered_json event;
      event["text"] = text;
      if (opening.has_value()) {
        event["record"] = nlohmann::ordered_json::parse(opening->record, nullptr, false);
        event["ledger_entry"] = opening->position;
        event["commitment"] = policy::crypto::ToHex(opening->commitment);
        event["salt"] = policy::crypto::ToHex(opening->salt);
      }
      out["events"].push_back(std::move(event));
      continue;
    }
    std::printf(
        "  %zu  %s%s%s%s\n", i + 1, policy::base::Printable(text).c_str(),
        method.empty() ? "" : (ja ? "；方法：" : "; method "),
        policy::base::Printable(method).c_str(),
        opening.has_value()
            ? absl::StrCat(ja ? "；台帳の項目 " : "; ledger entry ", opening->position).c_str()
            : "");
  }
  if (as_json) {
    out["states"] = nlohmann::ordered_json::array();
    for (const State& state : states) {
      out["states"].push_back({{"purpose", consent::WordOf(state.purpose)},
                               {"category", consent::WordOf(state.category)},
                               {"outcome", OutcomeText(state.outcome, false)},
                               {"reason", state.reason},
                               {"counted", state.counted}});
    }
    list.push_back(std::move(out));
    return absl::OkStatus();
  }
  std::printf(ja ? "%s の状態\n" : "as of %s\n", JstText(at).c_str());
  PrintStates(states, ja);
  return absl::OkStatus();
}

absl::Status Show(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const absl::Time at, InstantOption("--at", options.at, agent->Now()));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<cohort::Person> persons,
                          ReadPersonFile(options.person, agent->MakePseudonymiser()));
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore* const store, agent->cohort());
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (size_t i = 0; i < persons.size(); ++i) {
    RENKEI_RETURN_IF_ERROR(
        policy::base::Annotate(ShowPerson(options, *agent, *store, persons[i], i + 1, at, list),
                               absl::StrCat("person ", i + 1)));
  }
  if (options.format == "json") PrintJson(list);
  return absl::OkStatus();
}

}  // namespace

void AddConsentShowCommand(CLI::App& consent, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = consent.add_subcommand(
      "show", "Events of each named person, and what they come to by purpose and category");
  AddDirOption(*command, options->dir);
  command
      ->add_option("--person", options->person,
                   "File with a header of person columns and a line per person; - reads standard "
                   "input")
      ->required();
  command->add_option("--at", options->at, "State of this day or time; default: now");
  command->add_option("--format", options->format)->check(CLI::IsMember({"text", "json"}));
  AddLanguageOption(*command, options->language);
  command->callback([options, &action] {
    action = [options] {
      const absl::Status status = Show(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
