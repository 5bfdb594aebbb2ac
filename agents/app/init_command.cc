// renkei-agent init: the folder, its keys and databases; or a sample configuration.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "agents/app/commands.h"
#include "agents/app/config.h"
#include "agents/app/workspace.h"
#include "agents/profiles/profiles.h"
#include "policy/base/printable.h"
#include "policy/base/random.h"

namespace renkei::agents::app {
namespace {

struct Options {
  std::string dir;
  std::string config_file;
  std::string kind = "municipality";
  bool print_config = false;
  bool insecure_same_place = false;
};

int Run(const Options& options) {
  if (options.print_config) {
    const absl::string_view sample = profiles::SampleConfig(KindOfWord(options.kind));
    std::fwrite(sample.data(), 1, sample.size(), stdout);
    return kDone;
  }
  if (options.dir.empty() || options.config_file.empty()) {
    std::fputs("renkei-agent: init needs --dir and --config (or --print-config)\n", stderr);
    return kUsage;
  }
  policy::base::SystemRandom random;
  const absl::StatusOr<Workspace> workspace =
      Workspace::Create(options.dir, options.config_file, options.insecure_same_place, random);
  if (!workspace.ok()) return Fail(workspace.status());
  if (options.insecure_same_place) {
    std::fputs(
        "warning: --insecure-same-place: whoever takes the folder can read it; for trials "
        "only\n",
        stderr);
  }
  std::printf("agent of %s (%s) made in %s\n",
              policy::base::Printable(workspace->config().name()).c_str(),
              workspace->config().organisation_code().c_str(), options.dir.c_str());
  std::printf("next: renkei-agent enrol --dir %s --code - --ca-fingerprint H\n",
              options.dir.c_str());
  return kDone;
}

}  // namespace

void AddInitCommand(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "init", "Make the agent's folder: keys, deployment id, encrypted databases");
  command->add_option("--dir", options->dir, "Folder of the agent, made with mode 0700");
  command->add_option("--config", options->config_file, "Configuration, text-proto");
  command->add_flag("--print-config", options->print_config,
                    "Print a commented sample configuration and stop");
  command->add_option("--kind", options->kind, "Kind of the sample")
      ->check(CLI::IsMember({"municipality", "insurer", "workplace"}));
  command->add_flag("--insecure-same-place", options->insecure_same_place,
                    "Allow the root secret inside the folder (trials only)");
  command->callback([options, &action] { action = [options] { return Run(*options); }; });
}

}  // namespace renkei::agents::app
