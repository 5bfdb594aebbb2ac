// renkei agreement propose|list|show (secretariat). The proposal is signed with the bundle's key
// (R25).
#include <cstdio>
#include <memory>

#include "hub/cli/commands.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "policy/base/bytes.h"
#include "policy/base/files.h"
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
};

void PrintOne(const v1::AgreementRecord& agreement, const Session& session) {
  std::printf("%s %u  %s  %s  sha256 %s…\n", agreement.dua_id().c_str(), agreement.version(),
              agreement.member_id().c_str(), StateText(agreement.state(), session).c_str(),
              ShortHex(agreement.digest()).c_str());
}

absl::Status Propose(Session& session, const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(std::string text,
                          policy::base::ReadFile(options.file, kMaxAgreementBytes));
  RENKEI_ASSIGN_OR_RETURN(const v1::Bundle* bundle, session.Bundle());
  if (bundle->signing_seed().size() != 32) {
    return absl::FailedPreconditionError(
        "this bundle has no signing key; use the secretariat's bundle");
  }
  RENKEI_ASSIGN_OR_RETURN(const auto signer,
                          policy::crypto::MakeEd25519Signer(policy::base::Secret::Copy(
                              policy::base::AsBytes(bundle->signing_seed()))));
  v1::ProposeAgreementRequest request;
  *request.mutable_envelope() =
      policy::crypto::SignEnvelope(policy::crypto::kAgreementType, std::move(text), *signer);
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
               StateText(agreement.state(), session), InstantText(agreement.changed_at()),
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
    std::printf("%s\n", Printable(agreement.secretariat().payload(), true).c_str());
  }));
  if (!found) return absl::NotFoundError("no agreement of this id that you may see");
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

  CLI::App* list = agreement->add_subcommand("list", "List the agreements and their state");
  list->add_option("--member", options->member, "Only of this member id");
  list->callback([run] { run(List); });

  CLI::App* show = agreement->add_subcommand("show", "Print an agreement's text");
  show->add_option("--id", options->dua_id, "dua_id of the agreement")->required();
  show->add_option("--version", options->version, "Version; default all");
  show->callback([run] { run(Show); });
}

}  // namespace renkei::hub::cli
