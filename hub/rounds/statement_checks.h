// The checks of a contribution that need no store: what it says about itself, about its round and
// about its counts. Pure.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "policy/tables/cube.h"
#include "policy/tables/layout.h"
#include "renkei/v1/contribution.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::rounds {

absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
// Within 1970..2199 and with nanoseconds in range: safe to convert and to add days to.
bool IsPlausible(const google::protobuf::Timestamp& timestamp);

// Ids, times present, revision 1..3 and its supersedes: what must hold in any state.
// INVALID_ARGUMENT.
absl::Status CheckForm(const v1::ContributionStatement& statement);

// Catalogue, layout, round digest, insurer list (R24) as frozen. FAILED_PRECONDITION with the
// reason.
absl::Status CheckFrozen(const v1::ContributionStatement& statement,
                         const v1::RoundDescriptor& descriptor, const std::string& round_digest);

// Counts in the layout's order; INVALID_ARGUMENT when a size or a count is impossible.
absl::StatusOr<policy::tables::Cube> CubeOf(const v1::ContributionStatement& statement,
                                            const policy::tables::Layout& layout);

}  // namespace renkei::hub::rounds
