// renkei-agent consent record and withdraw: one event for each person of a file. A withdrawal
// prints a receipt for the person: what was withdrawn, from when it holds, and which figures are
// without the person (trust 2.2, R19).
#include <cstdio>
#include <memory>
#include <set>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "agents/app/agent.h"
#include "agents/app/consent_commands.h"
#include "agents/app/counted_rounds.h"
#include "agents/app/person_file.h"
#include "policy/base/bytes.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"

namespace renkei::agents::app {

namespace consent = renkei::policy::consent;
using consent::EventType;

namespace {

struct Options {
  std::string dir;
  std::string person;
  std::string language;
  std::string event = "withdrawn";
  std::string at, effective, valid_from, valid_to, refers_to, grantor_ends;
  std::vector<std::string> purposes, categories;
  std::string basis, text, grantor = "self", method;
  bool is_new = false;

  bool japanese() const { return language == "ja"; }
};

template <typename Value>
std::string WordList() {
  std::string list;
  for (const auto& word : consent::Words<Value>()) {
    absl::StrAppend(&list, list.empty() ? "" : ", ", word.word);
  }
  return list;
}

template <typename Value>
absl::StatusOr<Value> WordOption(const char* option, const std::string& text) {
  const std::optional<Value> value = consent::ParseWord<Value>(text);
  if (value.has_value()) return *value;
  return absl::InvalidArgumentError(absl::StrCat(option, ": is one of ", WordList<Value>()));
}

// "all" is the empty list of an event.
template <typename Value>
absl::StatusOr<std::vector<Value>> ListOption(const char* option,
                                              const std::vector<std::string>& texts) {
  std::vector<Value> values;
  for (const std::string& text : texts) {
    for (const absl::string_view part : absl::StrSplit(text, ',')) {
      if (part == "all" && texts.size() == 1 && text == "all") return values;
      RENKEI_ASSIGN_OR_RETURN(const Value value, WordOption<Value>(option, std::string(part)));
      values.push_back(value);
    }
  }
  if (!values.empty()) return values;
  return absl::InvalidArgumentError(absl::StrCat(option, ": name ", WordList<Value>(), ", or all"));
}

absl::StatusOr<std::optional<absl::Time>> MaybeInstant(const char* option,
                                                       const std::string& text) {
  if (text.empty()) return std::optional<absl::Time>();
  RENKEI_ASSIGN_OR_RETURN(const absl::Time time, InstantOption(option, text, {}));
  return std::optional<absl::Time>(time);
}

absl::Status CheckEvent(const consent::Event& event) {
  const bool is_grant = event.type == EventType::kGiven;
  if (is_grant && event.text_ref.empty()) {
    return absl::InvalidArgumentError(
        "--text: a consent names the text it was given to, as family@version");
  }
  if (!event.text_ref.empty() && !consent::NamesText(event.text_ref)) {
    return absl::InvalidArgumentError("--text: must be family@version, as form@1");
  }
  if (consent::IsBackDatedGrant(event)) {
    return absl::InvalidArgumentError(
        "--effective: a consent is never in force before it was given; leave it out, or name a "
        "time at or after --at");
  }
  if (consent::HasEmptyValidity(event)) {
    return absl::InvalidArgumentError("--valid-to: must be later than --valid-from");
  }
  if (consent::NeedsReference(event.type) && !event.refers_to.has_value()) {
    return absl::InvalidArgumentError(
        "--refers-to: name the time of the event that is corrected or invalid");
  }
  return absl::OkStatus();
}

absl::StatusOr<consent::Event> EventOf(const Options& options, absl::Time now) {
  consent::Event event;
  RENKEI_ASSIGN_OR_RETURN(event.type, WordOption<EventType>("--event", options.event));
  RENKEI_ASSIGN_OR_RETURN(event.event_time, InstantOption("--at", options.at, now));
  RENKEI_ASSIGN_OR_RETURN(event.effective_at,
                          InstantOption("--effective", options.effective, event.event_time));
  RENKEI_ASSIGN_OR_RETURN(event.valid_from, MaybeInstant("--valid-from", options.valid_from));
  RENKEI_ASSIGN_OR_RETURN(event.valid_to, MaybeInstant("--valid-to", options.valid_to));
  RENKEI_ASSIGN_OR_RETURN(event.refers_to, MaybeInstant("--refers-to", options.refers_to));
  RENKEI_ASSIGN_OR_RETURN(event.grantor_ends_on,
                          MaybeInstant("--grantor-ends", options.grantor_ends));
  RENKEI_ASSIGN_OR_RETURN(event.purposes, ListOption<v1::Purpose>("--purpose", options.purposes));
  RENKEI_ASSIGN_OR_RETURN(event.categories,
                          ListOption<v1::DataCategory>("--category", options.categories));
  RENKEI_ASSIGN_OR_RETURN(event.grantor,
                          WordOption<consent::Grantor>("--grantor", options.grantor));
  if (!options.basis.empty()) {
    RENKEI_ASSIGN_OR_RETURN(event.basis, WordOption<v1::LegalBasis>("--basis", options.basis));
  } else if (event.type == EventType::kGiven) {
    event.basis = v1::LEGAL_BASIS_CONSENT;
  }
  event.text_ref = options.text;
  RENKEI_RETURN_IF_ERROR(CheckEvent(event));
  return event;
}

// A grant to a text that is not configured counts for nothing (R18); that is told at once.
void WarnOfText(const v1::AgentConfig& config, const consent::Event& event) {
  if (event.type != EventType::kGiven && event.type != EventType::kRenewed) return;
  const auto accepted = consent::AcceptedTexts::FromConfig(config);
  std::vector<v1::Purpose> purposes = event.purposes;
  if (purposes.empty()) {
    for (const auto& word : consent::Words<v1::Purpose>()) purposes.push_back(word.value);
  }
  for (const v1::Purpose purpose : purposes) {
    if (accepted.Accepts(purpose, event.text_ref)) continue;
    std::fprintf(stderr,
                 "renkei-agent: warning: accepted_texts of the configuration does not list this "
                 "text for %s: the consent counts for nothing there until it does\n",
                 std::string(consent::WordOf(purpose)).c_str());
  }
}

const char* StandingText(RoundStanding standing, bool ja) {
  switch (standing) {
    case RoundStanding::kNotSent:
      return ja ? "未送信：送信の前に数え直し、本人は含まれない"
                : "not sent yet: it is counted anew without the person before it leaves";
    case RoundStanding::kSentOpen:
      return ja ? "送信済み・締切前：担当者がもう一度送れば、この公表から本人は含まれない"
                : "sent, still open: if the staff send it again, its release is without the "
                  "person";
    case RoundStanding::kSentLastRevision:
      return ja ? "送信済み（改訂の上限）：この公表には残りうる。次の公表から本人は含まれない"
                : "sent for the last time: its release may still count the person; the next one "
                  "does not";
    case RoundStanding::kSentClosed:
      return ja ? "締切済み：この公表には残りうる。次の公表から本人は含まれない"
                : "closed: its release may still count the person; the next one does not";
  }
  return "";
}

// What becomes of each round of the person's years, as far as it is about what was withdrawn.
absl::Status PrintRounds(Agent& agent, cohort::CohortStore& store, const cohort::Person& person,
                         bool ja) {
  RENKEI_ASSIGN_OR_RETURN(const cohort::CohortStore::Traces traces, store.TracesOf(person));
  std::set<int> years;
  for (const policy::base::FiscalYear year : traces.fiscal_years) years.insert(year.first_year());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<CountedRound> rounds, CountedRoundsOf(agent, years));
  if (!rounds.empty()) {
    std::printf("  %s\n", ja ? "本人の年度の回（上の目的・情報を使うものについて）"
                             : "rounds of the person's years, where they use the above");
  }
  for (const CountedRound& round : rounds) {
    std::printf(ja ? "  回 %s（年度 %u）: %s\n" : "  round %s (fiscal year %u): %s\n",
                policy::base::Printable(round.round_id).c_str(), round.fiscal_year,
                StandingText(round.standing, ja));
  }
  if (rounds.empty()) {
    std::printf("  %s\n",
                ja ? "本人の年度の集計はまだ作られていない。最初の公表から本人は含まれない"
                   : "no figure of the person's years was made yet; the first release is "
                     "without the person");
  }
  return absl::OkStatus();
}

absl::Status PrintReceipt(Agent& agent, cohort::CohortStore& store, const cohort::Person& person,
                          const consent::Event& event, bool ja) {
  const absl::Time now = agent.Now();
  std::printf("%s\n", ja ? "撤回の受付票" : "receipt of the withdrawal");
  std::printf(ja ? "  対象: %s／%s\n" : "  what: %s / %s\n", PurposesText(event, ja).c_str(),
              CategoriesText(event, ja).c_str());
  std::printf(event.effective_at > now
                  ? (ja ? "  効力: %s から（それより前に送る集計には含まれうる。その後の集計には、"
                          "上の目的・情報について含まれない）\n"
                        : "  in force from: %s (what is sent before then may still count the "
                          "person; later counts for the above do not)\n")
                  : (ja ? "  効力: %s "
                          "から（これより後の集計に、上の目的・情報について含まれない）\n"
                        : "  in force from: %s (no count for the above made from now on has the "
                          "person)\n"),
              JstText(event.effective_at).c_str());
  if (event.effective_at <= now) {
    RENKEI_RETURN_IF_ERROR(PrintRounds(agent, store, person, ja));
  }
  std::printf("  %s\n", ja ? "公表済みの表はそのまま残る（人数だけで、個人の記録はない）"
                           : "tables that are out stay (they are counts, no person's record)");
  return absl::OkStatus();
}

absl::Status PrintOpening(cohort::CohortStore& store, int64_t sequence, bool ja) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<cohort::LedgerOpening> opening,
                          store.OpenConsentEvent(sequence));
  if (!opening.has_value()) return absl::OkStatus();
  std::printf(ja ? "  台帳の項目 %llu、コミットメント %s\n  記録 %s\n  ソルト %s\n"
                 : "  ledger entry %llu, commitment %s\n  record %s\n  salt %s\n",
              static_cast<unsigned long long>(opening->position),
              policy::crypto::ToHex(opening->commitment).c_str(),
              policy::base::Printable(opening->record).c_str(),
              policy::crypto::ToHex(opening->salt).c_str());
  return absl::OkStatus();
}

