#include "policy/crypto/spiffe.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "policy/base/status.h"
#include "policy/crypto/check_digit.h"

namespace renkei::policy::crypto {
namespace {

constexpr size_t kMaxBytes = 2048;
constexpr size_t kMaxTrustDomainBytes = 255;

absl::Status Refuse(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("SPIFFE id: ", what));
}

bool IsTrustDomain(absl::string_view text) {
  if (text.empty() || text.size() > kMaxTrustDomainBytes) return false;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!plain) return false;
  }
  return true;
}

bool IsSegment(absl::string_view text) {
  if (text.empty() || text == "." || text == "..") return false;
  for (const char c : text) {
    const bool plain =
        absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
    if (!plain) return false;
  }
  return true;
}

bool AreDigits(absl::string_view text, size_t min_size, size_t max_size) {
  if (text.size() < min_size || text.size() > max_size) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

v1::MemberKind KindOfWord(absl::string_view word) {
  for (const v1::MemberKind kind :
       {v1::MEMBER_KIND_MUNICIPALITY, v1::MEMBER_KIND_INSURER, v1::MEMBER_KIND_WORKPLACE}) {
    if (word == MemberKindWord(kind)) return kind;
  }
  return v1::MEMBER_KIND_UNSPECIFIED;
}

absl::Status ReadMember(const std::vector<absl::string_view>& segments, SpiffeId* id) {
  id->role = v1::ROLE_MEMBER_AGENT;
  id->member_kind = KindOfWord(segments[1]);
  if (id->member_kind == v1::MEMBER_KIND_UNSPECIFIED) return Refuse("unknown kind of member");
  RENKEI_RETURN_IF_ERROR(
      base::Annotate(CheckOrganisationCode(id->member_kind, segments[2]), "SPIFFE id"));
  if (!AreDigits(segments[4], 1, 4) || segments[4][0] == '0') {
    return Refuse("the agent's number must be 1 to 9999");
  }
  id->scope = std::string(segments[2]);
  id->person = std::string(segments[4]);
  id->member_id = MakeMemberId(id->member_kind, segments[2]);
  return absl::OkStatus();
}

absl::Status ReadPath(const std::vector<absl::string_view>& segments, SpiffeId* id) {
  const absl::string_view first = segments[0];
  if (first == "hub" && segments.size() == 1) return absl::OkStatus();
  if (first == "member" && segments.size() == 5 && segments[3] == "agent") {
    return ReadMember(segments, id);
  }
  if (first == "secretariat" && segments.size() == 3) {
    if (!AreDigits(segments[1], 4, 4)) return Refuse("an area code has 4 digits");
    id->role = v1::ROLE_SECRETARIAT;
    id->scope = std::string(segments[1]);
    id->person = std::string(segments[2]);
    return absl::OkStatus();
  }
  if (first == "auditor" && segments.size() == 3) {
    id->role = v1::ROLE_AUDITOR;
    id->scope = std::string(segments[1]);
    id->person = std::string(segments[2]);
    return absl::OkStatus();
  }
  if (first == "operator" && segments.size() == 2) {
    id->role = v1::ROLE_OPERATOR;
    id->person = std::string(segments[1]);
    return absl::OkStatus();
  }
  return Refuse("the path names no known role");
}

}  // namespace

absl::StatusOr<SpiffeId> ParseSpiffeId(absl::string_view text) {
  if (text.size() > kMaxBytes) return Refuse("longer than 2048 bytes");
  absl::string_view rest = text;
  if (!absl::ConsumePrefix(&rest, "spiffe://")) return Refuse("must begin with spiffe://");
  const size_t slash = rest.find('/');
  if (slash == absl::string_view::npos) return Refuse("the path is missing");
  SpiffeId id;
  id.text = std::string(text);
  id.trust_domain = std::string(rest.substr(0, slash));
  // Refuses port, user and upper case too: ':', '@' and 'A' are not of the alphabet.
  if (!IsTrustDomain(id.trust_domain)) {
    return Refuse("the trust domain must be 1 to 255 of a-z 0-9 . _ -");
  }
  const std::vector<absl::string_view> segments = absl::StrSplit(rest.substr(slash + 1), '/');
  for (const absl::string_view segment : segments) {
    if (!IsSegment(segment)) {
      return Refuse("path segments must be of a-z A-Z 0-9 . _ - and neither empty, '.' nor '..'");
    }
  }
  RENKEI_RETURN_IF_ERROR(ReadPath(segments, &id));
  return id;
}

absl::string_view MemberKindWord(v1::MemberKind kind) {
  switch (kind) {
    case v1::MEMBER_KIND_MUNICIPALITY:
      return "municipality";
    case v1::MEMBER_KIND_INSURER:
      return "insurer";
    case v1::MEMBER_KIND_WORKPLACE:
      return "workplace";
    default:
      return "";
  }
}

base::MemberId MakeMemberId(v1::MemberKind kind, absl::string_view organisation_code) {
  return base::MemberId(absl::StrCat("member/", MemberKindWord(kind), "/", organisation_code));
}

}  // namespace renkei::policy::crypto
