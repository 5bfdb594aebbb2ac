#include "agents/app/counted_rounds.h"

#include <optional>

#include "policy/base/status.h"

namespace renkei::agents::app {
namespace {

absl::StatusOr<RoundStanding> StandingOf(Agent& agent, const v1::Round& round,
                                         const contribute::OutboxEntry& entry) {
  RENKEI_ASSIGN_OR_RETURN(const std::optional<contribute::OutboxEntry> at_hub,
                          agent.outbox().AcknowledgedOf(entry.round_id));
  const bool has_left = at_hub.has_value() || entry.state == contribute::OutboxState::kSent;
  if (!has_left) return RoundStanding::kNotSent;
  if (round.state() != v1::ROUND_STATE_OPEN) return RoundStanding::kSentClosed;
  return entry.revision >= contribute::kMaxRevision ? RoundStanding::kSentLastRevision
                                                    : RoundStanding::kSentOpen;
}

}  // namespace

absl::StatusOr<std::vector<CountedRound>> CountedRoundsOf(Agent& agent,
                                                          const std::set<int>& years) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<v1::Round> rounds, agent.rounds().All());
  std::vector<CountedRound> counted;
  for (const v1::Round& round : rounds) {
    v1::RoundDescriptor descriptor;
    if (!descriptor.ParseFromString(round.descriptor_bytes())) continue;
    if (!years.contains(static_cast<int>(descriptor.fiscal_year()))) continue;
    RENKEI_ASSIGN_OR_RETURN(const std::optional<contribute::OutboxEntry> entry,
                            agent.outbox().CurrentOf(descriptor.round_id()));
    if (!entry.has_value()) continue;
    RENKEI_ASSIGN_OR_RETURN(const RoundStanding standing, StandingOf(agent, round, *entry));
    counted.push_back({.round_id = descriptor.round_id(),
                       .area_code = descriptor.area_code(),
                       .fiscal_year = descriptor.fiscal_year(),
                       .revision = entry->revision,
                       .standing = standing});
  }
  return counted;
}

}  // namespace renkei::agents::app
