// The two lanes of a hub (R45): a family of measures is released either exactly and suppressed, or
// with noise and charged to a budget, never both. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/catalogue/catalogue.h"
#include "renkei/v1/policy.pb.h"

namespace renkei::hub::rounds {

enum class Lane { kExact, kNoise };

// Of a measure's family; a measure that the catalogue has not is in the exact lane.
Lane LaneOf(const policy::catalogue::Catalogue& catalogue, const v1::PolicyDocument& policy,
            const std::string& measure);

// Of all measures of a round. FAILED_PRECONDITION when some are in one lane and some in the other,
// or when one in the noise lane reads other fiscal years: a release is charged to one.
absl::StatusOr<Lane> LaneOfRound(const policy::catalogue::Catalogue& catalogue,
                                 const v1::PolicyDocument& policy,
                                 const std::vector<std::string>& measures);

// Are two measures of one family, or of families that relations lead to from one another? Then what
// is released exactly of one would tell of the other without its noise. A measure that the
// catalogue has not may be linked with any.
bool AreLinked(const policy::catalogue::Catalogue& catalogue, const std::string& a,
               const std::string& b);

// The families of a policy's noise lane are the catalogue's, and no relation of the catalogue leads
// from a measure in one lane to one in the other: the exact one would tell of the noisy one without
// its noise. INVALID_ARGUMENT names the families.
absl::Status CheckNoiseFamilies(const policy::catalogue::Catalogue& catalogue,
                                const v1::PolicyDocument& policy);

}  // namespace renkei::hub::rounds
