// renkei-agent preview: exactly the numbers and bytes that would leave, for the member's own
// officer.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "agents/contribute/preview.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"

namespace renkei::agents::app {
namespace {

struct Options {
  std::string dir;
  std::string round;
  std::vector<std::string> municipalities;
  std::vector<std::string> indicators;
  std::string by = "sex,age";
  std::string format = "table";
  std::string language;
};

const char* StandsAs(const contribute::Prepared& prepared, bool ja) {
  switch (prepared.outcome) {
    case contribute::Prepared::Outcome::kDraft:
      return ja ? "下書き：担当者が submit すると送られる"
                : "draft: leaves when an officer submits it";
    case contribute::Prepared::Outcome::kWaiting:
      return ja ? "待機中：hub につながりしだい送られる"
                : "queued: leaves as soon as the hub can be reached";
    case contribute::Prepared::Outcome::kAcknowledged:
      return ja ? "送信済み：hub にあるのはこの人数" : "has left: the hub has exactly these counts";
  }
  return "";
}

absl::Status Show(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(contribute::Desk * desk, agent->desk());
  RENKEI_ASSIGN_OR_RETURN(const policy::base::FolderLock lock, agent->TakeSenderLock(60));
  bool hub_is_away = false;
  RENKEI_RETURN_IF_ERROR(agent->RefreshRound(options.round, &hub_is_away));
  RENKEI_ASSIGN_OR_RETURN(const contribute::Prepared prepared,
                          desk->Prepare(options.round, agent->Now()));
  RENKEI_ASSIGN_OR_RETURN(const contribute::RoundQuestion question, desk->Question(options.round));
  RENKEI_ASSIGN_OR_RETURN(const policy::catalogue::Catalogue* catalogue, agent->catalogue());
  RENKEI_ASSIGN_OR_RETURN(const Identity* self, agent->identity());
  contribute::PreviewRequest request;
  request.municipalities = options.municipalities;
  request.indicators = options.indicators;
  request.by = options.by == "total"      ? contribute::PreviewBreakdown::kTotal
               : options.by == "sex,age2" ? contribute::PreviewBreakdown::kSexAge2
                                          : contribute::PreviewBreakdown::kSexAge;
  const absl::StatusOr<policy::agreement::SignedAgreement> agreement =
      agent->agreements().For(question.descriptor, self->signer->public_key(), agent->Now());
  if (agreement.ok()) {
    request.min_cell_persons = agreement->agreement().terms().min_cell_persons();
  }
  RENKEI_ASSIGN_OR_RETURN(
      const contribute::Preview preview,
      contribute::MakePreview(prepared.entry.envelope, question, *catalogue, request));
  if (options.format == "csv") {
    std::fputs(contribute::RenderPreviewCsv(preview).c_str(), stdout);
  } else if (options.format == "json") {
    std::fputs(contribute::RenderPreviewJson(preview).c_str(), stdout);
  } else {
    const bool ja = options.language == "ja";
    const std::string table = contribute::RenderPreviewTable(preview, catalogue->areas(), ja);
    std::fputs(policy::base::Printable(table, true).c_str(), stdout);
    std::printf("%s\n", StandsAs(prepared, ja));
  }
  if (prepared.outcome == contribute::Prepared::Outcome::kDraft) {
    return agent->outbox().SetPreviewed(prepared.entry.request_id);
  }
  return absl::OkStatus();
}

}  // namespace

void AddPreviewCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "preview", "Show exactly the numbers and bytes that would leave for a round");
  AddDirOption(*command, options->dir);
  command->add_option("--round", options->round, "Id of the round")->required();
  command
      ->add_option("--municipality", options->municipalities,
                   "6-digit codes, unknown, or area; default: all that have persons")
      ->delimiter(',');
  command->add_option("--indicator", options->indicators, "Indicator ids; default: all")
      ->delimiter(',');
  command->add_option("--by", options->by, "Rows: total, sex,age or sex,age2")
      ->check(CLI::IsMember({"total", "sex,age", "sex,age2"}));
  command->add_option("--format", options->format)->check(CLI::IsMember({"table", "csv", "json"}));
  AddLanguageOption(*command, options->language);
  command->callback([options, &action] {
    action = [options] {
      const absl::Status status = Show(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
