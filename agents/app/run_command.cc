// renkei-agent run: the daemon. Ends cleanly on SIGTERM and SIGINT, after the file in hand.
#include <signal.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "agents/app/daemon.h"
#include "policy/base/folder_lock.h"
#include "policy/base/log.h"
#include "policy/base/status.h"

namespace renkei::agents::app {
namespace {

struct Options {
  std::string dir;
};

absl::Status Serve(const Options& options) {
  // Blocked before any thread is made, so that every thread inherits it and one place waits for it.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  policy::base::StartLog("renkei-agent");
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  RENKEI_ASSIGN_OR_RETURN(const policy::base::FolderLock lock,
                          policy::base::FolderLock::Take(
                              agent->workspace().Path("daemon.lock"), 0,
                              "another `renkei-agent run` serves this folder; end it first"));
  RENKEI_RETURN_IF_ERROR(agent->identity().status());
  RENKEI_ASSIGN_OR_RETURN(FileImport import, FileImport::Make(*agent));
  Daemon daemon(*agent, std::move(import));
  spdlog::info("running; polls the hub every {} s, auto_submit {}", agent->config().poll_seconds(),
               agent->config().auto_submit() ? "on" : "off");
  constexpr timespec kTurn = {.tv_sec = 1, .tv_nsec = 0};
  for (;;) {
    daemon.Turn(agent->Now());
    if (sigtimedwait(&stop, nullptr, &kTurn) > 0) break;
  }
  spdlog::info("stopped");
  return absl::OkStatus();
}

}  // namespace

void AddRunCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "run", "Serve: watch the inbox, prepare open rounds, send what was approved");
  AddDirOption(*command, options->dir);
  command->callback([options, &action] {
    action = [options] {
      const absl::Status status = Serve(*options);
      return status.ok() ? kDone : Fail(status);
    };
  });
}

}  // namespace renkei::agents::app
