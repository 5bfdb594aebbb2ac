// Rows as the hub keeps them. Plain values; times are UTC instants with microseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/base/strong_id.h"
#include "policy/crypto/digest.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/round.pb.h"

namespace renkei::hub {
namespace base = renkei::policy::base;
namespace crypto = renkei::policy::crypto;
}  // namespace renkei::hub

namespace renkei::hub::store {

struct MemberRow {
  base::MemberId id;
  v1::MemberKind kind = v1::MEMBER_KIND_UNSPECIFIED;
  std::string code;
  std::string name;
  std::vector<std::string> insurer_numbers;  // 8 digits each, ascending
  absl::Time invited_at;                     // last
  std::optional<absl::Time> enrolled_at;
  std::optional<absl::Time> revoked_at;
  std::string revocation_reason;  // never leaves the database
};

// One certificate holder: an agent, a person or the hub itself.
struct IdentityRow {
  std::string spiffe_id;
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::string scope;         // organisation code, area code or organisation
  base::MemberId member_id;  // agents only
  crypto::Digest spki_sha256{};
  std::vector<uint8_t> signing_public_key;  // Ed25519, may be empty for persons who sign nothing
  absl::Time certificate_expires_at;
  absl::Time enrolled_at;
  std::optional<absl::Time> revoked_at;
};

struct EnrolmentCodeRow {
  crypto::Digest code_hash{};
  base::MemberId member_id;
  absl::Time issued_at;
  absl::Time expires_at;
  std::optional<absl::Time> used_at;
  // Of the request that used the code, and the answer: the same request is answered again.
  crypto::Digest request_digest{};
  std::string response;
};

struct AgreementRow {
  std::string dua_id;
  uint32_t version = 0;
  base::MemberId member_id;
  v1::AgreementState state = v1::AGREEMENT_STATE_UNSPECIFIED;
  crypto::Digest digest{};  // of the text
  std::string text;         // text-proto file as received
  // One of the two is empty until the other side signs.
  std::string secretariat_envelope;
  std::string member_envelope;
  absl::Time changed_at;
  std::optional<absl::Time> proposed_at;  // absent for rows of the first schema
  v1::Role proposed_by = v1::ROLE_SECRETARIAT;
  std::optional<absl::Time> activated_at;
  std::optional<absl::Time> notice_at;  // of withdrawal
  v1::Role notice_by = v1::ROLE_UNSPECIFIED;
  std::optional<absl::Time> ends_at;  // with notice_at: not in force from then on
};

struct PolicyRow {
  crypto::Digest digest{};
  std::string text;
  absl::Time loaded_at;  // proposed
  std::string id;        // of the document, with its version; empty in rows of the first schema
  uint32_t version = 0;
  uint64_t proposed_sequence = 0;  // of the entry
  std::optional<absl::Time> in_force_at;
  std::optional<uint64_t> in_force_sequence;  // of the entry that put it in force
};

// Largest versions of one policy's id; 0 = none.
struct PolicyVersions {
  uint32_t proposed = 0;
  uint32_t in_force = 0;  // that ever came into force
};

// Who signed a policy. The hub's own, of the initial policy, has no envelope.
struct PolicySignatureRow {
  crypto::Digest digest{};
  std::string spiffe_id;
  std::vector<uint8_t> public_key;
  std::string envelope;
  absl::Time signed_at;
};

struct RoundRow {
  base::RoundId id;
  std::string area_code;
  int fiscal_year = 0;
  std::string descriptor;  // RoundDescriptor as frozen
  crypto::Digest digest{};
  v1::RoundState state = v1::ROUND_STATE_UNSPECIFIED;
  absl::Time opened_at;
  absl::Time deadline;
  std::optional<absl::Time> closed_at;
  uint64_t release_number = 0;  // 0 = none
  // Absent also for rounds that were held under the third schema.
  std::optional<absl::Time> held_at;
};

// An accepted contribution. (iss, request_id) and (round, member, revision) are unique for ever,
// so that two agents of one member never both count.
struct ContributionRow {
  std::string iss;
  std::string request_id;
  base::RoundId round_id;
  base::MemberId member_id;
  uint32_t revision = 0;
  absl::Time issued_at;
  absl::Time accepted_at;
  std::string envelope;  // DsseEnvelope; its payload holds the signed bytes as received
  crypto::Digest payload_digest{};
  std::string receipt;  // DsseEnvelope as first answered
  uint64_t log_sequence = 0;
};

// Head of a member's consent ledger as it came with an accepted contribution.
struct ConsentCheckpointRow {
  base::MemberId member_id;
  std::string verifier_key;  // vkey
  uint64_t size = 0;
  crypto::Digest root{};
  std::string note;  // as received
  absl::Time accepted_at;
};

// A contribution that counted in a release, and what its member's agreements said of it then.
struct CountedRow {
  base::MemberId member_id;
  uint32_t revision = 0;
  std::string terms;  // DataUseAgreement
};

struct ReleaseRow {
  uint64_t number = 0;
  base::RoundId round_id;
  std::string area_code;
  int fiscal_year = 0;
  absl::Time created_at;
  std::string bytes;  // Release as stored
  crypto::Digest sha256{};
  std::vector<std::string> indicators;
  // Ascending: of each indicator the newest release before this one. Follows from `indicators`.
  std::vector<uint64_t> replaces;
  bool with_noise = false;  // has a charge
  // Of a grouping: the release of a round that it is a union's of, whose round, area, year and
  // indicators it has, and its name there. It replaces nothing. 0: the release of a round.
  uint64_t grouping_of = 0;
  std::string grouping_name;
};

// What the noise of a release costs, kept with it for ever (privacy 7, R45). Terms in lowest terms.
struct NoiseChargeRow {
  std::string release_id;  // of the noise: the round's
  uint64_t number = 0;     // of the release
  std::string hub;         // trust domain
  int data_year = 0;
  int64_t rho_numerator = 0;
  int64_t rho_denominator = 1;
  // The budget of the hub and data year that the charge was made under.
  int64_t cap_numerator = 0;
  int64_t cap_denominator = 1;
  crypto::Digest content{};
};

struct EntryRow {
  uint64_t sequence = 0;  // 0-based
  std::string json;
  crypto::Digest leaf{};
  // SHA-256(chain of the previous entry || leaf); starts from 32 zero bytes.
  crypto::Digest chain{};
};

struct LogHead {
  uint64_t size = 0;
  crypto::Digest chain{};
};

// The hub's register behind the pseudonyms that entries carry for persons (R36).
struct ActorRow {
  int year = 0;
  std::string spiffe_id;
  std::string pseudonym;
};

}  // namespace renkei::hub::store
