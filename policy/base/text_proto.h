// Text-proto files as configuration: unknown fields and repeated scalars are errors with their
// line.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Message;
}

namespace renkei::policy::base {

// INVALID_ARGUMENT "<file>:<line>:<column>: <what>"; at most the first three errors are named.
absl::Status ParseTextProto(absl::string_view text, const std::string& file_name,
                            google::protobuf::Message* out);

}  // namespace renkei::policy::base
