#include "policy/consent/gate.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace renkei::policy::consent {

absl::StatusOr<ConsentGate> ConsentGate::Make(absl::Span<const v1::FamilyRule* const> families,
                                              const BasisTable& basis) {
  if (families.size() > kMaxFamilies) {
    return absl::InvalidArgumentError(
        absl::StrCat("catalogue: ", families.size(), " families; the limit is ", kMaxFamilies));
  }
  std::vector<Family> made;
  for (const v1::FamilyRule* rule : families) {
    if (rule->reads().empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "family ", rule->id(), ": reads is empty; name every data category that it reads"));
    }
    Family family;
    for (int category : rule->reads()) {
      if (!v1::DataCategory_IsValid(category) || category == v1::DATA_CATEGORY_UNSPECIFIED) {
        return absl::InvalidArgumentError(
            absl::StrCat("family ", rule->id(), ": reads names an unknown data category"));
      }
      const auto read = static_cast<v1::DataCategory>(category);
      const bool swapped = rule->exam_as_workplace() && read == v1::DATA_CATEGORY_EXAM_RESULT;
      family.reads.push_back(read);
      family.reads_workplace.push_back(swapped ? v1::DATA_CATEGORY_WORKPLACE_EXAM : read);
    }
    made.push_back(std::move(family));
  }
  return ConsentGate(std::move(made), basis);
}

absl::StatusOr<ConsentGate> ConsentGate::Make(const v1::Catalogue& catalogue,
                                              const BasisTable& basis) {
  std::vector<const v1::FamilyRule*> families;
  for (const v1::FamilyRule& rule : catalogue.family()) families.push_back(&rule);
  return Make(families, basis);
}

ConsentGate::ConsentGate(std::vector<Family> families, BasisTable basis)
    : families_(std::move(families)), basis_(basis) {}

const std::vector<v1::DataCategory>& ConsentGate::Needed(const Family& family,
                                                         uint8_t facts) const {
  return (facts & kWorkplaceSourceBit) != 0 ? family.reads_workplace : family.reads;
}

bool ConsentGate::PermitsAll(const std::vector<v1::DataCategory>& needed,
                             const CategoryOutcomes& outcomes) const {
  return std::all_of(needed.begin(), needed.end(), [&](v1::DataCategory category) {
    return BasisPermits(basis_.Of(category), outcomes.by_category[category]);
  });
}

ConsentedRows ConsentGate::Admit(RowBatch rows, std::span<const CategoryOutcomes> outcomes) const {
  std::vector<uint32_t> admitted(rows.size(), 0);
  const size_t known = std::min({rows.size(), outcomes.size(), rows.facts.size()});
  for (size_t row = 0; row < known; ++row) {
    for (size_t f = 0; f < families_.size(); ++f) {
      if (PermitsAll(Needed(families_[f], rows.facts[row]), outcomes[row])) {
        admitted[row] |= uint32_t{1} << f;
      }
    }
  }
  return ConsentedRows(std::move(rows), std::move(admitted));
}

void ConsentGate::Count(const RowBatch& rows, std::span<const CategoryOutcomes> outcomes,
                        std::span<CoverageCounts> coverage) const {
  const size_t families = std::min(families_.size(), coverage.size());
  for (size_t row = 0; row < std::min(rows.size(), rows.facts.size()); ++row) {
    if ((rows.facts[row] & kEligibleBit) == 0) continue;
    for (size_t f = 0; f < families; ++f) {
      ++coverage[f].eligible;
      const auto& needed = Needed(families_[f], rows.facts[row]);
      const bool has_outcome = row < outcomes.size();
      if (has_outcome && PermitsAll(needed, outcomes[row])) {
        ++coverage[f].included;
        continue;
      }
      const bool denied =
          has_outcome && std::any_of(needed.begin(), needed.end(), [&](v1::DataCategory category) {
            return outcomes[row].by_category[category] == FoldOutcome::kDenied;
          });
      ++(denied ? coverage[f].excluded_denied : coverage[f].excluded_absent);
    }
  }
}

v1::CoarseCount ToCoarseCount(int64_t count) {
  v1::CoarseCount coarse;
  if (count < 10) {
    coarse.set_below_ten(true);
  } else {
    coarse.set_rounded_to_ten(static_cast<uint64_t>((count + 5) / 10 * 10));
  }
  return coarse;
}

v1::ConsentCoverage ToCoverage(const CoverageCounts& counts) {
  v1::ConsentCoverage coverage;
  *coverage.mutable_eligible() = ToCoarseCount(counts.eligible);
  *coverage.mutable_included() = ToCoarseCount(counts.included);
  *coverage.mutable_excluded_denied() = ToCoarseCount(counts.excluded_denied);
  *coverage.mutable_excluded_absent() = ToCoarseCount(counts.excluded_absent);
  return coverage;
}

}  // namespace renkei::policy::consent
