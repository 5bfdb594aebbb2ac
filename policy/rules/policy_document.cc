#include "policy/rules/policy_document.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embedded/default_policy.h"
#include "policy/base/bytes.h"
#include "policy/base/status.h"
#include "policy/base/text_position.h"
#include "policy/base/text_proto.h"
#include "policy/crypto/hash.h"
#include "policy/rules/withheld_levels.h"

namespace renkei::policy::rules {
namespace {

constexpr uint32_t kMinCellFloor = 10;  // privacy 2
constexpr uint32_t kMinContributorsFloor = 3;
constexpr uint32_t kMaxVersion = 1000000;
constexpr uint32_t kMaxCheckpointDays = 31;   // R20
constexpr uint32_t kMaxReleaseDays = 120;     // R20
constexpr uint32_t kMaxContributionDays = 7;  // trust 6
constexpr int kMaxLadderSteps = 5;

// Faults of a document, in the order of its fields: "<file>:<line>: <field>: <what>".
class FaultList {
 public:
  void Add(const std::string& place, absl::string_view what) {
    faults_.push_back(absl::StrCat(place, ": ", what));
  }
  std::vector<std::string> Take() { return std::move(faults_); }

 private:
  std::vector<std::string> faults_;
};

bool IsLabel(const std::string& text) {
  if (text.empty() || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

void CheckBands(const v1::PolicyDocument& p, const base::TextPositions& at, FaultList* faults) {
  uint32_t below = 0;
  // The strictness of the band before; a smaller municipality is never treated more loosely.
  bool previous_hidden = true;
  uint32_t previous_cell = kMaxThreshold;
  for (int i = 0; i < p.population_band_size(); ++i) {
    const v1::PolicyDocument::PopulationBand& band = p.population_band(i);
    if (band.below_persons() <= below) {
      faults->Add(at.Within("population_band", i, "below_persons"), "bands must ascend");
    }
    below = band.below_persons();
    if (band.hide()) {
      if (band.min_cell_persons() != 0) {
        faults->Add(at.Within("population_band", i, "min_cell_persons"), "must be 0 with hide");
      }
      if (!previous_hidden) {
        faults->Add(at.Within("population_band", i, "hide"),
                    "a smaller band is shown; smaller municipalities must be stricter");
      }
      continue;
    }
    previous_hidden = false;
    if (band.min_cell_persons() < p.min_cell_persons() || band.min_cell_persons() > previous_cell) {
      faults->Add(at.Within("population_band", i, "min_cell_persons"),
                  "must be at least the policy's and at most the smaller band's");
    }
    previous_cell = band.min_cell_persons();
  }
}

// The guideline's own bands (privacy 2): a policy may be stricter, never looser.
void CheckGuideline(const v1::PolicyDocument& p, const base::TextPositions& at, FaultList* faults) {
  constexpr int64_t kHiddenBelow = 2000;
  constexpr int64_t kSmallBelow = 25000;
  constexpr int64_t kSmallMinCell = 20;
  // Thresholds change at the ends of bands only.
  std::vector<int64_t> populations = {0, kHiddenBelow - 1, kHiddenBelow, kSmallBelow - 1};
  for (const auto& band : p.population_band()) {
    if (band.below_persons() < kSmallBelow) populations.push_back(int64_t{band.below_persons()});
  }
  bool hides = true;
  bool is_strict = true;
  for (const int64_t population : populations) {
    const CellThreshold threshold = ThresholdOfMunicipality(p, population);
    if (threshold.hide) continue;
    hides = hides && population >= kHiddenBelow;
    is_strict = is_strict && threshold.min_cell >= kSmallMinCell;
  }
  if (!hides) {
    faults->Add(at.Of("population_band"),
                "no count of a municipality below 2000 persons may be shown; hide them");
  }
  if (!is_strict) {
    faults->Add(at.Of("population_band"),
                "a municipality below 25000 persons needs min_cell_persons of at least 20");
  }
}

// Each step withholds something that the steps before it do not.
void CheckLadder(const v1::PolicyDocument& p, const base::TextPositions& at, FaultList* faults) {
  if (p.ladder_size() > kMaxLadderSteps) {
    faults->Add(at.Of("ladder", kMaxLadderSteps), "a ladder has at most 5 steps");
  }
  WithheldLevels withheld;
  for (int i = 0; i < p.ladder_size(); ++i) {
    const auto level = static_cast<v1::WithheldLevel>(p.ladder(i));
    if (level == v1::WITHHELD_LEVEL_UNSPECIFIED || !v1::WithheldLevel_IsValid(level)) {
      faults->Add(at.Of("ladder", i), "name a level, such as WITHHELD_LEVEL_FIVE_YEAR_BANDS");
    } else if (withheld.Has(level)) {
      faults->Add(at.Of("ladder", i),
                  "a step before it withholds this level already; put the finer level first");
    }
    withheld.Add(level);
  }
}

constexpr uint64_t kLargestTerm = uint64_t{1} << 40;  // of a fraction, as policy/noise accepts it
constexpr uint32_t kMostCouncils = 1'000'000;
constexpr int kMostNoiseFamilies = 64;
__extension__ using Wide = unsigned __int128;

// Noise takes the place of suppression (privacy 7), so it must hide what suppression would: two
// standard deviations reach the smallest cell, and a year's releases together cost at most rho = 1,
// which is epsilon = 8.4 at delta = 10^-6 (the simple bound of policy/noise/zcdp.h).
void CheckNoise(const v1::PolicyDocument& p, const base::TextPositions& at, FaultList* faults) {
  if (!p.has_noise()) return;
  const v1::NoiseLane& noise = p.noise();
  const auto place = [&](absl::string_view field, int index = 0) {
    return at.Within("noise", -1, field, index);
  };
  if (noise.family().empty() || noise.family_size() > kMostNoiseFamilies) {
    faults->Add(place("family"), "name 1 to 64 families of the catalogue");
  }
  for (int i = 0; i < noise.family_size(); ++i) {
    const auto end = noise.family().begin() + i;
    if (!IsLabel(noise.family(i))) {
      faults->Add(place("family", i), "must be 1 to 64 of a-z, 0-9, '-', '_', '.'");
    } else if (std::find(noise.family().begin(), end, noise.family(i)) != end) {
      faults->Add(place("family", i), "names a family twice");
    }
  }
  const auto is_fraction = [&](const v1::Fraction& fraction, absl::string_view field) {
    const auto within = [](uint64_t term) { return term >= 1 && term <= kLargestTerm; };
    const bool holds = within(fraction.numerator()) && within(fraction.denominator());
    if (!holds) faults->Add(place(field), "needs a numerator and a denominator of 1 to 2^40");
    return holds;
  };
  if (is_fraction(noise.variance(), "variance")) {
    const Wide reach = Wide{4} * noise.variance().numerator();
    const Wide cell = Wide{p.min_cell_persons()} * p.min_cell_persons();
    if (reach < cell * noise.variance().denominator()) {
      faults->Add(place("variance"),
                  "must be at least min_cell_persons^2 / 4: less noise would show small cells");
    }
  }
  if (is_fraction(noise.rho_per_data_year(), "rho_per_data_year") &&
      noise.rho_per_data_year().numerator() > noise.rho_per_data_year().denominator()) {
    faults->Add(place("rho_per_data_year"), "must be at most 1");
  }
  if (noise.councils_per_person() < 1 || noise.councils_per_person() > kMostCouncils) {
    faults->Add(place("councils_per_person"), "must be 1 to 1000000");
  }
}

void CheckFields(const v1::PolicyDocument& p, const base::TextPositions& at, FaultList* faults) {
  const auto need = [&](bool holds, absl::string_view field, absl::string_view what) {
    if (!holds) faults->Add(at.Of(field), what);
  };
  need(IsLabel(p.id()), "id", "must be 1 to 64 of a-z, 0-9, '-', '_', '.'");
  need(p.version() >= 1 && p.version() <= kMaxVersion, "version", "must be 1 to 1000000");
  need(!p.source().empty(), "source", "name the guideline or the decision");
  need(p.min_cell_persons() >= kMinCellFloor && p.min_cell_persons() <= kMaxThreshold,
       "min_cell_persons", "must be at least 10 and at most 100000; a policy only tightens");
  CheckBands(p, at, faults);
  CheckGuideline(p, at, faults);
  need(IsLabel(p.population_edition()), "population_edition", "name the reference population");
  need(p.min_contributors() >= kMinContributorsFloor && p.min_contributors() <= kMaxThreshold,
       "min_contributors", "must be at least 3 and at most 100000; a policy only tightens");
  need(p.colluders() == 0, "colluders",
       "must be 0: masks are not used, the hub sees each contribution");
  need(!p.audit_denominators(), "audit_denominators",
       "is not offered by this version; leave it false");
  need(p.insurer_by_municipality_needs_agreement(), "insurer_by_municipality_needs_agreement",
       "must be true");
  need(p.member_level_needs_agreement(), "member_level_needs_agreement", "must be true");
  const auto within = [](uint32_t days, uint32_t limit) { return days >= 1 && days <= limit; };
  need(within(p.consent_checkpoint_max_age_days(), kMaxCheckpointDays),
       "consent_checkpoint_max_age_days", "must be 1 to 31");
  need(within(p.release_within_days(), kMaxReleaseDays), "release_within_days", "must be 1 to 120");
  need(within(p.contribution_max_age_days(), kMaxContributionDays), "contribution_max_age_days",
       "must be 1 to 7");
  CheckLadder(p, at, faults);
  need(v1::Rounding_IsValid(p.rounding()), "rounding",
       "name ROUNDING_UP_10 or ROUNDING_SMALL_COUNT, or leave it out for exact counts");
  CheckNoise(p, at, faults);
}

}  // namespace

std::vector<std::string> Policy::Faults(absl::string_view text, const std::string& file_name) {
  if (text.size() > kMaxPolicyTextBytes) {
    return {absl::StrCat(file_name, ": a policy has at most ", kMaxPolicyTextBytes, " bytes")};
  }
  v1::PolicyDocument document;
  if (const absl::Status parsed = base::ParseTextProto(text, file_name, &document); !parsed.ok()) {
    return {std::string(parsed.message())};
  }
  FaultList faults;
  CheckFields(document, base::TextPositions(text, file_name, document), &faults);
  return faults.Take();
}

absl::StatusOr<Policy> Policy::Parse(absl::string_view text, const std::string& file_name) {
  const std::vector<std::string> faults = Faults(text, file_name);
  if (text.size() > kMaxPolicyTextBytes) return absl::ResourceExhaustedError(faults.front());
  if (!faults.empty()) return absl::InvalidArgumentError(absl::StrJoin(faults, "; "));
  Policy out;
  RENKEI_RETURN_IF_ERROR(base::ParseTextProto(text, file_name, &out.document_));
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

absl::string_view RoundingWord(v1::Rounding rounding) {
  switch (rounding) {
    case v1::ROUNDING_UNSPECIFIED:
      return "none";
    case v1::ROUNDING_UP_10:
      return "up_10";
    case v1::ROUNDING_SMALL_COUNT:
      return "small_count";
    default:
      return "?";
  }
}

}  // namespace renkei::policy::rules