// Sequence of the event that is there now, whether or not it is new.
absl::StatusOr<int64_t> SequenceOf(cohort::CohortStore& store, const cohort::Person& person) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<cohort::CohortStore::StoredEvent> events,
                          store.ConsentEventsOf(person));
  return events.empty() ? 0 : events.back().sequence;
}

absl::Status Record(const Options& options) {
  const bool ja = options.japanese();
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const consent::Event event, EventOf(options, agent->Now()));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<cohort::Person> persons,
                          ReadPersonFile(options.person, agent->MakePseudonymiser()));
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore* const store, agent->cohort());
  for (size_t i = 0; i < persons.size() && !options.is_new; ++i) {
    RENKEI_ASSIGN_OR_RETURN(const cohort::CohortStore::Traces traces, store->TracesOf(persons[i]));
    if (traces.persons != 0) continue;
    // A mistyped number would otherwise make a new person, and the real one would stay counted.
    return absl::NotFoundError(absl::StrCat(
        "person ", i + 1,
        ": not in the store, nothing was recorded; check the columns, or pass --new for a person "
        "whose files come later"));
  }
  RENKEI_RETURN_IF_ERROR(store->BeginFile("consent record"));
  std::vector<cohort::PutOutcome> outcomes;
  for (size_t i = 0; i < persons.size(); ++i) {
    const absl::StatusOr<cohort::PutOutcome> outcome = store->PutConsent(
        {.person = persons[i], .event = event, .collection_method = options.method});
    if (!outcome.ok()) {
      store->RollbackFile();
      return absl::Status(outcome.status().code(),
                          absl::StrCat("person ", i + 1, ": ", outcome.status().message(),
                                       "; nothing was recorded"));
    }
    outcomes.push_back(*outcome);
  }
  RENKEI_RETURN_IF_ERROR(store->CommitFile());
  WarnOfText(agent->config(), event);
  for (size_t i = 0; i < persons.size(); ++i) {
    const bool is_new = outcomes[i] == cohort::PutOutcome::kNew;
    std::printf("%s %zu: %s: %s\n", ja ? "本人" : "person", i + 1,
                is_new ? (ja ? "記録した" : "recorded")
                       : (ja ? "すでに記録されている" : "is recorded already"),
                policy::base::Printable(EventText(event, ja)).c_str());
    if (event.type == EventType::kWithdrawn || event.type == EventType::kOptedOut) {
      RENKEI_RETURN_IF_ERROR(PrintReceipt(*agent, *store, persons[i], event, ja));
    }
    if (is_new) {
      RENKEI_ASSIGN_OR_RETURN(const int64_t sequence, SequenceOf(*store, persons[i]));
      RENKEI_RETURN_IF_ERROR(PrintOpening(*store, sequence, ja));
    }
  }
  return absl::OkStatus();
}

