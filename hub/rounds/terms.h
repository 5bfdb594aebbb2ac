// What the hub runs under while it serves: catalogue, its own names and settings. Immutable; the
// policy in force is in the store (policy_in_force.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy/catalogue/catalogue.h"

namespace renkei::hub::rounds {

struct Terms {
  std::shared_ptr<const policy::catalogue::Catalogue> catalogue;
  std::string trust_domain;
  std::string audience;                          // log origin: <trust domain>/log/1
  std::vector<std::string> areas;                // secondary medical areas served
  std::vector<std::string> population_editions;  // that a policy may name
  bool two_person = false;                       // a policy needs two persons (R22)
};

}  // namespace renkei::hub::rounds
