#include "hub/rpc/enrolment.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/identity/enrolment_code.h"
#include "hub/identity/possession.h"
#include "policy/base/bytes.h"
#include "policy/base/error.h"
#include "policy/base/status.h"
#include "policy/crypto/certificate.h"
#include "policy/crypto/check_digit.h"
#include "policy/crypto/hash.h"
#include "policy/crypto/spiffe.h"

namespace renkei::hub::rpc {
using google::protobuf::util::TimeUtil;
namespace {

constexpr size_t kMaxNameBytes = 200;
constexpr size_t kMaxInsurerNumbers = 200;
constexpr int kPage = 500;

absl::Status Invalid(absl::string_view field, absl::string_view message, absl::string_view pass) {
  return base::MakeError(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED,
                         absl::StrCat(field, ": ", message), field, "", pass);
}

absl::Status BadCode(v1::ErrorReason reason, absl::string_view message) {
  return base::MakeError(absl::StatusCode::kUnauthenticated, reason, message, "code",
                         "enrolment.code", "ask the operator of the hub for a new code");
}

google::protobuf::Timestamp Stamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

absl::Status CheckName(const std::string& name) {
  const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  if (name.empty() || name.size() > kMaxNameBytes || has_control) {
    return Invalid("name", "1 to 200 bytes without control characters", "shorten or correct it");
  }
  return absl::OkStatus();
}

// R24: 8 digits with a valid check digit; no number that another member states already.
absl::StatusOr<std::vector<std::string>> InsurerNumbers(store::Snapshot& snapshot,
                                                        const base::MemberId& member,
                                                        const v1::EnrolRequest& request) {
  std::set<std::string> numbers(request.insurer_numbers().begin(), request.insurer_numbers().end());
  if (request.kind() == v1::MEMBER_KIND_WORKPLACE && !numbers.empty()) {
    return Invalid("insurer_numbers", "a workplace is no insurer", "leave them out");
  }
  if (numbers.size() > kMaxInsurerNumbers) {
    return Invalid("insurer_numbers", "at most 200", "state the numbers in use only");
  }
  for (const std::string& number : numbers) {
    if (number.size() != 8 || !crypto::InsurerNumberIsValid(number)) {
      return Invalid("insurer_numbers", "8 digits with a valid check digit, padded with zeros",
                     "correct the configuration");
    }
  }
  std::string after;
  while (true) {
    RENKEI_ASSIGN_OR_RETURN(const std::vector<store::MemberRow> rows,
                            snapshot.ListMembers(after, kPage));
    for (const store::MemberRow& row : rows) {
      after = row.id.value();
      if (row.id == member || row.revoked_at.has_value()) continue;
      for (const std::string& number : row.insurer_numbers) {
        if (numbers.count(number) != 0) {
          return Invalid("insurer_numbers", "another member states one of these numbers",
                         "the secretariat settles which of the two is the insurer");
        }
      }
    }
    if (rows.size() < kPage) return std::vector<std::string>(numbers.begin(), numbers.end());
  }
}

absl::StatusOr<store::EnrolmentCodeRow> CheckCode(store::Snapshot& snapshot,
                                                  const v1::EnrolRequest& request,
                                                  const crypto::Digest& request_digest,
                                                  absl::Time now) {
  std::optional<store::EnrolmentCodeRow> code;
  // A mistyped code is a wrong one.
  if (const auto hash = identity::HashEnrolmentCode(request.code()); hash.ok()) {
    RENKEI_ASSIGN_OR_RETURN(code, snapshot.FindEnrolmentCode(*hash));
  }
  if (!code.has_value() ||
      code->member_id != crypto::MakeMemberId(request.kind(), request.organisation_code())) {
    return BadCode(v1::ERROR_REASON_CODE_UNKNOWN,
                   "the enrolment code is wrong, or was issued for another organisation");
  }
  if (code->used_at.has_value() && code->request_digest != request_digest) {
    return BadCode(v1::ERROR_REASON_CODE_USED, "the enrolment code was used before");
  }
  if (now >= code->expires_at) {
    return BadCode(v1::ERROR_REASON_CODE_EXPIRED,
                   "the enrolment code has expired: codes are valid for 72 hours");
  }
  RENKEI_ASSIGN_OR_RETURN(const std::optional<store::MemberRow> member,
                          snapshot.FindMember(code->member_id));
  if (!member.has_value()) return absl::InternalError("an enrolment code without its member");
  // A letter that went astray must neither outlive its replacement nor undo a revocation.
  const bool replaced = code->issued_at < member->invited_at;
  const bool revoked = member->revoked_at.has_value() && code->issued_at < *member->revoked_at;
  if (!code->used_at.has_value() && (replaced || revoked)) {
    return BadCode(v1::ERROR_REASON_CODE_EXPIRED,
                   "the enrolment code counts no more: a newer one was issued, or the member was "
                   "revoked");
  }
  return *std::move(code);
}

absl::StatusOr<std::string> Certify(const Issuer& issuer, std::span<const uint8_t> csr_der,
                                    const std::string& spiffe_id, absl::Time now) {
  absl::StatusOr<std::string> chain = issuer.authority.Issue(csr_der, spiffe_id, now);
  if (!chain.ok() && absl::IsInvalidArgument(chain.status())) {
    return Invalid("csr_der", chain.status().message(), "send a P-256 request signed by its key");
  }
  return chain;
}

// A new identity row from an issued certificate. The key must be new: one key, one identity.
absl::StatusOr<store::IdentityRow> Register(store::Transaction& transaction,
                                            const std::string& chain_pem, v1::Role role,
                                            const std::string& scope, absl::string_view signing_key,
                                            const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(const crypto::LeafFacts facts, crypto::ReadLeaf(chain_pem));
  store::IdentityRow row;
  row.spiffe_id = facts.spiffe_id;
  row.role = role;
  row.scope = scope;
  row.spki_sha256 = facts.spki_sha256;
  const std::span<const uint8_t> key = base::AsBytes(signing_key);
  row.signing_public_key.assign(key.begin(), key.end());
  row.certificate_expires_at = facts.not_after;
  row.enrolled_at = act.now;
  RENKEI_ASSIGN_OR_RETURN(const auto same_key, transaction.FindIdentityByKey(row.spki_sha256));
  if (same_key.has_value()) {
    return Invalid("csr_der", "this key belongs to another identity", "make a new key pair");
  }
  return row;
}

absl::Status RecordEnrolled(store::Transaction& transaction, const store::IdentityRow& row,
                            const log::Act& act) {
  RENKEI_ASSIGN_OR_RETURN(const std::string named,
                          log::ActorOf(transaction, row.spiffe_id, act.now, *act.random));
  std::map<std::string, log::Value> objects = {{"spiffe", named},
                                               {"tls_spki_sha256", crypto::ToHex(row.spki_sha256)}};
  if (row.signing_public_key.size() == 32) {
    crypto::Digest key{};
    std::copy(row.signing_public_key.begin(), row.signing_public_key.end(), key.begin());
    objects["sign_pk"] = crypto::ToHex(key);
  }
  return log::Append(transaction, act,
                     {.type = log::EntryType::kIdentityEnrolled, .objects = std::move(objects)})
      .status();
}

absl::Status RevokeIdentity(store::Transaction& transaction, store::IdentityRow row,
                            const log::Act& act) {
  if (row.revoked_at.has_value()) return absl::OkStatus();
  row.revoked_at = act.now;
  RENKEI_RETURN_IF_ERROR(transaction.UpdateIdentity(row));
  return log::Append(
             transaction, act,
             {.type = log::EntryType::kIdentityRevoked, .objects = {{"spiffe", row.spiffe_id}}})
      .status();
}

}  // namespace

absl::StatusOr<Invitation> Invite(store::Transaction& transaction, v1::MemberKind kind,
                                  const std::string& organisation_code, const std::string& name,
                                  const log::Act& act) {
  if (absl::Status valid = crypto::CheckOrganisationCode(kind, organisation_code); !valid.ok()) {
    return Invalid("organisation_code", valid.message(), "correct the code");
  }
  RENKEI_RETURN_IF_ERROR(CheckName(name));
  Invitation invitation;
  const base::MemberId id = crypto::MakeMemberId(kind, organisation_code);
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::MemberRow> member, transaction.FindMember(id));
  if (member.has_value()) {
    member->name = name;
    member->invited_at = act.now;
    RENKEI_RETURN_IF_ERROR(transaction.UpdateMember(*member));
  } else {
    member = store::MemberRow{
        .id = id, .kind = kind, .code = organisation_code, .name = name, .invited_at = act.now};
    RENKEI_RETURN_IF_ERROR(transaction.InsertMember(*member));
  }
  invitation.member = *std::move(member);
  invitation.code = identity::MakeEnrolmentCode(*act.random);
  invitation.expires_at = act.now + identity::kEnrolmentCodeLifetime;
  store::EnrolmentCodeRow code;
  RENKEI_ASSIGN_OR_RETURN(code.code_hash, identity::HashEnrolmentCode(invitation.code));
  code.member_id = id;
  code.issued_at = act.now;
  code.expires_at = invitation.expires_at;
  RENKEI_RETURN_IF_ERROR(transaction.InsertEnrolmentCode(code));
  RENKEI_RETURN_IF_ERROR(log::Append(transaction, act,
                                     {.type = log::EntryType::kIdentityCodeIssued,
                                      .objects = {{"code_hash", crypto::ToHex(code.code_hash)},
                                                  {"member", id.value()}}})
                             .status());
  return invitation;
}

