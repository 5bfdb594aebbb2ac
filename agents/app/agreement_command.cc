// renkei-agent agreement show|sign|propose|withdraw (R25): the data-use agreement that one side
// proposed, what it allows in plain words, the member's signature over its exact bytes, and its
// end.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/app/agent.h"
#include "agents/app/agreement_words.h"
#include "agents/app/commands.h"
#include "policy/agreement/agreement.h"
#include "policy/agreement/signed_agreement.h"
#include "policy/base/files.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/crypto/digest.h"
#include "policy/crypto/dsse.h"

namespace renkei::agents::app {

namespace agreement = renkei::policy::agreement;
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;

namespace {

constexpr size_t kMaxAgreementBytes = 64 * 1024;  // as Agreement::Parse

struct Options {
  std::string dir;
  std::string file;
  std::string dua_id;
  uint32_t version = 0;
  bool yes = false;
  std::string language;

  bool japanese() const { return language == "ja"; }
  bool names_one() const { return !dua_id.empty() || version != 0; }
};

// The envelope of the side that proposed; both sign the same bytes.
const v1::DsseEnvelope& ProposalOf(const v1::AgreementRecord& record) {
  return record.has_secretariat() ? record.secretariat() : record.member();
}

absl::StatusOr<agreement::Agreement> TermsOf(const v1::AgreementRecord& record) {
  return agreement::Agreement::Parse(
      ProposalOf(record).payload(),
      absl::StrCat("agreement ", record.dua_id(), " version ", record.version()));
}

void Print(const v1::AgreementRecord& record, const agreement::Agreement& terms,
           const v1::AgentConfig& config, bool japanese) {
  std::printf(japanese ? "協定 %s 版 %u: %s\nSHA-256 %s\n\n%s\n%s\n"
                       : "agreement %s version %u: %s\nSHA-256 %s\n\n%s\n%s\n",
              base::Printable(record.dua_id()).c_str(), record.version(),
              StateWords(record, japanese).c_str(), crypto::ToHex(terms.digest()).c_str(),
              base::Printable(terms.text(), true).c_str(),
              Allowances(terms.terms(), config, japanese).c_str());
}

// How far the agreement is after the act.
void PrintState(const v1::AgreementRecord& record, bool japanese) {
  std::printf(japanese ? "%s 版 %u: %s\n" : "%s version %u: %s\n",
              base::Printable(record.dua_id()).c_str(), record.version(),
              StateWords(record, japanese).c_str());
}

absl::StatusOr<std::vector<v1::AgreementRecord>> Wanted(Agent& agent, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(HubClient * hub, agent.hub());
  RENKEI_ASSIGN_OR_RETURN(std::vector<v1::AgreementRecord> all, hub->ListAgreements());
  std::vector<v1::AgreementRecord> wanted;
  for (v1::AgreementRecord& record : all) {
    if (!options.dua_id.empty() && record.dua_id() != options.dua_id) continue;
    if (options.version != 0 && record.version() != options.version) continue;
    wanted.push_back(std::move(record));
  }
  return wanted;
}

// " <id>@<version>" of each.
std::string ListOf(const std::vector<const v1::AgreementRecord*>& records) {
  std::string list;
  for (const v1::AgreementRecord* record : records) {
    absl::StrAppend(&list, " ", record->dua_id(), "@", record->version());
  }
  return list;
}

absl::Status Show(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::AgreementRecord> records, Wanted(*agent, options));
  const bool ja = options.japanese();
  if (records.empty()) std::printf("%s\n", NothingThereWords(options.names_one(), ja));
  for (const v1::AgreementRecord& record : records) {
    RENKEI_ASSIGN_OR_RETURN(const agreement::Agreement terms, TermsOf(record));
    Print(record, terms, agent->config(), ja);
    RENKEI_RETURN_IF_ERROR(agent->Remember(record));
  }
  return absl::OkStatus();
}

absl::Status Confirm(const Options& options, const char* command, const std::string& question) {
  if (options.yes) return absl::OkStatus();
  if (isatty(STDIN_FILENO) != 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("agreement ", command,
                     ": nobody is there to confirm; read the agreement, then pass --yes"));
  }
  std::printf(options.japanese() ? "%s yes と入力してください: " : "%s Type yes: ",
              question.c_str());
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return absl::OkStatus();
  return absl::CancelledError(
      absl::StrCat("agreement ", command, ": not confirmed, nothing was done"));
}

