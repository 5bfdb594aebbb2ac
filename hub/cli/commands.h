// The command groups of `renkei`. Each adds its subcommands and sets `chosen` when one is parsed.
#pragma once

#include "CLI/CLI.hpp"
#include "hub/cli/session.h"

namespace renkei::hub::cli {

void AddMemberCommands(CLI::App& app, Session& session, Command& chosen);
void AddBundleCommands(CLI::App& app, Session& session, Command& chosen);
void AddAgreementCommands(CLI::App& app, Session& session, Command& chosen);
void AddPolicyCommands(CLI::App& app, Session& session, Command& chosen);
void AddRoundCommands(CLI::App& app, Session& session, Command& chosen);
void AddReleaseCommands(CLI::App& app, Session& session, Command& chosen);
void AddIndicatorCommands(CLI::App& app, Session& session, Command& chosen);
void AddQueryCommand(CLI::App& app, Session& session, Command& chosen);

}  // namespace renkei::hub::cli