absl::StatusOr<v1::EnrolResponse> Enrol(store::Transaction& transaction, const rounds::Terms& terms,
                                        const Issuer& issuer, const v1::EnrolRequest& request,
                                        log::Act act) {
  const crypto::Digest request_digest = crypto::Sha256(base::AsBytes(request.SerializeAsString()));
  RENKEI_ASSIGN_OR_RETURN(store::EnrolmentCodeRow code,
                          CheckCode(transaction, request, request_digest, act.now));
  v1::EnrolResponse response;
  if (code.used_at.has_value()) {
    if (!response.ParseFromString(code.response)) {
      return absl::DataLossError("a stored enrolment answer cannot be read");
    }
    return response;
  }
  RENKEI_RETURN_IF_ERROR(CheckName(request.name()));
  RENKEI_RETURN_IF_ERROR(identity::VerifyPossession(request));
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::MemberRow> member,
                          transaction.FindMember(code.member_id));
  if (!member.has_value()) return absl::InternalError("an enrolment code without its member");
  RENKEI_ASSIGN_OR_RETURN(member->insurer_numbers,
                          InsurerNumbers(transaction, code.member_id, request));

  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::IdentityRow> earlier,
                          transaction.ListIdentitiesOf(code.member_id));
  const std::string spiffe_id = absl::StrCat("spiffe://", terms.trust_domain, "/",
                                             code.member_id.value(), "/agent/", earlier.size() + 1);
  act.who = spiffe_id;
  RENKEI_ASSIGN_OR_RETURN(const std::string chain,
                          Certify(issuer, base::AsBytes(request.csr_der()), spiffe_id, act.now));
  RENKEI_ASSIGN_OR_RETURN(store::IdentityRow identity,
                          Register(transaction, chain, v1::ROLE_MEMBER_AGENT, member->code,
                                   request.signing_public_key(), act));
  identity.member_id = code.member_id;
  // One agent per member: the new one replaces the old.
  for (const store::IdentityRow& old : earlier) {
    RENKEI_RETURN_IF_ERROR(RevokeIdentity(transaction, old, act));
  }
  RENKEI_RETURN_IF_ERROR(transaction.InsertIdentity(identity));
  RENKEI_RETURN_IF_ERROR(RecordEnrolled(transaction, identity, act));
  member->enrolled_at = act.now;
  member->revoked_at.reset();
  RENKEI_RETURN_IF_ERROR(transaction.UpdateMember(*member));

  response.set_spiffe_id(spiffe_id);
  response.set_certificate_pem(chain);
  response.set_root_pem(issuer.authority.root_pem());
  response.set_receipt_public_key(base::ToString(issuer.receipt_public_key));
  response.set_audience(terms.audience);
  *response.mutable_expires_at() = Stamp(identity.certificate_expires_at);
  code.used_at = act.now;
  code.request_digest = request_digest;
  code.response = response.SerializeAsString();
  RENKEI_RETURN_IF_ERROR(transaction.UpdateEnrolmentCode(code));
  return response;
}

