// The daemon loop of `renkei-agent run` (R28, R29): inbox, rounds, outbox. One thread; nothing
// calls in.
//
// It prepares open rounds once and says so; it sends by itself only with `auto_submit`, and what an
// officer has approved. Log lines hold ids and counts only.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "agents/app/agent.h"
#include "agents/app/import_files.h"
#include "agents/app/inbox.h"

namespace renkei::agents::app {

class Daemon {
 public:
  // The agent outlives the daemon.
  Daemon(Agent& agent, FileImport import);

  // One turn at `now`; called about every second. Failures are logged and tried again at the next
  // turn.
  void Turn(absl::Time now);

 private:
  InboxVerdict ImportOne(const std::string& path);
  absl::Status TalkToHub();
  absl::Status PrepareOpenRounds();
  // Logs a failure once until it changes or ends.
  void Report(const char* what, const absl::Status& status);

  Agent& agent_;
  FileImport import_;
  Inbox inbox_;
  absl::Time next_talk_ = absl::InfinitePast();
  std::map<std::string, std::string> last_failure_;
  std::map<std::string, int64_t> not_prepared_;  // round id -> record version when it last failed
};

}  // namespace renkei::agents::app
