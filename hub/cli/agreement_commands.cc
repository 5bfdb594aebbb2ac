// renkei agreement propose|sign|withdraw|list|show (secretariat). What is signed are the bytes of
// the file or of the member's proposal, with the bundle's key (R25).
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/cli/commands.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "policy/agreement/agreement.h"
#include "policy/base/files.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "policy/crypto/dsse.h"
#include "renkei/v1/agreement_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace {

// An agreement is a page or two of text.
constexpr size_t kMaxAgreementBytes = 64 * 1024;

struct Options {
  std::string file, dua_id, member;
  uint32_t version = 0;
  bool yes = false;
};

// Of the side that proposed: both sign the same bytes.
const std::string& TextOf(const v1::AgreementRecord& agreement) {
  return agreement.has_secretariat() ? agreement.secretariat().payload()
                                     : agreement.member().payload();
}

std::string SideText(v1::Role role, const Session& session) {
  return std::string(role == v1::ROLE_MEMBER_AGENT ? session.Say("参加団体", "the member")
                                                   : session.Say("事務局", "the secretariat"));
}

// In force, but with a day after which it is not.
bool IsUnderNotice(const v1::AgreementRecord& agreement) {
  return agreement.state() == v1::AGREEMENT_STATE_ACTIVE && agreement.has_ends_at();
}

std::string StateOf(const v1::AgreementRecord& agreement, const Session& session) {
  if (!IsUnderNotice(agreement)) return StateText(agreement.state(), session);
  return absl::StrCat(session.Say("終了予定 ", "active until "), InstantText(agreement.ends_at()));
}

void PrintOne(const v1::AgreementRecord& agreement, const Session& session) {
  std::printf("%s %u  %s  %s  sha256 %s…\n", policy::base::Printable(agreement.dua_id()).c_str(),
              agreement.version(), policy::base::Printable(agreement.member_id()).c_str(),
              StateOf(agreement, session).c_str(), ShortHex(agreement.digest()).c_str());
}

void PrintStep(absl::string_view what, const google::protobuf::Timestamp& at,
               absl::string_view who) {
  std::printf("  %s %s%s%s\n", InstantText(at).c_str(), std::string(what).c_str(),
              who.empty() ? "" : ": ", std::string(who).c_str());
}

void PrintHistory(const v1::AgreementRecord& agreement, const Session& session) {
  if (agreement.has_proposed_at()) {
    PrintStep(session.Say("提案", "proposed by"), agreement.proposed_at(),
              SideText(agreement.proposed_by(), session));
  }
  if (agreement.has_activated_at()) {
    PrintStep(session.Say("双方署名・発効", "signed by both, in force"), agreement.activated_at(),
              "");
  }
  if (agreement.has_notice_at()) {
    PrintStep(session.Say("終了の通知", "notice of withdrawal by"), agreement.notice_at(),
              SideText(agreement.notice_by(), session));
    PrintStep(session.Say("終了", "end"), agreement.ends_at(), "");
  } else if (agreement.state() == v1::AGREEMENT_STATE_SUPERSEDED ||
             agreement.state() == v1::AGREEMENT_STATE_ENDED) {
    PrintStep(StateText(agreement.state(), session), agreement.changed_at(), "");
  }
}

absl::Status Propose(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(std::string text,
                          policy::base::ReadFile(options.file, kMaxAgreementBytes));
  v1::ProposeAgreementRequest request;
  RENKEI_ASSIGN_OR_RETURN(*request.mutable_envelope(),
                          session.Sign(policy::crypto::kAgreementType, std::move(text)));
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::AgreementService>(&v1::AgreementService::Stub::ProposeAgreement, request)));
  PrintOne(response.agreement(), session);
  return absl::OkStatus();
}

