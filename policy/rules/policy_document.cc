#include "policy/rules/policy_document.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "embedded/default_policy.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/base/text_position.h"
#include "policy/base/text_proto.h"
#include "policy/crypto/hash.h"

namespace renkei::policy::rules {
namespace {

constexpr size_t kMaxTextBytes = 64 * 1024;
constexpr uint32_t kMinCellFloor = 10;  // privacy 2
constexpr uint32_t kMinContributorsFloor = 3;
constexpr uint32_t kMaxThreshold = 100000;
constexpr uint32_t kMaxCheckpointDays = 31;   // R20
constexpr uint32_t kMaxReleaseDays = 120;     // R20
constexpr uint32_t kMaxContributionDays = 7;  // trust 6

absl::Status Wrong(const std::string& place, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(place, ": ", what));
}

bool IsLabel(const std::string& text) {
  if (text.empty() || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

absl::Status CheckBands(const v1::PolicyDocument& p, const base::TextPositions& at) {
  uint32_t below = 0;
  // The strictness of the band before; a smaller municipality is never treated more loosely.
  bool previous_hidden = true;
  uint32_t previous_cell = kMaxThreshold;
  for (int i = 0; i < p.population_band_size(); ++i) {
    const v1::PolicyDocument::PopulationBand& band = p.population_band(i);
    if (band.below_persons() <= below) {
      return Wrong(at.Within("population_band", i, "below_persons"), "bands must ascend");
    }
    below = band.below_persons();
    if (band.hide()) {
      if (band.min_cell_persons() != 0) {
        return Wrong(at.Within("population_band", i, "min_cell_persons"), "must be 0 with hide");
      }
      if (!previous_hidden) {
        return Wrong(at.Within("population_band", i, "hide"),
                     "a smaller band is shown; smaller municipalities must be stricter");
      }
      continue;
    }
    previous_hidden = false;
    if (band.min_cell_persons() < p.min_cell_persons() || band.min_cell_persons() > previous_cell) {
      return Wrong(at.Within("population_band", i, "min_cell_persons"),
                   "must be at least the policy's and at most the smaller band's");
    }
    previous_cell = band.min_cell_persons();
  }
  return absl::OkStatus();
}

absl::Status CheckFields(const v1::PolicyDocument& p, const base::TextPositions& at) {
  if (!IsLabel(p.id())) return Wrong(at.Of("id"), "must be 1 to 64 of a-z, 0-9, '-', '_', '.'");
  if (p.version() == 0) return Wrong(at.Of("version"), "must be 1 or more");
  if (p.source().empty()) return Wrong(at.Of("source"), "name the guideline or the decision");
  if (p.min_cell_persons() < kMinCellFloor || p.min_cell_persons() > kMaxThreshold) {
    return Wrong(at.Of("min_cell_persons"), "must be at least 10; a policy only tightens");
  }
  RENKEI_RETURN_IF_ERROR(CheckBands(p, at));
  if (!IsLabel(p.population_edition())) {
    return Wrong(at.Of("population_edition"), "name the reference population");
  }
  if (p.min_contributors() < kMinContributorsFloor || p.min_contributors() > kMaxThreshold) {
    return Wrong(at.Of("min_contributors"), "must be at least 3; a policy only tightens");
  }
  if (p.colluders() != 0) {
    return Wrong(at.Of("colluders"),
                 "must be 0: masks are not used, the hub sees each contribution");
  }
  if (p.audit_denominators()) {
    return Wrong(at.Of("audit_denominators"), "is not offered by this version; leave it false");
  }
  if (!p.insurer_by_municipality_needs_agreement()) {
    return Wrong(at.Of("insurer_by_municipality_needs_agreement"), "must be true");
  }
  if (!p.member_level_needs_agreement()) {
    return Wrong(at.Of("member_level_needs_agreement"), "must be true");
  }
  const auto within = [](uint32_t days, uint32_t limit) { return days >= 1 && days <= limit; };
  if (!within(p.consent_checkpoint_max_age_days(), kMaxCheckpointDays)) {
    return Wrong(at.Of("consent_checkpoint_max_age_days"), "must be 1 to 31");
  }
  if (!within(p.release_within_days(), kMaxReleaseDays)) {
    return Wrong(at.Of("release_within_days"), "must be 1 to 120");
  }
  if (!within(p.contribution_max_age_days(), kMaxContributionDays)) {
    return Wrong(at.Of("contribution_max_age_days"), "must be 1 to 7");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Policy> Policy::Parse(absl::string_view text, const std::string& file_name) {
  if (text.size() > kMaxTextBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(file_name, ": a policy has at most ", kMaxTextBytes, " bytes"));
  }
  Policy out;
  RENKEI_RETURN_IF_ERROR(base::ParseTextProto(text, file_name, &out.document_));
  RENKEI_RETURN_IF_ERROR(
      CheckFields(out.document_, base::TextPositions(text, file_name, out.document_)));
  out.text_ = std::string(text);
  out.digest_ = crypto::Sha256(base::AsBytes(text));
  return out;
}

absl::StatusOr<Policy> Policy::Default() {
  return Parse(default_policy[0].bytes(), default_policy[0].name);
}

CellThreshold ThresholdOfMunicipality(const v1::PolicyDocument& policy,
                                      int64_t population_persons) {
  for (const v1::PolicyDocument::PopulationBand& band : policy.population_band()) {
    if (population_persons >= int64_t{band.below_persons()}) continue;
    if (band.hide()) return {.hide = true, .min_cell = int64_t{policy.min_cell_persons()}};
    return {.hide = false, .min_cell = int64_t{band.min_cell_persons()}};
  }
  return {.hide = false, .min_cell = int64_t{policy.min_cell_persons()}};
}

}  // namespace renkei::policy::rules
