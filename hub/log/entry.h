// Entries of the hub's log: the closed list of types and the canonical bytes (trust 4.3, R36, R38).
// The bytes are RFC 8785 JSON without floats: keys sorted, no spaces, shortest escapes. Pure.
//
// An entry holds digests, ids and versions: never a count, free text or a reason that depends on
// data. The type has no way to state them: there is a list of keys that `o` may have.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/crypto/digest.h"

namespace renkei::hub::log {

enum class EntryType {
  kLogStarted,
  kIdentityCodeIssued,
  kIdentityEnrolled,
  kIdentityRevoked,
  kDuaProposed,
  kDuaSigned,
  kDuaActivated,
  kDuaSuperseded,
  kDuaNoticeGiven,
  kDuaEnded,
  kPolicyProposed,
  kPolicyApproved,
  kRoundOpened,
  kRoundClosed,
  kRoundFailed,
  kContributionAccepted,
  kContributionRejected,
  kContributionConflict,
  kConsentLedgerRestarted,
  kComputeStarted,
  kComputeDenied,
  kComputeFinished,
  kReleaseChecked,
  kReleaseRecorded,
  kReleaseHeld,
  kGroupingAdmitted,
  kGroupingRefused,
  kNoiseCharged,
  kAccessDenied,
};

// "dua.activated"
absl::string_view WordOf(EntryType type);

using Value = std::variant<std::string, int64_t, bool>;

struct Entry {
  EntryType type = EntryType::kLogStarted;
  std::string by;                              // SPIFFE id; of a person with the pseudonym (R36)
  std::optional<policy::crypto::Digest> dsse;  // SHA-256 of the stored envelope
  std::optional<int> fiscal_year;
  std::map<std::string, Value> objects;  // member "o"
  std::optional<int> clock_offset_ms;    // from NTP; absent when the machine does not know it
  absl::Time at;
};

// INVALID_ARGUMENT for a key of `o` that is not on the list, text that is not printable ASCII, a
// number outside +-2^53, more than 60 KiB.
absl::StatusOr<std::string> CanonicalJson(const Entry& entry);

// SHA-256(00 || json), RFC 6962.
policy::crypto::Digest LeafHash(absl::string_view json);

}  // namespace renkei::hub::log
