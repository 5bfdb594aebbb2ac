// renkei-agent: the program that runs beside a member's data.
#include <cstdio>
#include <exception>

#include "CLI/CLI.hpp"
#include "agents/app/commands.h"
#include "policy/base/secret.h"
#include "policy/transport/transport.h"

namespace app = renkei::agents::app;

namespace {

int Main(int argc, char** argv) {
  CLI::App parser{
      "renkei-agent: counts a member's persons for the regional council, beside the member's own "
      "data. "
      "Records never leave; signed counts leave when an officer submits them."};
  parser.name("renkei-agent");
  parser.require_subcommand(1);
  app::Action action;
  app::AddInitCommand(parser, action);
  app::AddEnrolCommand(parser, action);
  app::AddImportCommand(parser, action);
  app::AddAgreementCommand(parser, action);
  app::AddRoundsCommand(parser, action);
  app::AddExplainCommand(parser, action);
  app::AddPreviewCommand(parser, action);
  app::AddSubmitCommand(parser, action);
  app::AddJournalCommand(parser, action);
  app::AddConsentCommand(parser, action);
  app::AddForgetCommand(parser, action);
  app::AddRunCommand(parser, action);
  parser.footer("Exit codes: 0 done, 1 failure, 2 usage, 3 partly.");
  try {
    parser.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parser.exit(error) == 0 ? app::kDone : app::kUsage;
  }
  return action ? action() : app::kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  renkei::policy::base::ForbidCoreDumps();
  renkei::policy::transport::RequireTls13();
  try {
    return Main(argc, argv);
  } catch (const std::exception&) {
    // A library's exception text may quote data; what happened is told without it.
    std::fputs(
        "renkei-agent: stopped by an internal failure (out of memory?); nothing half done is "
        "kept\n",
        stderr);
    return app::kFailure;
  }
}
