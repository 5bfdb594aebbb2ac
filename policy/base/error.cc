#include "policy/base/error.h"

#include <string>

#include "absl/strings/cord.h"

namespace renkei::policy::base {
namespace {
constexpr char kPayloadUrl[] = "type.renkei/renkei.v1.ErrorDetail";
}  // namespace

absl::Status MakeError(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message,
                       absl::string_view field, absl::string_view rule,
                       absl::string_view would_pass) {
  absl::Status status(code, message);
  v1::ErrorDetail detail;
  detail.set_reason(reason);
  detail.set_field(field.data(), field.size());
  detail.set_rule(rule.data(), rule.size());
  detail.set_would_pass(would_pass.data(), would_pass.size());
  AttachDetail(detail, &status);
  return status;
}

v1::ErrorDetail DetailOf(const absl::Status& status) {
  v1::ErrorDetail detail;
  if (const auto payload = status.GetPayload(kPayloadUrl); payload.has_value()) {
    (void)detail.ParseFromString(std::string(*payload));
  }
  return detail;
}

void AttachDetail(const v1::ErrorDetail& detail, absl::Status* status) {
  status->SetPayload(kPayloadUrl, absl::Cord(detail.SerializeAsString()));
}

}  // namespace renkei::policy::base
