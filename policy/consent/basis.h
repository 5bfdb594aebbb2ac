// Legal basis per data category (trust 2.4, R17): the agreement's line, else consent. Pure values.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/consent/events.h"
#include "renkei/v1/agreement.pb.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/config.pb.h"

namespace renkei::policy::consent {

// Arrays indexed by v1::DataCategory have this size; index 0 (UNSPECIFIED) is never permitted.
inline constexpr size_t kCategoryCount = static_cast<size_t>(v1::DataCategory_MAX) + 1;

// Whether a basis lets a person with this outcome be counted. Every value that is not named in R17,
// the unspecified and unknown ones included, permits nothing.
bool BasisPermits(v1::LegalBasis basis, FoldOutcome outcome);

class BasisTable {
 public:
  // Consent for every category.
  BasisTable();
  // A line that names a category stands over a line for all categories. INVALID_ARGUMENT when two
  // lines of the same kind name different bases for one category, for an unknown basis or category,
  // and for OPT_OUT_NOTICE: every category here is health information (R17).
  static absl::StatusOr<BasisTable> FromAgreement(const v1::DataUseAgreement& agreement);
  static absl::StatusOr<BasisTable> FromConfig(const v1::AgentConfig& config);

  // LEGAL_BASIS_NONE for a category that is not in the enum.
  v1::LegalBasis Of(v1::DataCategory category) const;

 private:
  std::array<v1::LegalBasis, kCategoryCount> basis_;
};

}  // namespace renkei::policy::consent
