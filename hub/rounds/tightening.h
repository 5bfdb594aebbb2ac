// A policy that became stricter while a round was under way (R21): the round keeps the policy it
// was opened with, but what the stricter one forbids is not released any more.
#pragma once

#include "renkei/v1/policy.pb.h"

namespace renkei::hub::rounds {

// True when `in_force` forbids anything that `of_round` permits.
bool Tightens(const v1::PolicyDocument& in_force, const v1::PolicyDocument& of_round);

}  // namespace renkei::hub::rounds