absl::Status ForEach(Session& session, const Options& options,
                     const std::function<void(const v1::AgreementRecord&)>& visit) {
  v1::ListAgreementsRequest request;
  request.set_member_id(options.member);
  do {
    RENKEI_ASSIGN_OR_RETURN(
        const auto response,
        (session.Call<v1::AgreementService>(&v1::AgreementService::Stub::ListAgreements, request)));
    for (const v1::AgreementRecord& agreement : response.agreement()) visit(agreement);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::Status List(Session& session, const Options& options) {
  Table table(
      {std::string(session.Say("協定", "agreement")), std::string(session.Say(">版", ">version")),
       std::string(session.Say("参加団体", "member")), std::string(session.Say("状態", "state")),
       std::string(session.Say("変更", "changed")), "sha256"});
  RENKEI_RETURN_IF_ERROR(ForEach(session, options, [&](const v1::AgreementRecord& agreement) {
    table.Add({agreement.dua_id(), std::to_string(agreement.version()), agreement.member_id(),
               StateOf(agreement, session), InstantText(agreement.changed_at()),
               ShortHex(agreement.digest()) + "…"});
  }));
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

absl::Status Show(Session& session, const Options& options) {
  bool found = false;
  RENKEI_RETURN_IF_ERROR(ForEach(session, options, [&](const v1::AgreementRecord& agreement) {
    if (agreement.dua_id() != options.dua_id) return;
    if (options.version != 0 && agreement.version() != options.version) return;
    found = true;
    PrintOne(agreement, session);
    PrintHistory(agreement, session);
    std::printf("%s\n", policy::base::Printable(TextOf(agreement), true).c_str());
  }));
  if (!found) return absl::NotFoundError("no agreement of this id that you may see");
  return absl::OkStatus();
}

// The one version in a state that `wanted` accepts, of the id and, when given, the version.
absl::StatusOr<v1::AgreementRecord> FindOne(
    Session& session, const Options& options, absl::string_view what,
    const std::function<bool(const v1::AgreementRecord&)>& wanted) {
  std::vector<v1::AgreementRecord> found;
  RENKEI_RETURN_IF_ERROR(ForEach(session, options, [&](const v1::AgreementRecord& agreement) {
    if (agreement.dua_id() != options.dua_id) return;
    if (options.version != 0 && agreement.version() != options.version) return;
    if (wanted(agreement)) found.push_back(agreement);
  }));
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no ", what, " of this id and version; see `renkei agreement show --id I`"));
  }
  return absl::InvalidArgumentError("several versions are meant; choose one with --version");
}

absl::Status Sign(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(
      const v1::AgreementRecord record,
      FindOne(session, options, "proposal of a member", [](const v1::AgreementRecord& agreement) {
        return agreement.state() == v1::AGREEMENT_STATE_PROPOSED &&
               agreement.proposed_by() == v1::ROLE_MEMBER_AGENT;
      }));
  const std::string& text = TextOf(record);
  RENKEI_ASSIGN_OR_RETURN(const auto terms, policy::agreement::Agreement::Parse(text, "proposal"));
  if (policy::crypto::ToBytes(terms.digest()) != record.digest() ||
      terms.terms().dua_id() != record.dua_id() || terms.terms().version() != record.version()) {
    return absl::DataLossError("the proposal's id, version or digest does not fit its text");
  }
  PrintOne(record, session);
  PrintHistory(record, session);
  std::printf("%s\n", policy::base::Printable(text, true).c_str());
  RENKEI_RETURN_IF_ERROR(
      session.Confirm(options.yes, session.Say("この協定に署名しますか?", "Sign this agreement?")));
  v1::SignAgreementRequest request;
  request.set_dua_id(record.dua_id());
  request.set_version(record.version());
  RENKEI_ASSIGN_OR_RETURN(*request.mutable_envelope(),
                          session.Sign(policy::crypto::kAgreementType, text));
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::AgreementService>(&v1::AgreementService::Stub::SignAgreement, request)));
  PrintOne(response.agreement(), session);
  return absl::OkStatus();
}

absl::Status Withdraw(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const v1::AgreementRecord record,
                          FindOne(session, options, "proposal or agreement in force",
                                  [](const v1::AgreementRecord& agreement) {
                                    return agreement.state() == v1::AGREEMENT_STATE_PROPOSED ||
                                           agreement.state() == v1::AGREEMENT_STATE_ACTIVE;
                                  }));
  PrintOne(record, session);
  RENKEI_RETURN_IF_ERROR(session.Confirm(
      options.yes, session.Say("この協定の終了を通知しますか?", "Give notice of withdrawal?")));
  v1::WithdrawAgreementRequest request;
  request.set_dua_id(record.dua_id());
  request.set_version(record.version());
  RENKEI_ASSIGN_OR_RETURN(const auto response,
                          (session.Call<v1::AgreementService>(
                              &v1::AgreementService::Stub::WithdrawAgreement, request)));
  PrintOne(response.agreement(), session);
  PrintHistory(response.agreement(), session);
  return absl::OkStatus();
}

}  // namespace

void AddAgreementCommands(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* agreement = app.add_subcommand("agreement", "Data-use agreements with the members");
  agreement->require_subcommand(1);
  const auto run = [&session, &chosen, options](absl::Status (*act)(Session&, const Options&)) {
    chosen = [&session, options, act] {
      const absl::Status status = act(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  };

  CLI::App* propose = agreement->add_subcommand("propose", "Sign an agreement's text and send it");
  propose->add_option("--file", options->file, "Text-proto file of the agreement")->required();
  propose->callback([run] { run(Propose); });

  CLI::App* sign = agreement->add_subcommand("sign", "Sign what a member has proposed");
  CLI::App* withdraw = agreement->add_subcommand(
      "withdraw", "Take a proposal back, or give notice of the end of an agreement");
  for (CLI::App* command : {sign, withdraw}) {
    command->add_option("--id", options->dua_id, "dua_id of the agreement")->required();
    command->add_option("--version", options->version, "Version; needed when several are meant");
    command->add_flag("--yes", options->yes, "Do not ask for confirmation");
  }
  sign->callback([run] { run(Sign); });
  withdraw->callback([run] { run(Withdraw); });

  CLI::App* list = agreement->add_subcommand("list", "List the agreements and their state");
  list->add_option("--member", options->member, "Only of this member id");
  list->callback([run] { run(List); });

  CLI::App* show =
      agreement->add_subcommand("show", "Print an agreement's versions: state, history, text");
  show->add_option("--id", options->dua_id, "dua_id of the agreement")->required();
  show->add_option("--version", options->version, "Version; default all");
  show->callback([run] { run(Show); });
}

}  // namespace renkei::hub::cli
