// The agent's configuration file (R26): read once, checked, completed. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "renkei/v1/config.pb.h"

namespace renkei::agents::app {

inline constexpr uint32_t kDefaultPollSeconds = 900;
inline constexpr uint32_t kMaxPollSeconds = 86'400;

// Text-proto -> AgentConfig with defaults filled in: insurer numbers padded to 8 digits, an
// insurer's own number and a municipality's own code when left out, poll_seconds 900 for 0.
// INVALID_ARGUMENT names the file, the field, the limit and what to do.
absl::StatusOr<v1::AgentConfig> ParseConfig(absl::string_view text, const std::string& file_name);

// "municipality", "insurer", "workplace"; UNSPECIFIED for any other word.
v1::MemberKind KindOfWord(absl::string_view word);

}  // namespace renkei::agents::app
