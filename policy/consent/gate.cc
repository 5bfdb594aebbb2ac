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
      family.reads |= uint32_t{1} << read;
      family.reads_workplace |= uint32_t{1} << (swapped ? v1::DATA_CATEGORY_WORKPLACE_EXAM : read);
    }
    made.push_back(family);
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

uint32_t ConsentGate::Needed(const Family& family, const RowBatch& rows, size_t row) {
  const auto reads = [&family](uint8_t facts) {
    return (facts & kWorkplaceSourceBit) != 0 ? family.reads_workplace : family.reads;
  };
  const uint32_t needed = reads(rows.facts[row]);
  if (row >= rows.previous.facts.size()) return needed;
  const uint8_t before = rows.previous.facts[row];
  return (before & kExaminedBit) != 0 ? needed | reads(before) : needed;
}

uint32_t ConsentGate::Permitted(const CategoryOutcomes& outcomes) const {
  uint32_t permitted = 0;
  for (size_t c = 0; c < kCategoryCount; ++c) {
    const auto category = static_cast<v1::DataCategory>(c);
    if (BasisPermits(basis_.Of(category), outcomes.by_category[c])) permitted |= uint32_t{1} << c;
  }
  return permitted;
}

ConsentedRows ConsentGate::Admit(RowBatch rows, std::span<const CategoryOutcomes> outcomes) const {
  std::vector<uint32_t> admitted(rows.size(), 0);
  const size_t known = std::min({rows.size(), outcomes.size(), rows.facts.size()});
  uint32_t permitted = 0;
  for (size_t row = 0; row < known; ++row) {
    // Most people have no event, so that neighbours have equal outcomes.
    if (row == 0 || !(outcomes[row] == outcomes[row - 1])) permitted = Permitted(outcomes[row]);
    for (size_t f = 0; f < families_.size(); ++f) {
      if ((Needed(families_[f], rows, row) & ~permitted) == 0) admitted[row] |= uint32_t{1} << f;
    }
  }
  return ConsentedRows(std::move(rows), std::move(admitted));
}

void ConsentGate::Count(const RowBatch& rows, std::span<const CategoryOutcomes> outcomes,
                        std::span<CoverageCounts> coverage) const {
  const size_t families = std::min(families_.size(), coverage.size());
  for (size_t row = 0; row < std::min(rows.size(), rows.facts.size()); ++row) {
    if ((rows.facts[row] & kEligibleBit) == 0) continue;
    const bool has_outcome = row < outcomes.size();
    const uint32_t permitted = has_outcome ? Permitted(outcomes[row]) : 0;
    uint32_t denied = 0;
    for (size_t c = 0; has_outcome && c < kCategoryCount; ++c) {
      if (outcomes[row].by_category[c] == FoldOutcome::kDenied) denied |= uint32_t{1} << c;
    }
    for (size_t f = 0; f < families; ++f) {
      const uint32_t needed = Needed(families_[f], rows, row);
      ++coverage[f].eligible;
      if (has_outcome && (needed & ~permitted) == 0) {
        ++coverage[f].included;
      } else {
        ++((needed & denied) != 0 ? coverage[f].excluded_denied : coverage[f].excluded_absent);
      }
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
