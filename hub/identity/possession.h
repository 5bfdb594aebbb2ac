// Proof of possession of both keys in an enrolment (trust 5.2): the request's self-signature for
// the TLS key, an Ed25519 signature over code and request for the statement-signing key. Pure.
#pragma once

#include "absl/status/status.h"
#include "renkei/v1/enrolment_service.pb.h"

namespace renkei::hub::identity {

// INVALID_ARGUMENT with reason SIGNATURE and the field that failed.
absl::Status VerifyPossession(const v1::EnrolRequest& request);

}  // namespace renkei::hub::identity
