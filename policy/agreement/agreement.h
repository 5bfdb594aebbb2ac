// Data-use agreements between a member and the hub (trust 3; rulings R17, R21, R25): parsing,
// checks and what they allow. Pure; values are immutable and safe to share between threads.
//
// The signed thing is the file's bytes as received: `digest` is their SHA-256 and nothing is ever
// serialised again. Left out: officers' keys, and duties of deletion, which the hub cannot honour.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "policy/base/fiscal_year.h"
#include "policy/base/strong_id.h"
#include "policy/crypto/digest.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/policy.pb.h"

namespace renkei::policy::agreement {

class Agreement {
 public:
  // INVALID_ARGUMENT "<file>:<line>: <field>: <what is wrong, the limit, what to do>".
  static absl::StatusOr<Agreement> Parse(absl::string_view text, const std::string& file_name);

  const v1::DataUseAgreement& terms() const { return terms_; }
  const std::string& text() const { return text_; }
  const crypto::Digest& digest() const { return digest_; }
  // member/<kind>/<organisation code>, e.g. member/municipality/062031
  const base::MemberId& member_id() const { return member_id_; }

  // Half-open: from valid_from to the day before valid_to, Japanese civil days.
  bool IsActiveAt(absl::CivilDay day) const { return valid_from_ <= day && day < valid_to_; }
  bool IsActiveAt(absl::Time instant) const;
  bool AllowsPurpose(v1::Purpose purpose) const;
  bool AllowsMeasure(absl::string_view measure_id) const;
  bool AllowsArea(absl::string_view area_code) const;
  // The council of an area may read the results.
  bool AllowsCouncil(absl::string_view area_code) const;
  bool AllowsFiscalYear(base::FiscalYear year) const;
  // Everything that a round of the purpose, area, year and measures needs of the text itself;
  // whether the agreement is in force is another question.
  bool Covers(v1::Purpose purpose, absl::string_view area_code, base::FiscalYear year,
              std::span<const std::string> measures) const;
  // From a notice given then, the instant from which the agreement is not in force any more.
  absl::Time EndOfNotice(absl::Time given_at) const;
  // The basis of the line that names the category, else CONSENT (R17).
  v1::LegalBasis BasisFor(v1::DataCategory category) const;

 private:
  Agreement() = default;
  v1::DataUseAgreement terms_;
  std::string text_;
  crypto::Digest digest_{};
  base::MemberId member_id_;
  absl::CivilDay valid_from_;
  absl::CivilDay valid_to_;
};

// Thresholds of an agreement may only tighten the policy's; else INVALID_ARGUMENT.
absl::Status CheckOnlyTightens(const Agreement& agreement, const v1::PolicyDocument& policy);

}  // namespace renkei::policy::agreement
