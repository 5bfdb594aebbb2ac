// What the hub runs under while it serves: catalogue, policy in force, its own names. Immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy/catalogue/catalogue.h"
#include "policy/rules/policy_document.h"

namespace renkei::hub::rounds {

struct Terms {
  std::shared_ptr<const policy::catalogue::Catalogue> catalogue;
  std::shared_ptr<const policy::rules::Policy> policy;
  std::string trust_domain;
  std::string audience;            // log origin: <trust domain>/log/1
  std::vector<std::string> areas;  // secondary medical areas served
  bool two_person = false;
};

}  // namespace renkei::hub::rounds
