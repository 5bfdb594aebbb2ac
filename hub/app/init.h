// `renkei-hub init`: keys, certificate authority, database and the first three bundles (R22, R26).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/base/clock.h"
#include "policy/base/random.h"

namespace renkei::hub::app {

struct InitRequest {
  std::string dir;
  std::string config_path;
  // The root secret and the anchor may lie in the data folder: for trials only.
  bool insecure_same_place = false;
  // 32 hex digits: with the same root secret it gives the same derived keys, for rehearsals and for
  // tests that must choose the same cells twice. Empty: random.
  std::string deployment_id;
};

struct InitReport {
  std::string ca_fingerprint;        // SHA-256 of the root certificate's DER, 64 hex digits
  std::vector<std::string> bundles;  // operator, secretariat, auditor
  std::string root_key_path;         // to be moved offline
  std::string root_secret_path;
  bool root_secret_made = false;
  bool two_person = false;  // no policy is in force before two persons of the secretariat sign it
};

// FAILED_PRECONDITION when the folder holds anything: nothing is ever overwritten. A failed init
// leaves no data folder behind.
absl::StatusOr<InitReport> Init(const InitRequest& request, policy::base::Clock& clock,
                                policy::base::Random& random);

}  // namespace renkei::hub::app
