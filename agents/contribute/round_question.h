// A round as this agent understands it: the frozen descriptor, checked, and the layout rebuilt from
// it. What the agent would count differently from what the hub froze is refused here, before a
// person is looked at (R27). Pure; immutable.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/catalogue/catalogue.h"
#include "policy/crypto/digest.h"
#include "policy/tables/layout.h"
#include "renkei/v1/policy.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::agents::contribute {

struct RoundQuestion {
  v1::RoundDescriptor descriptor;
  policy::crypto::Digest digest{};  // SHA-256 of the descriptor's bytes as served
  v1::RoundState state = v1::ROUND_STATE_UNSPECIFIED;
  v1::PolicyDocument policy;
  std::shared_ptr<const policy::tables::Layout> layout;
};

// `policy_text` is GetRoundResponse.policy_text. DATA_LOSS when a digest does not fit its bytes;
// FAILED_PRECONDITION (LAYOUT_MISMATCH, CATALOGUE_STALE) when this agent would count something
// else; INVALID_ARGUMENT for a descriptor that is incomplete.
absl::StatusOr<RoundQuestion> ReadRound(const v1::Round& round, const std::string& policy_text,
                                        const policy::catalogue::Catalogue& catalogue);

}  // namespace renkei::agents::contribute
