// renkei-hub: makes a hub and runs it. Exit codes: 0 done, 1 failure, 2 usage.
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <iostream>
#include <string>
#include <thread>

#include "CLI/CLI.hpp"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "hub/app/config.h"
#include "hub/app/init.h"
#include "hub/app/server.h"
#include "policy/base/clock.h"
#include "policy/base/log.h"
#include "policy/base/random.h"
#include "policy/base/secret.h"
#include "policy/transport/transport.h"

namespace {

namespace app = renkei::hub::app;
namespace base = renkei::policy::base;

constexpr int kFailure = 1;
constexpr int kUsage = 2;
constexpr absl::Duration kGrace = absl::Seconds(10);

int Fail(const absl::Status& status) {
  std::cerr << "renkei-hub: " << std::string(status.message()) << "\n";
  return kFailure;
}

int RunInit(const app::InitRequest& request) {
  base::SystemClock clock;
  base::SystemRandom random;
  const auto report = app::Init(request, clock, random);
  if (!report.ok()) return Fail(report.status());
  std::cout << "CA fingerprint (SHA-256), for the letters to the members:\n  "
            << report->ca_fingerprint << "\nBundles; each is somebody's identity, hand it to that "
            << "person alone:\n";
  for (const std::string& bundle : report->bundles) std::cout << "  " << bundle << "\n";
  std::cout << (report->root_secret_made ? "Root secret made at\n  " : "Root secret read from\n  ")
            << report->root_secret_path << "\nKey of the root certificate, to be moved offline:\n  "
            << report->root_key_path << "\nStart the hub: renkei-hub serve --dir " << request.dir
            << "\n";
  if (report->two_person) {
    std::cout
        << "Two persons approve policies, the first one too:\n"
           "  renkei --bundle operator.bundle bundle make --role secretariat --area A --out F\n"
           "  and both: renkei --bundle F policy approve --policy ID --version N\n"
           "  (ID and N: renkei policy show --history)\n";
  }
  return 0;
}

int RunServe(const std::string& dir) {
  // Signals are waited for by this thread alone; threads of gRPC inherit the mask.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  base::StartLog("renkei-hub");
  base::SystemClock clock;
  base::SystemRandom random;
  const auto server = app::Server::Start(dir, clock, random);
  if (!server.ok()) return Fail(server.status());
  spdlog::info("serving on port {}, enrolment on port {}", (*server)->port(),
               (*server)->enrol_port());
  bool failed = false;
  while (true) {
    const timespec half_second{0, 500'000'000};
    if (sigtimedwait(&signals, nullptr, &half_second) > 0) break;
    if ((*server)->must_stop()) {
      failed = true;
      break;
    }
  }
  spdlog::info("stopping");
  // A release that is being computed does not hear of it. What is acknowledged is on disk, and a
  // transaction that is cut off leaves nothing.
  std::thread([] {
    absl::SleepFor(kGrace + absl::Seconds(5));
    spdlog::warn("a running computation was cut off; ask for it again");
    spdlog::default_logger()->flush();
    _exit(kFailure);
  }).detach();
  (*server)->Stop(kGrace);
  spdlog::info("stopped");
  return failed ? kFailure : 0;
}

}  // namespace

int main(int argc, char** argv) {
  base::ForbidCoreDumps();
  renkei::policy::transport::RequireTls13();
  CLI::App program("Renkei hub: collects protected counts of the members, publishes indicators.",
                   "renkei-hub");
  program.require_subcommand(1);
  program.footer("Exit codes: 0 done, 1 failure, 2 usage.");

  app::InitRequest request;
  bool print_config = false;
  CLI::App* init = program.add_subcommand(
      "init", "Make keys, certificate authority, database and bundles; prints the CA fingerprint.");
  CLI::Option* print =
      init->add_flag("--print-config", print_config, "Print a commented sample and end");
  CLI::Option* init_dir =
      init->add_option("--dir", request.dir, "Data folder; must not exist or be empty");
  CLI::Option* config =
      init->add_option("--config", request.config_path, "Configuration, a text-proto file");
  init->add_flag("--insecure-same-place", request.insecure_same_place,
                 "Root secret and anchor may lie in the data folder; for trials only");
  init->add_option(
          "--deployment-id", request.deployment_id,
          "32 hex digits instead of random ones: the same id and root secret give the same "
          "derived keys (rehearsals)")
      ->check([](const std::string& text) {
        return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos
                   ? std::string()
                   : std::string("must be 32 lower-case hex digits");
      });

  std::string dir;
  CLI::App* serve = program.add_subcommand(
      "serve", "Serve members and readers until SIGTERM or SIGINT; running calls get 10 seconds.");
  serve->add_option("--dir", dir, "Data folder made by init")->required();

  try {
    program.parse(argc, argv);
    if (init->parsed() && print->count() == 0) {
      if (init_dir->count() == 0) throw CLI::RequiredError("--dir");
      if (config->count() == 0) throw CLI::RequiredError("--config");
    }
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsage;
  }
  if (print_config) {
    std::cout << app::SampleConfig();
    return 0;
  }
  return init->parsed() ? RunInit(request) : RunServe(dir);
}
