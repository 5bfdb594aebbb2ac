#include "hub/rounds/state.h"

#include "absl/strings/str_cat.h"
#include "policy/base/error.h"

namespace renkei::hub::rounds {
namespace base = renkei::policy::base;

absl::string_view WordOf(v1::RoundState state) {
  switch (state) {
    case v1::ROUND_STATE_OPEN:
      return "OPEN";
    case v1::ROUND_STATE_CLOSED:
      return "CLOSED";
    case v1::ROUND_STATE_RELEASED:
      return "RELEASED";
    case v1::ROUND_STATE_HELD:
      return "HELD";
    case v1::ROUND_STATE_FAILED:
      return "FAILED";
    default:
      return "UNSPECIFIED";
  }
}

absl::StatusOr<v1::RoundState> Next(v1::RoundState state, Event event) {
  const bool open = state == v1::ROUND_STATE_OPEN;
  const bool closed = state == v1::ROUND_STATE_CLOSED;
  switch (event) {
    case Event::kClose:
      if (open) return v1::ROUND_STATE_CLOSED;
      break;
    case Event::kRelease:
      if (closed) return v1::ROUND_STATE_RELEASED;
      break;
    case Event::kHold:
      if (closed) return v1::ROUND_STATE_HELD;
      break;
    case Event::kFail:
      if (open || closed) return v1::ROUND_STATE_FAILED;
      break;
  }
  const v1::ErrorReason reason = open                            ? v1::ERROR_REASON_ROUND_OPEN
                                 : state == v1::ROUND_STATE_HELD ? v1::ERROR_REASON_HELD
                                                                 : v1::ERROR_REASON_ROUND_CLOSED;
  return base::MakeError(absl::StatusCode::kFailedPrecondition, reason,
                         absl::StrCat("the round is ", WordOf(state), "; this step is not allowed"),
                         "", "round.state", open ? "close the round first" : "open a new round");
}

}  // namespace renkei::hub::rounds
