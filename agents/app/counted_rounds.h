// Rounds that have counts of this member, and what can still be done about them when a person is
// erased or withdraws (R19). Reads the agent's state database.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agents/app/agent.h"

namespace renkei::agents::app {

enum class RoundStanding : uint8_t {
  kNotSent,           // counted anew before it leaves
  kSentOpen,          // another submit revises it
  kSentLastRevision,  // only the secretariat can still do something
  kSentClosed,        // the release may have the person in its counts
};

struct CountedRound {
  std::string round_id;
  std::string area_code;
  uint32_t fiscal_year = 0;
  uint32_t revision = 0;
  RoundStanding standing = RoundStanding::kNotSent;
};

// Of these fiscal years, newest first.
absl::StatusOr<std::vector<CountedRound>> CountedRoundsOf(Agent& agent, const std::set<int>& years);

}  // namespace renkei::agents::app
