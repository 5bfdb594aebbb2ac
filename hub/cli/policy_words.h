// What the policy commands say of a policy, in the language of the session.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "hub/cli/session.h"
#include "policy/rules/policy_changes.h"
#include "renkei/v1/policy.pb.h"

namespace renkei::hub::cli {

std::string StateText(v1::PolicyState state, const Session& session);
std::string DirectionText(policy::rules::Direction direction, const Session& session);

// Whose signatures a proposal still waits for at `now`, and until when.
std::string WaitsFor(const v1::PolicyRecord& policy, absl::Time now, const Session& session);

}  // namespace renkei::hub::cli
