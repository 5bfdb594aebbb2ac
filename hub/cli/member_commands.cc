// renkei member invite|list|revoke (operator).
#include <cstdio>
#include <memory>

#include "hub/cli/commands.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "renkei/v1/admin_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace {

struct Options {
  std::string kind, code, name, member, reason;
};

absl::Status Invite(Session& session, const Options& options) {
  v1::InviteMemberRequest request;
  RENKEI_ASSIGN_OR_RETURN(const v1::MemberKind kind, MemberKindFromWord(options.kind));
  request.set_kind(kind);
  request.set_organisation_code(options.code);
  request.set_name(options.name);
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::AdminService>(&v1::AdminService::Stub::InviteMember, request)));
  std::printf("%s\n", policy::base::Printable(response.code()).c_str());
  std::fprintf(
      stderr, "%s %s\n%s\n", policy::base::Printable(response.member_id()).c_str(),
      InstantText(response.expires_at()).c_str(),
      std::string(
          session.Say(
              "上のコードは一度だけ使えます(期限は表示の日時)。CA "
              "の指紋と一緒に書面で渡してください。",
              "The code above works once, until the time shown. Hand it over on paper, together "
              "with the CA fingerprint."))
          .c_str());
  return absl::OkStatus();
}

absl::Status List(Session& session) {
  Table table({std::string(session.Say("参加団体", "member")),
               std::string(session.Say("名称", "name")), std::string(session.Say("状態", "state")),
               std::string(session.Say("証明書の期限", "certificate until")),
               std::string(session.Say("保険者番号", "insurer numbers"))});
  v1::ListMembersRequest request;
  do {
    RENKEI_ASSIGN_OR_RETURN(
        const auto response,
        (session.Call<v1::AdminService>(&v1::AdminService::Stub::ListMembers, request)));
    for (const v1::MemberRecord& member : response.member()) {
      std::string numbers;
      for (const std::string& number : member.insurer_numbers()) {
        numbers += (numbers.empty() ? "" : " ") + number;
      }
      table.Add({member.member_id(), member.name(), StateText(member.state(), session),
                 InstantText(member.certificate_expires_at()), numbers});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

absl::Status Revoke(Session& session, const Options& options) {
  v1::RevokeMemberRequest request;
  request.set_member_id(options.member);
  request.set_reason(options.reason);
  RENKEI_ASSIGN_OR_RETURN(
      const auto response,
      (session.Call<v1::AdminService>(&v1::AdminService::Stub::RevokeMember, request)));
  std::printf("%s %s\n", policy::base::Printable(response.member().member_id()).c_str(),
              StateText(response.member().state(), session).c_str());
  return absl::OkStatus();
}

}  // namespace

void AddMemberCommands(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* member = app.add_subcommand("member", "Invite, list and revoke members (operator)");
  member->require_subcommand(1);

  CLI::App* invite =
      member->add_subcommand("invite", "Make a one-time enrolment code and print it");
  invite->add_option("--kind", options->kind, "municipality, insurer or workplace")
      ->required()
      ->check(CLI::IsMember({"municipality", "insurer", "workplace"}));
  invite->add_option("--code", options->code, "Organisation code: 6, 8 or 13 digits")->required();
  invite->add_option("--name", options->name, "Name of the organisation")->required();
  invite->callback([&session, &chosen, options] {
    chosen = [&session, options] {
      const absl::Status status = Invite(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  });

  CLI::App* list = member->add_subcommand("list", "List the members and their certificates");
  list->callback([&session, &chosen] {
    chosen = [&session] {
      const absl::Status status = List(session);
      return status.ok() ? kDone : Report(status);
    };
  });

  CLI::App* revoke = member->add_subcommand("revoke", "End a member's identity at once");
  revoke->add_option("--member", options->member, "Member id, e.g. member/insurer/01060011")
      ->required();
  revoke->add_option("--reason", options->reason, "Why; kept at the hub")->required();
  revoke->callback([&session, &chosen, options] {
    chosen = [&session, options] {
      const absl::Status status = Revoke(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  });
}

}  // namespace renkei::hub::cli
