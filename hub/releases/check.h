// Checking a release before it is made (R12, R13): what Make would hide of a closed round, in a
// layout of the policy's ladder, and whether it would hold the round.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/log/log.h"
#include "hub/releases/candidate.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "policy/catalogue/catalogue.h"
#include "policy/disclosure/protected_table.h"
#include "renkei/v1/release_service.pb.h"

namespace renkei::hub::releases {

// Refuses whatever Make would refuse, with the same status; but of a round of the noise lane it
// says what the release costs and whether the budget suffices, and does not foresee which figures
// the noise will leave below a threshold. The same inputs give the same answer; nothing is stored
// but the entry release.checked, which every check that came to a decision leaves: LoadCandidate's
// errors leave none. Holds no lock while it computes, which may take as long as Make.
absl::StatusOr<v1::CheckReleaseResponse> Check(store::Store& store, const rounds::Terms& terms,
                                               const Surroundings& surroundings,
                                               const base::RoundId& round_id,
                                               const std::string& layout_name, const log::Act& act);

// Adds what Protect answered: that it would be held, or what the table hides. Any other failure is
// returned.
absl::Status AddFindings(
    const absl::StatusOr<policy::disclosure::ProtectedTable<policy::disclosure::ForRelease>>& table,
    const policy::catalogue::Catalogue& catalogue, v1::CheckReleaseResponse* response);

}  // namespace renkei::hub::releases
