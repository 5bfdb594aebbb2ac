// Errors with a machine-readable reason; the ErrorDetail is a payload of the absl::Status.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "renkei/v1/common.pb.h"

namespace renkei::policy::base {

// `would_pass` says what the caller can do; never a figure that depends on data (R12).
absl::Status MakeError(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message,
                       absl::string_view field = "", absl::string_view rule = "",
                       absl::string_view would_pass = "");

// Default message (reason UNSPECIFIED) when the status carries none.
v1::ErrorDetail DetailOf(const absl::Status& status);
void AttachDetail(const v1::ErrorDetail& detail, absl::Status* status);

}  // namespace renkei::policy::base
