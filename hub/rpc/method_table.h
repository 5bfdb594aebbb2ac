// The one table of methods (trust 5.3): who may call what, how large, how long. The hub refuses to
// start when a served method has no row or a row has no method.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "renkei/v1/common.pb.h"

namespace renkei::hub::rpc {

// Which of the callers of a permitted role may use the method on which objects. Tested before any
// look-up that could betray whether something exists.
enum class ScopeRule {
  kNone,             // whole hub: operators, and policies, which are the hub's
  kOwnMember,        // a member agent, about itself
  kOwnArea,          // the secretariat of the area
  kOwnMemberOrArea,  // either, each about its own; auditors about all
};

enum class RateClass { kRead, kWrite };

// What the call leaves in the log.
enum class AuditType {
  kNone,  // reads: nothing
  kAct,   // the act's own entry, and access.denied when role or scope refused it
};

enum class Listener { kMutual, kEnrolment };

struct MethodRule {
  absl::string_view method;  // renkei.v1.RoundService.OpenRound
  uint32_t roles;            // bits 1 << Role; 0: no identity (enrolment)
  ScopeRule scope;
  size_t max_request_bytes;
  absl::Duration max_deadline;
  RateClass rate;
  AuditType audit;
  Listener listener;
};

constexpr uint32_t Bit(v1::Role role) { return uint32_t{1} << static_cast<int>(role); }

std::span<const MethodRule> MethodRules();
// nullptr for a method without a row.
const MethodRule* FindMethodRule(absl::string_view full_name);
// Largest request of a listener.
int MaxRequestBytes(Listener listener);

// `services` are full names. INTERNAL names the method without a row, or the row without a method.
absl::Status CheckMethodTable(const std::vector<std::string>& services);

}  // namespace renkei::hub::rpc
