// Person columns -> keyed pseudonym (R32, formats.md 7, trust 2.1). The numbers are dropped at
// once.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agents/cohort/records.h"
#include "policy/base/secret.h"
#include "policy/crypto/hmac_key.h"

namespace renkei::agents::cohort {

// The columns as read. Card form: insurer_number and number (symbol and branch may be empty).
// Local form: person_id when number is empty.
struct PersonColumns {
  absl::string_view insurer_number;
  absl::string_view symbol;
  absl::string_view number;
  absl::string_view branch;
  absl::string_view person_id;
  absl::CivilDay birth_date;
  uint8_t sex = 0;
};

class Pseudonymiser {
 public:
  // `key`: 32 bytes, HKDF label renkei/v1/subject-pseudonym/<epoch>.
  explicit Pseudonymiser(const policy::base::Secret& key);
  // INVALID_ARGUMENT when neither form is complete; the message names columns, never values.
  // NFKC, spaces and hyphens removed from the symbol; number and branch without leading zeros;
  // insurer number padded to 8 digits.
  absl::StatusOr<Person> Make(const PersonColumns& columns) const;

 private:
  std::optional<policy::crypto::HmacSha256Key> key_;  // absent: the key was empty
};

}  // namespace renkei::agents::cohort
