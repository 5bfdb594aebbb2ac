// The two status macros. Context is added once, at the boundary, with Annotate.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#define RENKEI_CONCAT_INNER(a, b) a##b
#define RENKEI_CONCAT(a, b) RENKEI_CONCAT_INNER(a, b)

#define RENKEI_RETURN_IF_ERROR(expr)                                                    \
  do {                                                                                  \
    if (absl::Status renkei_status = (expr); !renkei_status.ok()) return renkei_status; \
  } while (false)

#define RENKEI_ASSIGN_OR_RETURN(lhs, expr) \
  RENKEI_ASSIGN_OR_RETURN_IMPL(RENKEI_CONCAT(renkei_statusor_, __LINE__), lhs, expr)
#define RENKEI_ASSIGN_OR_RETURN_IMPL(var, lhs, expr) \
  auto var = (expr);                                 \
  if (!var.ok()) return std::move(var).status();     \
  lhs = *std::move(var)

namespace renkei::policy::base {

// Same code, message "context: message"; payloads are kept.
inline absl::Status Annotate(const absl::Status& status, absl::string_view context) {
  if (status.ok()) return status;
  absl::Status out(status.code(), absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload(
      [&out](absl::string_view url, const absl::Cord& payload) { out.SetPayload(url, payload); });
  return out;
}

}  // namespace renkei::policy::base
