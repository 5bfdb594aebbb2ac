// One-time enrolment codes at the hub (trust 5.2): made once, shown once, stored as a hash.
// The text itself is specified in policy/crypto/enrolment_code.h.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/base/random.h"
#include "policy/crypto/digest.h"

namespace renkei::hub::identity {

inline constexpr absl::Duration kEnrolmentCodeLifetime = absl::Hours(72);

// 128 random bits in canonical text.
std::string MakeEnrolmentCode(policy::base::Random& random);

// SHA-256 of the canonical text of a typed code: what is stored and looked up. INVALID_ARGUMENT for
// a mistyped code. The hash needs no salt: 128 random bits cannot be guessed from it.
absl::StatusOr<policy::crypto::Digest> HashEnrolmentCode(absl::string_view typed);

// Constant time; false for a mistyped code.
bool EnrolmentCodeFits(absl::string_view typed, const policy::crypto::Digest& stored_hash);

// Half-open: no longer valid at issued_at + 72 h, nor before it was issued.
bool EnrolmentCodeIsCurrent(absl::Time issued_at, absl::Time now);

}  // namespace renkei::hub::identity
