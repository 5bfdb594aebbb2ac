// renkei-agent rounds: what the council asks, and how far this member is.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "agents/app/agent.h"
#include "agents/app/commands.h"
#include "nlohmann/json.hpp"
#include "policy/base/clock.h"
#include "policy/base/printable.h"
#include "policy/base/status.h"

namespace renkei::agents::app {

namespace base = renkei::policy::base;

namespace {

std::string Word(const std::string& name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
}

absl::StatusOr<std::string> OwnState(Agent& agent, const std::string& round_id) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<contribute::OutboxEntry> entry,
                          agent.outbox().CurrentOf(round_id));
  if (!entry.has_value()) return std::string("nothing prepared");
  if (entry->state == contribute::OutboxState::kPrepared && !entry->approved) {
    return std::string("prepared, waits for `submit`");
  }
  if (entry->state == contribute::OutboxState::kPrepared) return std::string("queued");
  return absl::StrCat(contribute::OutboxStateWord(entry->state), ", revision ", entry->revision);
}

absl::Status List(const ListOptions& options) {
  RENKEI_ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Open(options.dir));
  if (absl::Status refreshed = agent->RefreshRounds(); !refreshed.ok()) {
    if (!contribute::IsWorthWaitingFor(refreshed)) return refreshed;
    std::fprintf(stderr, "renkei-agent: %s; rounds as last seen:\n", ErrorLine(refreshed).c_str());
  }
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::Round> rounds, agent->rounds().All());
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::string table = rounds.empty() ? "no rounds yet\n"
                                     : "round                                 area  year  "
                                       "state     deadline    this member\n";
  for (const v1::Round& round : rounds) {
    v1::RoundDescriptor descriptor;
    if (!descriptor.ParseFromString(round.descriptor_bytes())) continue;
    RENKEI_ASSIGN_OR_RETURN(const std::string own, OwnState(*agent, descriptor.round_id()));
    const std::string state = Word(v1::RoundState_Name(round.state()), "ROUND_STATE_");
    const std::string deadline = absl::FormatTime(
        "%Y-%m-%d", absl::FromUnixSeconds(descriptor.deadline().seconds()), base::Jst());
    list.push_back({{"round_id", descriptor.round_id()},
                    {"area_code", descriptor.area_code()},
                    {"fiscal_year", descriptor.fiscal_year()},
                    {"state", state},
                    {"deadline", deadline},
                    {"measures", descriptor.measure_size()},
                    {"this_member", own}});
    absl::StrAppend(&table, base::Printable(descriptor.round_id()), "  ",
                    base::Printable(descriptor.area_code()), "  ", descriptor.fiscal_year(), "  ",
                    absl::StrFormat("%-10s", state), deadline, "  ", own, "\n");
  }
  if (options.format == "json") {
    PrintJson(list);
  } else {
    std::fputs(table.c_str(), stdout);
  }
  return absl::OkStatus();
}

}  // namespace

void AddRoundsCommand(CLI::App& app, Action& action) {
  AddListCommand(app, action, "rounds", "List the rounds that this member takes part in", List);
}

}  // namespace renkei::agents::app
