// renkei-agent agreement show|sign (R25): the data-use agreement that the secretariat proposed,
// what it allows in plain words, and the member's signature over its exact bytes.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "agents/contribute/tabulate.h"
#include "policy/agreement/agreement.h"
#include "policy/agreement/signed_agreement.h"
#include "policy/base/status.h"
#include "policy/crypto/digest.h"
#include "policy/crypto/dsse.h"

namespace renkei::agents::app {

namespace agreement = renkei::policy::agreement;
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;

namespace {

struct Options {
  std::string dir;
  std::string dua_id;
  uint32_t version = 0;
  bool yes = false;
};

std::string Word(const std::string& name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
}

const char* StateWord(v1::AgreementState state) {
  switch (state) {
    case v1::AGREEMENT_STATE_PROPOSED:
      return "proposed, not signed by this member";
    case v1::AGREEMENT_STATE_ACTIVE:
      return "active";
    case v1::AGREEMENT_STATE_SUPERSEDED:
      return "superseded";
    default:
      return "unknown";
  }
}

// What the member permits by signing, one line each.
std::string Allowances(const v1::DataUseAgreement& terms, const v1::AgentConfig& config) {
  std::vector<std::string> purposes;
  for (const int p : terms.purpose()) {
    purposes.push_back(Word(v1::Purpose_Name(static_cast<v1::Purpose>(p)), "PURPOSE_"));
  }
  std::string out = absl::StrCat(
      "What it allows:\n  use          ", absl::StrJoin(purposes, ", "), "\n  indicators   ",
      absl::StrJoin(terms.indicator(), ", "),
      terms.indicator_size() == 1 && terms.indicator(0) == "*" ? " (every measure of the catalogue)"
                                                               : "",
      "\n  areas        ", absl::StrJoin(terms.area(), ", "), "\n  data years   ",
      terms.first_fiscal_year(), " to ", terms.last_fiscal_year(), "\n  period       from ",
      terms.valid_from(), " until the day before ", terms.valid_to(), "\n  publication  ",
      terms.public_release() ? "public" : "members of the council only", "\n");
  absl::StrAppend(
      &out, terms.exact_inner_cells()
                ? "  counts       the hub receives exact counts per municipality, sex and 5-year "
                  "age; whoever operates the hub's machine could read them\n"
                : "  counts       exact counts may NOT leave; this agent cannot contribute under "
                  "it\n");
  absl::StrAppend(&out, "  display      insurer kind by municipality: ",
                  terms.allow_insurer_type_by_municipality() ? "yes" : "no",
                  "; this member's own tables: ", terms.allow_member_level_display() ? "yes" : "no",
                  "\n");
  if (terms.min_cell_persons() > 0) {
    absl::StrAppend(&out, "  min cell     ", terms.min_cell_persons(), " persons\n");
  }
  if (terms.min_contributors() > 0) {
    absl::StrAppend(&out, "  min members  ", terms.min_contributors(), "\n");
  }
  if (terms.basis().empty()) absl::StrAppend(&out, "  basis        consent of each person\n");
  for (const v1::DataUseAgreement::BasisLine& line : terms.basis()) {
    std::vector<std::string> categories;
    for (const int c : line.category()) {
      categories.push_back(
          Word(v1::DataCategory_Name(static_cast<v1::DataCategory>(c)), "DATA_CATEGORY_"));
    }
    absl::StrAppend(&out, "  basis        ",
                    Word(v1::LegalBasis_Name(line.basis()), "LEGAL_BASIS_"), " for ",
                    categories.empty() ? "all data" : absl::StrJoin(categories, ", "),
                    line.article().empty() ? "" : absl::StrCat(" (", line.article(), ")"), "\n");
  }
  const absl::StatusOr<policy::consent::BasisTable> own =
      policy::consent::BasisTable::FromConfig(config);
  const absl::StatusOr<policy::consent::BasisTable> agreed =
      policy::consent::BasisTable::FromAgreement(terms);
  if (own.ok() && agreed.ok()) {
    for (size_t c = 1; c < policy::consent::kCategoryCount; ++c) {
      const auto category = static_cast<v1::DataCategory>(c);
      if (own->Of(category) == agreed->Of(category)) continue;
      absl::StrAppend(&out, "  note         this agent's configuration has another basis for ",
                      Word(v1::DataCategory_Name(category), "DATA_CATEGORY_"),
                      ": consent will be asked\n");
    }
  }
  return out;
}

absl::StatusOr<agreement::Agreement> TermsOf(const v1::AgreementRecord& record) {
  return agreement::Agreement::Parse(
      record.secretariat().payload(),
      absl::StrCat("agreement ", record.dua_id(), " version ", record.version()));
}

void Print(const v1::AgreementRecord& record, const agreement::Agreement& terms,
           const v1::AgentConfig& config) {
  std::printf("agreement %s version %u: %s\nSHA-256 %s\n\n%s\n%s\n", record.dua_id().c_str(),
              record.version(), StateWord(record.state()), crypto::ToHex(terms.digest()).c_str(),
              Printable(terms.text()).c_str(),
              Printable(Allowances(terms.terms(), config)).c_str());
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

// What the hub holds with both signatures is in force; the signature must be this agent's own.
absl::Status Remember(Agent& agent, const v1::AgreementRecord& record) {
  if (record.state() != v1::AGREEMENT_STATE_ACTIVE || !record.has_member()) {
    return absl::OkStatus();
  }
  RENKEI_ASSIGN_OR_RETURN(const Identity* self, agent.identity());
  RENKEI_RETURN_IF_ERROR(base::Annotate(
      agreement::SignedAgreement::VerifyMember(record.member(), self->signer->public_key())
          .status(),
      "the hub shows an agreement as active that this agent did not sign"));
  RENKEI_RETURN_IF_ERROR(
      agent.agreements().Save(record.dua_id(), record.version(), record.member(), agent.Now()));
  return agent.agreements().SetActive(record.dua_id(), record.version());
}

absl::Status Show(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::AgreementRecord> records, Wanted(*agent, options));
  if (records.empty()) std::printf("no agreement was proposed to this member\n");
  for (const v1::AgreementRecord& record : records) {
    RENKEI_ASSIGN_OR_RETURN(const agreement::Agreement terms, TermsOf(record));
    Print(record, terms, agent->config());
    RENKEI_RETURN_IF_ERROR(Remember(*agent, record));
  }
  return absl::OkStatus();
}

absl::Status Confirm(bool yes) {
  if (yes) return absl::OkStatus();
  if (isatty(STDIN_FILENO) != 1) {
    return absl::FailedPreconditionError(
        "agreement sign: nobody is there to confirm; read `agreement show`, then pass --yes");
  }
  std::printf("Sign this agreement for the member? Type yes: ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return absl::OkStatus();
  return absl::CancelledError("agreement sign: not confirmed, nothing was signed");
}

absl::Status SignOne(Agent& agent, const Options& options, const v1::AgreementRecord& record) {
  RENKEI_ASSIGN_OR_RETURN(const agreement::Agreement terms, TermsOf(record));
  const v1::AgentConfig& config = agent.config();
  if (record.secretariat().payload_type() != crypto::kAgreementType ||
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
  Print(record, terms, config);
  RENKEI_RETURN_IF_ERROR(Confirm(options.yes));
  RENKEI_ASSIGN_OR_RETURN(const Identity* self, agent.identity());
  const v1::DsseEnvelope envelope =
      crypto::SignEnvelope(crypto::kAgreementType, terms.text(), *self->signer);
  RENKEI_RETURN_IF_ERROR(
      agent.agreements().Save(record.dua_id(), record.version(), envelope, agent.Now()));
  RENKEI_ASSIGN_OR_RETURN(HubClient * hub, agent.hub());
  RENKEI_ASSIGN_OR_RETURN(const v1::AgreementRecord answer,
                          hub->SignAgreement(record.dua_id(), record.version(), envelope));
  RENKEI_RETURN_IF_ERROR(Remember(agent, answer));
  const std::string note = absl::StrCat(record.dua_id(), " version ", record.version(), " SHA-256 ",
                                        crypto::ToHex(terms.digest()));
  RENKEI_RETURN_IF_ERROR(agent.outbox().Note("agreement signed", note, agent.Now()));
  std::printf("signed; the agreement is %s\n", StateWord(answer.state()));
  return absl::OkStatus();
}

absl::Status Sign(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::AgreementRecord> records, Wanted(*agent, options));
  std::vector<const v1::AgreementRecord*> proposed;
  for (const v1::AgreementRecord& record : records) {
    RENKEI_RETURN_IF_ERROR(Remember(*agent, record));
    if (record.state() == v1::AGREEMENT_STATE_PROPOSED) proposed.push_back(&record);
  }
  if (proposed.empty()) {
    if (records.empty()) return absl::NotFoundError("no agreement was proposed to this member");
    std::printf("nothing to sign: no proposal is open\n");
    return absl::OkStatus();
  }
  if (proposed.size() > 1) {
    std::string list;
    for (const v1::AgreementRecord* record : proposed) {
      absl::StrAppend(&list, " ", record->dua_id(), "@", record->version());
    }
    return absl::InvalidArgumentError(absl::StrCat("agreement sign: several proposals are open:",
                                                   list, "; choose one with --id and --version"));
  }
  return SignOne(*agent, options, *proposed.front());
}

}  // namespace

void AddAgreementCommand(CLI::App& app, Action& action) {
  CLI::App* group = app.add_subcommand("agreement", "Data-use agreement with the council");
  group->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* show = group->add_subcommand("show", "Print the agreements' text and what they allow");
  CLI::App* sign = group->add_subcommand("sign", "Sign the agreement that was proposed");
  for (CLI::App* command : {show, sign}) {
    AddDirOption(*command, options->dir);
    command->add_option("--id", options->dua_id, "Id of the agreement; default: all");
    command->add_option("--version", options->version, "Version of the agreement; default: all");
  }
  sign->add_flag("--yes", options->yes, "Do not ask for confirmation");
  show->callback([options, &action] {
    action = [options] {
      const absl::Status status = Show(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
  sign->callback([options, &action] {
    action = [options] {
      const absl::Status status = Sign(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
