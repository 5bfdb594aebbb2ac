// What differs between two policy documents, field by field, and in which direction: a policy that
// becomes stricter also binds the release of rounds under way (R21). Pure.
#pragma once

#include <string>
#include <vector>

#include "renkei/v1/policy.pb.h"

namespace renkei::policy::rules {

enum class Direction {
  kTightens,  // permits less
  kLoosens,   // permits more
  kEither,    // permits other things: more or less as the case may be
  kNeither,   // names, sources, and what may be chosen to be shown less
};

struct PolicyChange {
  // Policy field; of a band with the populations it is about, "population_band[2000..24999]".
  std::string field;
  std::string from;
  std::string to;
  Direction direction = Direction::kNeither;
  // True for what is judged again when a round is released, not only when it is opened or filled.
  bool binds_release = false;
};

// In the order of the document's fields; empty when both permit and say the same.
std::vector<PolicyChange> ComparePolicies(const v1::PolicyDocument& from,
                                          const v1::PolicyDocument& to);

// The changes that keep a round opened under `from` from being released under `to`.
std::vector<PolicyChange> StricterAtRelease(const v1::PolicyDocument& from,
                                            const v1::PolicyDocument& to);

}  // namespace renkei::policy::rules
