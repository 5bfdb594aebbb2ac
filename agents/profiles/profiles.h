// Sample configurations per kind of member, printed by `renkei-agent init --print-config`. Data,
// built into the program; a test reads each one back as a valid configuration.
#pragma once

#include "absl/strings/string_view.h"
#include "renkei/v1/common.pb.h"

namespace renkei::agents::profiles {

// Commented text-proto of an AgentConfig; empty for an unknown kind.
absl::string_view SampleConfig(v1::MemberKind kind);

}  // namespace renkei::agents::profiles
