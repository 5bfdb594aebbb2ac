// What the agent remembers of the hub between two calls: rounds it has seen and agreements it has
// signed, in the state database. So an officer can prepare and queue a contribution while the hub
// is away, and counts leave under nothing but an agreement that this agent signed itself. One
// thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "policy/agreement/signed_agreement.h"
#include "policy/sqlcipher/database.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/round.pb.h"
#include "renkei/v1/round_service.pb.h"

namespace renkei::agents::contribute {

class RoundBook {
 public:
  explicit RoundBook(policy::sqlcipher::Database& database) : database_(database) {}
  absl::Status Save(const std::string& round_id, const v1::GetRoundResponse& answer,
                    absl::Time now);
  // NOT_FOUND when the agent has never seen the round.
  absl::StatusOr<v1::GetRoundResponse> Load(const std::string& round_id);
  // Newest first.
  absl::StatusOr<std::vector<v1::Round>> All();

 private:
  policy::sqlcipher::Database& database_;
};

class AgreementBook {
 public:
  explicit AgreementBook(policy::sqlcipher::Database& database) : database_(database) {}
  // The member's own envelope, before it is sent to the hub.
  absl::Status Save(const std::string& dua_id, uint32_t version, const v1::DsseEnvelope& envelope,
                    absl::Time now);
  // The hub holds both signatures; after a notice they count until `ends_at`.
  absl::Status SetActive(const std::string& dua_id, uint32_t version,
                         std::optional<absl::Time> ends_at = std::nullopt);
  // The hub says that this version is not in force: replaced, past its notice, or taken back.
  absl::Status SetEnded(const std::string& dua_id, uint32_t version);
  // The newest active version that names area, council, year and purpose of the round at `now`. Its
  // own signature is verified with `member_key`. PERMISSION_DENIED (NO_AGREEMENT, AGREEMENT_SCOPE)
  // when there is none.
  absl::StatusOr<policy::agreement::SignedAgreement> For(const v1::RoundDescriptor& round,
                                                         std::span<const uint8_t> member_key,
                                                         absl::Time now);

 private:
  policy::sqlcipher::Database& database_;
};

}  // namespace renkei::agents::contribute