void AddCommonOptions(CLI::App& command, Options& options) {
  AddDirOption(command, options.dir);
  command
      .add_option("--person", options.person,
                  "File with a header of person columns and a line per person; - reads standard "
                  "input")
      ->required();
  command.add_option("--at", options.at,
                     "When it was said: 2026-04-01 or 2026-04-01T09:30:00+09:00; default: now. The "
                     "same event of the same time is recorded once");
  command.add_option("--effective", options.effective, "From when it holds; default: --at");
  command.add_option("--method", options.method, "How it was collected")
      ->check(CLI::IsMember({"paper", "counter", "web", "phone", "voucher"}));
  command.add_option("--grantor", options.grantor, "Who said it; default: self")
      ->check(CLI::IsMember({"self", "guardian", "adult_guardian", "poa"}));
  command.add_flag("--new", options.is_new, "Also for a person who is not in the store yet");
  AddLanguageOption(command, options.language);
}

void SetAction(CLI::App& command, const std::shared_ptr<Options>& options, Action& action) {
  command.callback([options, &action] {
    action = [options] {
      const absl::Status status = Record(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace

void AddConsentRecordCommand(CLI::App& consent, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = consent.add_subcommand("record", "Record one event for each named person");
  AddCommonOptions(*command, *options);
  command->add_option("--event", options->event, "What was said")
      ->required()
      ->check(CLI::IsMember({"given", "refused", "renewed", "opted_out", "notice_given", "expired",
                             "invalidated", "corrected"}));
  command
      ->add_option("--purpose", options->purposes,
                   absl::StrCat(WordList<v1::Purpose>(), ", or all"))
      ->required();
  command
      ->add_option("--category", options->categories,
                   absl::StrCat(WordList<v1::DataCategory>(), ", or all"))
      ->required();
  command->add_option("--text", options->text, "Text that was shown, family@version");
  command->add_option("--basis", options->basis,
                      absl::StrCat(WordList<v1::LegalBasis>(), "; default for given: consent"));
  command->add_option("--valid-from", options->valid_from, "First instant of the validity");
  command->add_option("--valid-to", options->valid_to, "First instant after the validity");
  command->add_option("--grantor-ends", options->grantor_ends,
                      "When the power of who said it ends");
  command->add_option("--refers-to", options->refers_to,
                      "Time of the event that is corrected or invalid");
  SetAction(*command, options, action);
}

void AddConsentWithdrawCommand(CLI::App& consent, Action& action) {
  auto options = std::make_shared<Options>();
  options->purposes = {"all"};
  options->categories = {"all"};
  CLI::App* command = consent.add_subcommand(
      "withdraw", "Withdraw for each named person, and print the person's receipt");
  AddCommonOptions(*command, *options);
  command->add_option("--purpose", options->purposes,
                      absl::StrCat(WordList<v1::Purpose>(), ", or all; default: all"));
  command->add_option("--category", options->categories,
                      absl::StrCat(WordList<v1::DataCategory>(), ", or all; default: all"));
  SetAction(*command, options, action);
}

}  // namespace renkei::agents::app
