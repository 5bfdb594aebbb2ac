// renkei: the command of secretariats, auditors and operators. Exit codes: 0 done, 1 failed, 2
// usage.
#include "CLI/CLI.hpp"
#include "hub/cli/commands.h"
#include "hub/cli/session.h"
#include "policy/base/secret.h"
#include "policy/transport/transport.h"

int main(int argc, char** argv) {
  using namespace renkei;  // NOLINT(google-build-using-namespace): main only
  policy::base::ForbidCoreDumps();
  policy::transport::RequireTls13();

  hub::cli::Session session;
  hub::cli::Command chosen;
  CLI::App app("Renkei 連携: rounds, releases and indicators of a secondary medical area");
  app.option_defaults()->always_capture_default(false);
  app.add_option("--bundle", session.bundle_path,
                 "File with your identity, as written by `renkei-hub init` or `renkei bundle make`")
      ->required();
  app.add_option("--lang", session.language, "Language of tables and messages: ja or en")
      ->check(CLI::IsMember({"ja", "en"}));
  app.require_subcommand(1);
  app.fallthrough();
  hub::cli::AddMemberCommands(app, session, chosen);
  hub::cli::AddBundleCommands(app, session, chosen);
  hub::cli::AddAgreementCommands(app, session, chosen);
  hub::cli::AddPolicyCommands(app, session, chosen);
  hub::cli::AddIndicatorCommands(app, session, chosen);
  hub::cli::AddRoundCommands(app, session, chosen);
  hub::cli::AddReleaseCommands(app, session, chosen);
  hub::cli::AddQueryCommand(app, session, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? hub::cli::kDone : hub::cli::kUsage;
  }
  return chosen();
}
