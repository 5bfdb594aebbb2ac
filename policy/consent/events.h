// Consent events as the agent records them (trust 2.1), reduced to what the fold needs. Pure
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "renkei/v1/common.pb.h"

namespace renkei::policy::consent {

enum class EventType : uint8_t {
  kNoticeGiven = 1,
  kGiven,
  kRefused,
  kRenewed,
  kWithdrawn,
  kOptedOut,
  kExpired,
  kInvalidated,
  kCorrected
};
enum class Grantor : uint8_t { kSelf = 1, kGuardian, kAdultGuardian, kPowerOfAttorney };

struct Event {
  EventType type = EventType::kGiven;
  absl::Time event_time;
  absl::Time effective_at;
  std::optional<absl::Time> valid_from;  // half-open [from, to)
  std::optional<absl::Time> valid_to;
  v1::LegalBasis basis = v1::LEGAL_BASIS_UNSPECIFIED;
  std::vector<v1::Purpose> purposes;         // empty = all
  std::vector<v1::DataCategory> categories;  // empty = all
  std::string text_ref;                      // family@version
  std::optional<absl::Time> refers_to;       // corrected, invalidated
  Grantor grantor = Grantor::kSelf;
  std::optional<absl::Time> grantor_ends_on;
};

// A refusal in any form; `expired` ends grants and denies nothing.
inline bool IsDenial(EventType type) {
  return type == EventType::kRefused || type == EventType::kWithdrawn ||
         type == EventType::kOptedOut;
}
// Events that say something of one earlier event.
inline bool NeedsReference(EventType type) {
  return type == EventType::kCorrected || type == EventType::kInvalidated;
}
// A grant is never back-dated (trust 2.2); a denial may be.
inline bool IsBackDatedGrant(const Event& event) {
  return event.type == EventType::kGiven && event.effective_at < event.event_time;
}
inline bool HasEmptyValidity(const Event& event) {
  return event.valid_to.has_value() &&
         *event.valid_to <= event.valid_from.value_or(event.effective_at);
}

// Outcome of the fold for one (subject, purpose, category, instant) (R17).
enum class FoldOutcome : uint8_t { kGranted = 1, kDenied = 2, kAbsent = 3 };

}  // namespace renkei::policy::consent