absl::StatusOr<store::MemberRow> Revoke(store::Transaction& transaction,
                                        const base::MemberId& member_id, absl::string_view reason,
                                        const log::Act& act) {
  if (reason.size() > kMaxNameBytes) return Invalid("reason", "at most 200 bytes", "shorten it");
  RENKEI_ASSIGN_OR_RETURN(std::optional<store::MemberRow> member,
                          transaction.FindMember(member_id));
  if (!member.has_value()) {
    return base::MakeError(absl::StatusCode::kNotFound, v1::ERROR_REASON_NOT_FOUND,
                           "no member of this id", "member_id", "", "list the members");
  }
  if (member->revoked_at.has_value()) return *std::move(member);
  member->revoked_at = act.now;
  member->revocation_reason = std::string(reason);
  RENKEI_RETURN_IF_ERROR(transaction.UpdateMember(*member));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<store::IdentityRow> identities,
                          transaction.ListIdentitiesOf(member_id));
  for (const store::IdentityRow& identity : identities) {
    RENKEI_RETURN_IF_ERROR(RevokeIdentity(transaction, identity, act));
  }
  return *std::move(member);
}

absl::StatusOr<IssuedIdentity> IssuePerson(store::Transaction& transaction,
                                           const rounds::Terms& terms, const Issuer& issuer,
                                           const PersonRequest& request, const log::Act& act) {
  std::string path;
  switch (request.role) {
    case v1::ROLE_SECRETARIAT:
      if (std::find(terms.areas.begin(), terms.areas.end(), request.scope) == terms.areas.end()) {
        return Invalid("scope", "not an area that this hub serves",
                       "see areas in its configuration");
      }
      if (request.signing_public_key.size() != 32) {
        return Invalid("signing_public_key", "the secretariat signs agreements",
                       "send an Ed25519 key of 32 bytes");
      }
      path = absl::StrCat("secretariat/", request.scope, "/", request.person);
      break;
    case v1::ROLE_AUDITOR:
      path = absl::StrCat("auditor/", request.scope, "/", request.person);
      break;
    case v1::ROLE_OPERATOR:
      if (!request.scope.empty()) return Invalid("scope", "an operator has none", "leave it out");
      path = absl::StrCat("operator/", request.person);
      break;
    default:
      return Invalid("role", "SECRETARIAT, AUDITOR or OPERATOR", "agents enrol with a code");
  }
  if (request.person.empty() || request.person.size() > 64) {
    return Invalid("person", "1 to 64 of a-z A-Z 0-9 . _ -", "correct it");
  }
  if (!request.signing_public_key.empty() && request.signing_public_key.size() != 32) {
    return Invalid("signing_public_key", "has not 32 bytes", "send an Ed25519 key or none");
  }
  const std::string spiffe_id = absl::StrCat("spiffe://", terms.trust_domain, "/", path);
  const absl::StatusOr<crypto::SpiffeId> parsed = crypto::ParseSpiffeId(spiffe_id);
  if (!parsed.ok() || parsed->role != request.role || parsed->person != request.person) {
    return Invalid("person", "scope and person consist of a-z A-Z 0-9 . _ -", "correct them");
  }
  RENKEI_ASSIGN_OR_RETURN(const auto known, transaction.FindIdentity(spiffe_id));
  if (known.has_value()) {
    return base::MakeError(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_CONFLICT,
                           "this identity was issued before", "person", "",
                           "choose another name, e.g. with a number");
  }
  RENKEI_ASSIGN_OR_RETURN(const std::string chain,
                          Certify(issuer, request.csr_der, spiffe_id, act.now));
  RENKEI_ASSIGN_OR_RETURN(store::IdentityRow identity,
                          Register(transaction, chain, request.role, request.scope,
                                   base::AsText(request.signing_public_key), act));
  RENKEI_RETURN_IF_ERROR(transaction.InsertIdentity(identity));
  RENKEI_RETURN_IF_ERROR(RecordEnrolled(transaction, identity, act));
  return IssuedIdentity{.spiffe_id = spiffe_id, .certificate_pem = chain};
}

v1::MemberRecord ToProto(const store::MemberRow& member,
                         const std::vector<store::IdentityRow>& identities) {
  v1::MemberRecord record;
  record.set_member_id(member.id.value());
  record.set_name(member.name);
  record.set_state(member.revoked_at.has_value()    ? v1::MEMBER_STATE_REVOKED
                   : member.enrolled_at.has_value() ? v1::MEMBER_STATE_ENROLLED
                                                    : v1::MEMBER_STATE_INVITED);
  for (const store::IdentityRow& identity : identities) {
    if (identity.revoked_at.has_value()) continue;
    *record.mutable_certificate_expires_at() = Stamp(identity.certificate_expires_at);
  }
  for (const std::string& number : member.insurer_numbers) record.add_insurer_numbers(number);
  return record;
}

}  // namespace renkei::hub::rpc
