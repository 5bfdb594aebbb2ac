// The round state machine (R27): OPEN -> CLOSED -> RELEASED | HELD, OPEN | CLOSED -> FAILED. Every
// change of a round's state goes through Next. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub::rounds {

enum class Event { kClose, kRelease, kHold, kFail };

// FAILED_PRECONDITION with reason ROUND_OPEN, ROUND_CLOSED or HELD when the step is not allowed.
absl::StatusOr<v1::RoundState> Next(v1::RoundState state, Event event);

// "OPEN"
absl::string_view WordOf(v1::RoundState state);

}  // namespace renkei::hub::rounds