absl::Status SignOne(Agent& agent, const Options& options, const v1::AgreementRecord& record) {
  RENKEI_ASSIGN_OR_RETURN(const agreement::Agreement terms, TermsOf(record));
  const v1::AgentConfig& config = agent.config();
  if (ProposalOf(record).payload_type() != crypto::kAgreementType ||
      record.digest() != crypto::ToBytes(terms.digest())) {
    return absl::DataLossError("agreement: the digest does not fit the text");
  }
  if (terms.terms().member_kind() != config.kind() ||
      terms.terms().member_code() != config.organisation_code() ||
      terms.terms().dua_id() != record.dua_id() || terms.terms().version() != record.version()) {
    return absl::InvalidArgumentError(
        "agreement: names another member, id or version than this one; do not sign, tell the "
        "secretariat");
  }
  const bool ja = options.japanese();
  Print(record, terms, config, ja);
  RENKEI_RETURN_IF_ERROR(Confirm(options, "sign", SignQuestion(ja)));
  RENKEI_ASSIGN_OR_RETURN(const Identity* self, agent.identity());
  const v1::DsseEnvelope envelope =
      crypto::SignEnvelope(crypto::kAgreementType, terms.text(), *self->signer);
  RENKEI_RETURN_IF_ERROR(
      agent.agreements().Save(record.dua_id(), record.version(), envelope, agent.Now()));
  RENKEI_ASSIGN_OR_RETURN(HubClient * hub, agent.hub());
  RENKEI_ASSIGN_OR_RETURN(const v1::AgreementRecord answer,
                          hub->SignAgreement(record.dua_id(), record.version(), envelope));
  RENKEI_RETURN_IF_ERROR(agent.Remember(answer));
  const std::string note = absl::StrCat(record.dua_id(), " version ", record.version(), " SHA-256 ",
                                        crypto::ToHex(terms.digest()));
  RENKEI_RETURN_IF_ERROR(agent.outbox().Note("agreement signed", note, agent.Now()));
  std::printf("%s\n", SignedWords(answer, ja).c_str());
  return absl::OkStatus();
}

absl::Status Sign(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::AgreementRecord> records, Wanted(*agent, options));
  std::vector<const v1::AgreementRecord*> proposed;
  for (const v1::AgreementRecord& record : records) {
    RENKEI_RETURN_IF_ERROR(agent->Remember(record));
    // What this member proposed waits for the secretariat.
    const bool is_open = record.state() == v1::AGREEMENT_STATE_PROPOSED && !record.has_member();
    if (is_open) proposed.push_back(&record);
  }
  if (proposed.empty()) {
    if (records.empty()) {
      return absl::NotFoundError(NothingThereWords(options.names_one(), /*japanese=*/false));
    }
    std::printf("%s\n", NothingToSignWords(options.japanese()));
    return absl::OkStatus();
  }
  if (proposed.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("agreement sign: several proposals are open:", ListOf(proposed),
                     "; choose one with --id and --version"));
  }
  return SignOne(*agent, options, *proposed.front());
}

absl::Status Propose(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options.file, kMaxAgreementBytes));
  RENKEI_ASSIGN_OR_RETURN(const agreement::Agreement terms,
                          agreement::Agreement::Parse(text, options.file));
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  const v1::AgentConfig& config = agent->config();
  if (terms.terms().member_kind() != config.kind() ||
      terms.terms().member_code() != config.organisation_code()) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.file, ": member_kind and member_code must be this member's own"));
  }
  std::printf("%s\n%s\n", base::Printable(text, true).c_str(),
              Allowances(terms.terms(), config, options.japanese()).c_str());
  RENKEI_RETURN_IF_ERROR(Confirm(options, "propose", ProposeQuestion(options.japanese())));
  RENKEI_ASSIGN_OR_RETURN(const Identity* self, agent->identity());
  const v1::DsseEnvelope envelope =
      crypto::SignEnvelope(crypto::kAgreementType, text, *self->signer);
  RENKEI_ASSIGN_OR_RETURN(HubClient * hub, agent->hub());
  RENKEI_ASSIGN_OR_RETURN(const v1::AgreementRecord answer, hub->ProposeAgreement(envelope));
  RENKEI_RETURN_IF_ERROR(agent->Remember(answer));
  const std::string note = absl::StrCat(answer.dua_id(), " version ", answer.version(), " SHA-256 ",
                                        crypto::ToHex(terms.digest()));
  RENKEI_RETURN_IF_ERROR(agent->outbox().Note("agreement proposed", note, agent->Now()));
  PrintState(answer, options.japanese());
  return absl::OkStatus();
}

