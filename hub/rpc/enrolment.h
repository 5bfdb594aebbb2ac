// Members and identities: invitation, enrolment by one-time code, revocation, certificates for
// persons (trust 5.2, R22, R23). The acts; the services only pass them on.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hub/identity/certificate_authority.h"
#include "hub/log/log.h"
#include "hub/rounds/terms.h"
#include "hub/store/store.h"
#include "renkei/v1/admin_service.pb.h"
#include "renkei/v1/enrolment_service.pb.h"

namespace renkei::hub::rpc {

// Issues certificates, and says what a newcomer needs to know.
struct Issuer {
  const identity::CertificateAuthority& authority;
  std::vector<uint8_t> receipt_public_key;
};

struct Invitation {
  store::MemberRow member;
  std::string code;  // shown once; the store has its hash
  absl::Time expires_at;
};

// A known member gets a new code, also after a revocation; its agent keeps working until the new
// one enrols. Codes issued before this one, or before a revocation, count no more.
absl::StatusOr<Invitation> Invite(store::Transaction& transaction, v1::MemberKind kind,
                                  const std::string& organisation_code, const std::string& name,
                                  const log::Act& act);

// UNAUTHENTICATED (CODE_UNKNOWN, CODE_USED, CODE_EXPIRED); INVALID_ARGUMENT for a faulty request.
// The request that used the code is answered again with the same bytes, within the code's lifetime.
absl::StatusOr<v1::EnrolResponse> Enrol(store::Transaction& transaction, const rounds::Terms& terms,
                                        const Issuer& issuer, const v1::EnrolRequest& request,
                                        log::Act act);

// Idempotent. NOT_FOUND for an unknown member. The caller empties the registry's cache after
// Commit.
absl::StatusOr<store::MemberRow> Revoke(store::Transaction& transaction,
                                        const base::MemberId& member_id, absl::string_view reason,
                                        const log::Act& act);

struct PersonRequest {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::string scope;
  std::string person;
  std::vector<uint8_t> csr_der;
  std::vector<uint8_t> signing_public_key;
};
struct IssuedIdentity {
  std::string spiffe_id;
  std::string certificate_pem;  // leaf, then the issuing CA
};
absl::StatusOr<IssuedIdentity> IssuePerson(store::Transaction& transaction,
                                           const rounds::Terms& terms, const Issuer& issuer,
                                           const PersonRequest& request, const log::Act& act);

v1::MemberRecord ToProto(const store::MemberRow& member,
                         const std::vector<store::IdentityRow>& identities);

}  // namespace renkei::hub::rpc
