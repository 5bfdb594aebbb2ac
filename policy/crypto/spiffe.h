// SPIFFE ids (trust 5.1). Parsed strictly: scheme, lower-case trust domain, plain path segments.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/base/strong_id.h"
#include "renkei/v1/common.pb.h"

namespace renkei::policy::crypto {

// spiffe://<trust domain>/member/<kind>/<code>/agent/<n>   role MEMBER_AGENT, scope = code
// spiffe://<trust domain>/secretariat/<area>/<person>      role SECRETARIAT, scope = area
// spiffe://<trust domain>/auditor/<org>/<person>           role AUDITOR
// spiffe://<trust domain>/operator/<person>                role OPERATOR, no scope
// spiffe://<trust domain>/hub                              the hub itself, role UNSPECIFIED
struct SpiffeId {
  std::string text;
  std::string trust_domain;
  v1::Role role = v1::ROLE_UNSPECIFIED;
  v1::MemberKind member_kind = v1::MEMBER_KIND_UNSPECIFIED;
  std::string scope;         // organisation code, area code or organisation
  std::string person;        // person, or number of the agent
  base::MemberId member_id;  // "member/<kind>/<code>", agents only
};

absl::StatusOr<SpiffeId> ParseSpiffeId(absl::string_view text);

// "municipality", "insurer", "workplace"; empty for UNSPECIFIED.
absl::string_view MemberKindWord(v1::MemberKind kind);
base::MemberId MakeMemberId(v1::MemberKind kind, absl::string_view organisation_code);

}  // namespace renkei::policy::crypto
