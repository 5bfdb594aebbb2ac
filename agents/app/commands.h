// The commands of `renkei-agent`, one file each. A command adds its flags to the parser; its
// callback returns the exit code: 0 done, 1 failure, 3 partly (usage errors, 2, are the parser's).
#pragma once

#include <functional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "nlohmann/json_fwd.hpp"

namespace renkei::agents::app {

inline constexpr int kDone = 0;
inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;
inline constexpr int kPartly = 3;

// What the chosen command does; run by main after parsing.
using Action = std::function<int()>;

void AddInitCommand(CLI::App& app, Action& action);
void AddEnrolCommand(CLI::App& app, Action& action);
void AddImportCommand(CLI::App& app, Action& action);
void AddAgreementCommand(CLI::App& app, Action& action);
void AddRoundsCommand(CLI::App& app, Action& action);
void AddExplainCommand(CLI::App& app, Action& action);
void AddPreviewCommand(CLI::App& app, Action& action);
void AddSubmitCommand(CLI::App& app, Action& action);
void AddJournalCommand(CLI::App& app, Action& action);
void AddConsentCommand(CLI::App& app, Action& action);
void AddForgetCommand(CLI::App& app, Action& action);
void AddRunCommand(CLI::App& app, Action& action);

// Adds the required --dir.
void AddDirOption(CLI::App& command, std::string& dir);
// Adds --language; ja unless said otherwise.
void AddLanguageOption(CLI::App& command, std::string& language);

struct ListOptions {
  std::string dir;
  std::string format;  // "table" or "json"
};

// Adds a command that lists something of the folder as a table or as JSON.
void AddListCommand(CLI::App& app, Action& action, const char* name, const char* description,
                    absl::Status (*list)(const ListOptions&));

// One line: what was wrong, the reason's name, and what would pass. Without control characters,
// because a hub's message is text from outside.
std::string ErrorLine(const absl::Status& status);
// Prints "renkei-agent: <line>" to stderr; returns kFailure.
int Fail(const absl::Status& status);

// Prints the value to stdout, one element a line. Bytes that are not UTF-8 become U+FFFD.
void PrintJson(const nlohmann::ordered_json& value);

}  // namespace renkei::agents::app
