// Fail closed at the door (architecture rule 8): a message may only say what this version knows.
#pragma once

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}

namespace renkei::hub::rounds {

// INVALID_ARGUMENT (MALFORMED) naming the field when the message, or one inside it, has an unknown
// field or an enum value that this version does not know. Linear in the message; deeper than 16:
// refused.
absl::Status RefuseUnknown(const google::protobuf::Message& message);

}  // namespace renkei::hub::rounds
