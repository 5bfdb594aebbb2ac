// renkei round open|close|list|show (secretariat, R27).
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "hub/cli/commands.h"
#include "hub/cli/table.h"
#include "hub/cli/words.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"
#include "renkei/v1/round_service.grpc.pb.h"

namespace renkei::hub::cli {
namespace {

struct Options {
  std::string area, purpose, indicators, members, consent_instant, deadline, round,
      format = "table";
  uint32_t fiscal_year = 0;
};

void SplitInto(const std::string& list, google::protobuf::RepeatedPtrField<std::string>* out) {
  for (const absl::string_view word : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    out->Add(std::string(word));
  }
}

absl::Status PrintRound(const v1::Round& round, const Session& session, const std::string& format) {
  v1::RoundDescriptor descriptor;
  if (!descriptor.ParseFromString(round.descriptor_bytes())) {
    return absl::DataLossError("the hub's round cannot be read");
  }
  if (format == "json") {
    // The JSON of the round, with the descriptor readable instead of its bytes.
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    options.always_print_primitive_fields = true;
    options.preserve_proto_field_names = true;
    std::string head, body;
    v1::Round shown = round;
    shown.clear_descriptor_bytes();
    if (!google::protobuf::util::MessageToJsonString(descriptor, &head, options).ok() ||
        !google::protobuf::util::MessageToJsonString(shown, &body, options).ok()) {
      return absl::InternalError("the round cannot be written as JSON");
    }
    std::printf("{\"descriptor\": %s, \"round\": %s}\n", head.c_str(), body.c_str());
    return absl::OkStatus();
  }
  std::vector<std::string> measures;
  for (const v1::MeasureRef& measure : descriptor.measure()) measures.push_back(measure.id());
  std::printf("%s  %s\n", policy::base::Printable(descriptor.round_id()).c_str(),
              StateText(round.state(), session).c_str());
  std::printf("  %s %s, %s %u, %s %s\n", std::string(session.Say("圏域", "area")).c_str(),
              policy::base::Printable(descriptor.area_code()).c_str(),
              std::string(session.Say("年度", "fiscal year")).c_str(), descriptor.fiscal_year(),
              std::string(session.Say("期限", "deadline")).c_str(),
              InstantText(descriptor.deadline()).c_str());
  std::printf("  %s: %s\n", std::string(session.Say("指標", "indicators")).c_str(),
              policy::base::Printable(absl::StrJoin(measures, ", ")).c_str());
  Table table({std::string(session.Say("参加団体", "member")),
               std::string(session.Say("提出", "contributed")),
               std::string(session.Say(">改訂", ">revision")),
               std::string(session.Say("受付", "accepted"))});
  for (const v1::Round::Participation& participation : round.participation()) {
    table.Add({participation.member(),
               std::string(participation.contributed() ? session.Say("済", "yes")
                                                       : session.Say("未", "no")),
               participation.contributed() ? std::to_string(participation.revision()) : "",
               participation.has_accepted_at() ? InstantText(participation.accepted_at()) : ""});
  }
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

absl::Status Open(Session& session, const Options& options) {
  v1::OpenRoundRequest request;
  request.set_area_code(options.area);
  request.set_fiscal_year(options.fiscal_year);
  if (!options.purpose.empty()) {
    RENKEI_ASSIGN_OR_RETURN(const v1::Purpose purpose, PurposeFromWord(options.purpose));
    request.set_purpose(purpose);
  }
  if (options.indicators != "default") SplitInto(options.indicators, request.mutable_indicator());
  SplitInto(options.members, request.mutable_member());
  if (!options.consent_instant.empty()) {
    RENKEI_ASSIGN_OR_RETURN(*request.mutable_consent_instant(),
                            ParseInstant(options.consent_instant));
  }
  if (!options.deadline.empty()) {
    RENKEI_ASSIGN_OR_RETURN(*request.mutable_deadline(), ParseInstant(options.deadline));
  }
  RENKEI_ASSIGN_OR_RETURN(const auto response, (session.Call<v1::RoundService>(
                                                   &v1::RoundService::Stub::OpenRound, request)));
  return PrintRound(response.round(), session, options.format);
}

absl::Status Close(Session& session, const Options& options) {
  v1::CloseRoundRequest request;
  request.set_round_id(options.round);
  RENKEI_ASSIGN_OR_RETURN(const auto response, (session.Call<v1::RoundService>(
                                                   &v1::RoundService::Stub::CloseRound, request)));
  return PrintRound(response.round(), session, options.format);
}

absl::Status Show(Session& session, const Options& options) {
  v1::GetRoundRequest request;
  request.set_round_id(options.round);
  RENKEI_ASSIGN_OR_RETURN(const auto response, (session.Call<v1::RoundService>(
                                                   &v1::RoundService::Stub::GetRound, request)));
  return PrintRound(response.round(), session, options.format);
}

absl::Status List(Session& session, const Options&) {
  Table table(
      {std::string(session.Say("ラウンド", "round")), std::string(session.Say("圏域", "area")),
       std::string(session.Say(">年度", ">fiscal year")), std::string(session.Say("状態", "state")),
       std::string(session.Say(">提出", ">contributed")),
       std::string(session.Say("期限", "deadline")),
       std::string(session.Say(">公表", ">release"))});
  v1::ListRoundsRequest request;
  do {
    RENKEI_ASSIGN_OR_RETURN(
        const auto response,
        (session.Call<v1::RoundService>(&v1::RoundService::Stub::ListRounds, request)));
    for (const v1::Round& round : response.round()) {
      v1::RoundDescriptor descriptor;
      if (!descriptor.ParseFromString(round.descriptor_bytes())) {
        return absl::DataLossError("the hub's round cannot be read");
      }
      int contributed = 0;
      for (const auto& participation : round.participation())
        contributed += participation.contributed();
      table.Add({descriptor.round_id(), descriptor.area_code(),
                 std::to_string(descriptor.fiscal_year()), StateText(round.state(), session),
                 absl::StrCat(contributed, "/", descriptor.member_size()),
                 InstantText(descriptor.deadline()),
                 round.release_number() == 0 ? "" : std::to_string(round.release_number())});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  std::printf("%s", table.Render().c_str());
  return absl::OkStatus();
}

}  // namespace

void AddRoundCommands(CLI::App& app, Session& session, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* round = app.add_subcommand("round", "Ask the members of an area for one fiscal year");
  round->require_subcommand(1);
  const auto run = [&session, &chosen, options](absl::Status (*act)(Session&, const Options&)) {
    chosen = [&session, options, act] {
      const absl::Status status = act(session, *options);
      return status.ok() ? kDone : Report(status);
    };
  };
  const auto format = [options](CLI::App* command) {
    command->add_option("--format", options->format, "table or json")
        ->check(CLI::IsMember({"table", "json"}));
  };

  CLI::App* open = round->add_subcommand("open", "Open a round");
  open->add_option("--area", options->area, "Secondary medical area, 4 digits")->required();
  open->add_option("--fiscal-year", options->fiscal_year, "April to March, named by its first year")
      ->required()
      ->check(CLI::Range(2008, 2100));
  open->add_option("--indicators", options->indicators, "Ids joined by commas, or default")
      ->required();
  open->add_option("--purpose", options->purpose, "Default regional_planning")
      ->check(CLI::IsMember({"regional_planning", "council_indicator", "quality_improvement",
                             "academic_study", "internal_dept_sharing"}));
  open->add_option(
      "--members", options->members,
      "Member ids joined by commas; default all with an agreement that covers the round");
  open->add_option("--consent-instant", options->consent_instant,
                   "Consent is read as of this instant; default the opening");
  open->add_option("--deadline", options->deadline, "Default 14 days from now");
  format(open);
  open->callback([run] { run(Open); });

  CLI::App* close = round->add_subcommand("close", "Take no more contributions");
  close->add_option("--round", options->round, "Round id")->required();
  format(close);
  close->callback([run] { run(Close); });

  CLI::App* list = round->add_subcommand("list", "List the rounds");
  list->callback([run] { run(List); });

  CLI::App* show = round->add_subcommand("show", "Show a round and who has contributed");
  show->add_option("--round", options->round, "Round id")->required();
  format(show);
  show->callback([run] { run(Show); });
}

}  // namespace renkei::hub::cli
