#include "agents/app/daemon.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agents/app/commands.h"
#include "policy/base/files.h"
#include "policy/base/log.h"
#include "policy/base/status.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;

namespace {

Inbox::Folders FoldersOf(const Agent& agent) {
  const Workspace& workspace = agent.workspace();
  return {.inbox = workspace.inbox(),
          .processing = workspace.Path("processing"),
          .quarantine = workspace.Path("quarantine"),
          .done = workspace.Path("done"),
          .keep_inputs = workspace.config().keep_inputs()};
}

}  // namespace

Daemon::Daemon(Agent& agent, FileImport import)
    : agent_(agent), import_(std::move(import)), inbox_(FoldersOf(agent)) {}

void Daemon::Report(const char* what, const absl::Status& status) {
  const std::string line = status.ok() ? "" : ErrorLine(status);
  std::string& last = last_failure_[what];
  if (line == last) return;
  if (line.empty()) {
    spdlog::info("{}: works again", what);
  } else {
    spdlog::warn("{}: {}", what, line);
  }
  last = line;
}

InboxVerdict Daemon::ImportOne(const std::string& path) {
  const absl::StatusOr<intake::FileOutcome> outcome =
      import_.Import(path, std::nullopt, [](const intake::ProgressStep&) {});
  if (!outcome.ok()) {
    // The status may quote the file's name, which people choose; its code says enough here.
    spdlog::warn(
        "inbox: a file could not be imported ({}); it stays in processing and is tried "
        "again in a minute",
        absl::StatusCodeToString(outcome.status().code()));
    return InboxVerdict::kRetry;
  }
  const intake::ImportReport& report = outcome->report;
  const std::string report_file = agent_.workspace().Path(
      absl::StrCat("reports/", std::filesystem::path(path).filename().string(), ".json"));
  Report("reports", base::WriteFileAtomically(report_file, intake::RenderJson(report), 0600));
  if (outcome->verdict == intake::Verdict::kNothing) {
    spdlog::warn("inbox: a file was rejected and lies in quarantine; its report is in reports");
    return InboxVerdict::kRejected;
  }
  spdlog::info("inbox: imported a {} file: {} records accepted, {} rejected", report.kind,
               report.records.accepted, report.records.rejected);
  return InboxVerdict::kTaken;
}

absl::Status Daemon::PrepareOpenRounds() {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::Round> rounds, agent_.rounds().All());
  RENKEI_ASSIGN_OR_RETURN(contribute::Desk * desk, agent_.desk());
  RENKEI_ASSIGN_OR_RETURN(cohort::CohortStore * store, agent_.cohort());
  RENKEI_ASSIGN_OR_RETURN(const int64_t version, store->RecordVersion());
  for (const v1::Round& round : rounds) {
    if (round.state() != v1::ROUND_STATE_OPEN) continue;
    v1::RoundDescriptor descriptor;
    if (!descriptor.ParseFromString(round.descriptor_bytes())) continue;
    const std::string& id = descriptor.round_id();
    // Once: what was refused or has left waits for an officer.
    RENKEI_ASSIGN_OR_RETURN(const bool has_entry, agent_.outbox().HasEntry(id));
    if (has_entry) continue;
    if (const auto failed = not_prepared_.find(id);
        failed != not_prepared_.end() && failed->second == version) {
      continue;
    }
    const absl::StatusOr<contribute::Prepared> prepared = desk->Prepare(id, agent_.Now());
    if (!prepared.ok()) {
      not_prepared_[id] = version;
      spdlog::warn("round {}: not prepared: {}", id, ErrorLine(prepared.status()));
      continue;
    }
    not_prepared_.erase(id);
    if (!agent_.config().auto_submit()) {
      spdlog::info("round {}: prepared; look with `preview`, send with `submit`", id);
      continue;
    }
    RENKEI_RETURN_IF_ERROR(agent_.outbox().Approve(prepared->entry.request_id, agent_.Now()));
  }
  return absl::OkStatus();
}

absl::Status Daemon::TalkToHub() {
  RENKEI_RETURN_IF_ERROR(agent_.RefreshRounds());
  RENKEI_RETURN_IF_ERROR(agent_.RefreshAgreements());
  RENKEI_ASSIGN_OR_RETURN(const policy::base::FolderLock lock, agent_.TakeSenderLock(5));
  RENKEI_RETURN_IF_ERROR(PrepareOpenRounds());
  RENKEI_ASSIGN_OR_RETURN(const std::vector<contribute::Delivery> deliveries, agent_.Drain());
  for (const contribute::Delivery& delivery : deliveries) {
    switch (delivery.outcome) {
      case contribute::Delivery::Outcome::kAcknowledged:
        spdlog::info("request {}: accepted, receipt is log entry {}", delivery.request_id,
                     delivery.log_sequence);
        break;
      case contribute::Delivery::Outcome::kRefused:
        spdlog::warn("request {}: refused: {}", delivery.request_id, ErrorLine(delivery.cause));
        break;
      case contribute::Delivery::Outcome::kWaiting:
        spdlog::warn("request {}: still waiting: {}", delivery.request_id,
                     ErrorLine(delivery.cause));
        break;
    }
  }
  return absl::OkStatus();
}

void Daemon::Turn(absl::Time now) {
  const absl::StatusOr<int> looked =
      inbox_.Look(now, [this](const std::string& path) { return ImportOne(path); });
  Report("inbox", looked.status());
  if (now < next_talk_) return;
  const absl::Status talked = TalkToHub();
  if (absl::IsUnavailable(talked)) agent_.ForgetHub();
  Report("hub", talked);
  next_talk_ = now + absl::Seconds(agent_.config().poll_seconds());
}

}  // namespace renkei::agents::app