absl::Status Withdraw(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::AgreementRecord> records, Wanted(*agent, options));
  std::vector<const v1::AgreementRecord*> open;
  for (const v1::AgreementRecord& record : records) {
    const bool is_open = record.state() == v1::AGREEMENT_STATE_PROPOSED ||
                         record.state() == v1::AGREEMENT_STATE_ACTIVE;
    if (is_open) open.push_back(&record);
  }
  if (open.empty()) {
    return absl::NotFoundError(
        records.empty() ? absl::StrCat("agreement withdraw: ",
                                       NothingThereWords(options.names_one(), /*japanese=*/false))
                        : "agreement withdraw: what is there has ended, was taken back or was "
                          "superseded; nothing is left to withdraw");
  }
  if (open.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("agreement withdraw: several can be withdrawn:", ListOf(open),
                     "; choose one with --id and --version"));
  }
  const v1::AgreementRecord& record = *open.front();
  RENKEI_ASSIGN_OR_RETURN(const agreement::Agreement terms, TermsOf(record));
  const bool ja = options.japanese();
  Print(record, terms, agent->config(), ja);
  if (record.has_notice_at()) {
    std::printf("%s\n", NoticeWasGivenWords(ja));
    return absl::OkStatus();
  }
  RENKEI_RETURN_IF_ERROR(
      Confirm(options, "withdraw", WithdrawQuestion(record, terms.terms().notice_days(), ja)));
  RENKEI_ASSIGN_OR_RETURN(HubClient * hub, agent->hub());
  RENKEI_ASSIGN_OR_RETURN(const v1::AgreementRecord answer,
                          hub->WithdrawAgreement(record.dua_id(), record.version()));
  RENKEI_RETURN_IF_ERROR(agent->Remember(answer));
  const std::string note = absl::StrCat(answer.dua_id(), " version ", answer.version());
  RENKEI_RETURN_IF_ERROR(agent->outbox().Note("agreement withdrawn", note, agent->Now()));
  PrintState(answer, ja);
  return absl::OkStatus();
}

}  // namespace

void AddAgreementCommand(CLI::App& app, Action& action) {
  CLI::App* group = app.add_subcommand("agreement", "Data-use agreement with the council");
  group->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* show = group->add_subcommand("show", "Print the agreements' text and what they allow");
  CLI::App* sign = group->add_subcommand("sign", "Sign the agreement that was proposed");
  CLI::App* propose = group->add_subcommand("propose", "Sign an agreement's text and propose it");
  CLI::App* withdraw = group->add_subcommand(
      "withdraw", "Decline or take back a proposal, or give notice of withdrawal");
  for (CLI::App* command : {show, sign, withdraw}) {
    command->add_option("--id", options->dua_id, "Id of the agreement; default: all");
    command->add_option("--version", options->version, "Version of the agreement; default: all");
  }
  propose->add_option("--file", options->file, "Text-proto file of the agreement")->required();
  for (CLI::App* command : {sign, propose, withdraw}) {
    command->add_flag("--yes", options->yes, "Do not ask for confirmation");
  }
  const std::pair<CLI::App*, absl::Status (*)(const Options&)> commands[] = {
      {show, Show}, {sign, Sign}, {propose, Propose}, {withdraw, Withdraw}};
  for (const auto& [command, act] : commands) {
    AddDirOption(*command, options->dir);
    AddLanguageOption(*command, options->language);
    command->callback([options, &action, act = act] {
      action = [options, act] {
        const absl::Status status = act(*options);
        return status.ok() ? kDone : Fail(status);
      };
    });
  }
}

}  // namespace renkei::agents::app
