// The parts of `renkei-agent consent`, one file each, and how they print words. Persons are named
// in a file, never on the command line (person_file.h).
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agents/app/commands.h"
#include "policy/consent/events.h"
#include "policy/consent/words.h"

namespace renkei::agents::app {

void AddConsentImportCommand(CLI::App& consent, Action& action);
void AddConsentRecordCommand(CLI::App& consent, Action& action);
void AddConsentWithdrawCommand(CLI::App& consent, Action& action);
void AddConsentShowCommand(CLI::App& consent, Action& action);
void AddConsentStatsCommand(CLI::App& consent, Action& action);

// "2026-11-23 15:04:05 JST"; fractions of a second only where there are some.
std::string JstText(absl::Time time);

// "--purpose all" or "a, b" of an event, in words.
std::string PurposesText(const policy::consent::Event& event, bool japanese);
std::string CategoriesText(const policy::consent::Event& event, bool japanese);
// Everything that an event says, in one line.
std::string EventText(const policy::consent::Event& event, bool japanese);

// INVALID_ARGUMENT naming the option; for an empty text the machine's `now`, in whole seconds.
absl::StatusOr<absl::Time> InstantOption(const std::string& option, const std::string& text,
                                         absl::Time now);

}  // namespace renkei::agents::app
