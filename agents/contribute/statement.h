// The signed statement: from a ProtectedTable<ForPooling> alone to the bytes that leave (trust 6).
//
// The bytes are made once, deterministically, then stored, hashed, signed and sent as they are;
// nothing signed is ever serialised again. Pure but for the signing key.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agents/contribute/outbox.h"
#include "agents/contribute/round_question.h"
#include "policy/agreement/agreement.h"
#include "policy/consent/gate.h"
#include "policy/crypto/ed25519.h"
#include "policy/disclosure/protected_table.h"
#include "renkei/v1/contribution.pb.h"

namespace renkei::agents::contribute {

// Counts and meaning of a contribution say the same whatever the engine; its name helps an auditor.
inline constexpr char kEngineVersion[] = "renkei-agent/0.1.0";

struct StatementHead {
  std::string issuer;      // SPIFFE id of the agent
  std::string request_id;  // UUIDv7
  uint32_t revision = 1;
  std::string supersedes;
  absl::Time issued_at;
  absl::Time not_after;
};

v1::ContributionStatement MakeStatement(
    const policy::disclosure::ProtectedTable<policy::disclosure::ForPooling>& table,
    const RoundQuestion& question, const policy::agreement::Agreement& agreement,
    const policy::consent::CoverageCounts& coverage, const StatementHead& head);

// Signed entry in state PREPARED, not approved.
OutboxEntry MakeEntry(const v1::ContributionStatement& statement,
                      const policy::crypto::Signer& signer);

// What an entry of the outbox says. DATA_LOSS when its bytes cannot be read.
absl::StatusOr<v1::ContributionStatement> StatementOf(const OutboxEntry& entry);

// The same statement with a consent checkpoint and the time of its new signature.
absl::StatusOr<v1::ContributionStatement> StatementSealed(const OutboxEntry& entry,
                                                          const v1::ConsentCheckpoint& checkpoint,
                                                          absl::Time issued_at);

// The same statement under a new id and new times (R28), neither sealed nor signed yet.
absl::StatusOr<v1::ContributionStatement> StatementAgain(const OutboxEntry& old,
                                                         const std::string& request_id,
                                                         absl::Time issued_at,
                                                         absl::Time not_after);

// issued_at plus the policy's contribution_max_age_days, at most 7 days.
absl::Time NotAfter(absl::Time issued_at, const v1::PolicyDocument& policy);

}  // namespace renkei::agents::contribute
