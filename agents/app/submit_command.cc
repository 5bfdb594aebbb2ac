// renkei-agent submit: the officer lets a round's contribution leave. Exit code 3: it is queued,
// because the hub cannot be reached; it goes out by itself.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "policy/base/status.h"
#include "policy/crypto/digest.h"

namespace renkei::agents::app {
namespace {

struct Options {
  std::string dir;
  std::string round;
};

std::string WhatLeft(const contribute::OutboxEntry& entry) {
  return absl::StrCat("request ", entry.request_id, ", revision ", entry.revision, ", ",
                      entry.envelope.payload().size(), " bytes, SHA-256 ",
                      policy::crypto::ToHex(entry.payload_sha256));
}

absl::StatusOr<int> Submit(const Options& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(contribute::Desk * desk, agent->desk());
  RENKEI_ASSIGN_OR_RETURN(const policy::base::FolderLock lock, agent->TakeSenderLock(60));
  bool hub_is_away = false;
  RENKEI_RETURN_IF_ERROR(agent->RefreshRound(options.round, &hub_is_away));
  if (!hub_is_away) RENKEI_RETURN_IF_ERROR(agent->RefreshAgreements());
  RENKEI_ASSIGN_OR_RETURN(const contribute::Prepared prepared,
                          desk->Prepare(options.round, agent->Now()));
  if (prepared.outcome == contribute::Prepared::Outcome::kAcknowledged) {
    std::printf("nothing to send: the hub has exactly these counts (%s)\n",
                WhatLeft(prepared.entry).c_str());
    return kDone;
  }
  if (prepared.differs_from_preview) {
    return absl::FailedPreconditionError(
        absl::StrCat("round ", options.round,
                     ": the counts differ from those last previewed, because files or consents "
                     "changed since; look again with `preview`, or submit again to send the new "
                     "ones"));
  }
  const std::string& request_id = prepared.entry.request_id;
  RENKEI_RETURN_IF_ERROR(agent->outbox().Approve(request_id, agent->Now()));
  RENKEI_ASSIGN_OR_RETURN(const contribute::Delivery delivery, agent->Deliver(request_id));
  RENKEI_ASSIGN_OR_RETURN(const contribute::OutboxEntry entry,
                          agent->outbox().Find(delivery.request_id));
  switch (delivery.outcome) {
    case contribute::Delivery::Outcome::kAcknowledged:
      std::printf("sent: %s\nreceipt: entry %llu of the hub's log, kept in the journal\n",
                  WhatLeft(entry).c_str(), static_cast<unsigned long long>(delivery.log_sequence));
      return kDone;
    case contribute::Delivery::Outcome::kRefused:
      return delivery.cause;
    case contribute::Delivery::Outcome::kWaiting:
      break;
  }
  if (absl::IsDataLoss(delivery.cause)) return delivery.cause;
  std::printf("queued: %s\n", WhatLeft(entry).c_str());
  std::fprintf(stderr,
               "renkei-agent: queued, not sent: %s; it goes out by itself while `renkei-agent run` "
               "runs, or with the next submit\n",
               ErrorLine(delivery.cause).c_str());
  return kPartly;
}

}  // namespace

void AddSubmitCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("submit", "Count, sign and send this member's contribution to a round");
  AddDirOption(*command, options->dir);
  command->add_option("--round", options->round, "Id of the round")->required();
  command->footer(
      "Exit codes: 0 accepted by the hub, 3 queued because the hub cannot be reached, "
      "1 refused or failed.");
  command->callback([options, &action] {
    action = [options] {
      const absl::StatusOr<int> code = Submit(*options);
      return code.ok() ? *code : Fail(code.status());
    };
  });
}

}  // namespace renkei::agents::app
