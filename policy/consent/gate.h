// ConsentGate: the one maker of ConsentedRows, the privacy boundary inside the agent
// (definitions 15.4, R9, R17). Pure; immutable and thread-safe after Make.
//
// A person may be counted in a family's measures only if every data category that the family reads
// is permitted by the category's legal basis and the outcome of the fold. Whatever is not known is
// refused. How outcomes come about is fold.h; who has which events is agents/consent.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "policy/consent/basis.h"
#include "policy/consent/rows.h"
#include "renkei/v1/catalogue.pb.h"
#include "renkei/v1/contribution.pb.h"

namespace renkei::policy::consent {

// What the fold says of one person for the round's purpose and instant, by v1::DataCategory.
struct CategoryOutcomes {
  // An outcome that nobody filled in is no FoldOutcome and permits nothing under any basis.
  std::array<FoldOutcome, kCategoryCount> by_category{};

  // A person without any event.
  static CategoryOutcomes AllAbsent() {
    CategoryOutcomes outcomes;
    outcomes.by_category.fill(FoldOutcome::kAbsent);
    return outcomes;
  }
  bool operator==(const CategoryOutcomes&) const = default;
};

// Exact numbers of eligible persons, inside the agent only; see ToCoverage. eligible is the sum of
// the other three.
struct CoverageCounts {
  int64_t eligible = 0;
  int64_t included = 0;
  int64_t excluded_denied = 0;  // a needed category is denied
  int64_t excluded_absent = 0;  // none denied, but consent is needed and absent; or no basis
  bool operator==(const CoverageCounts&) const = default;
};

class ConsentGate {
 public:
  static constexpr size_t kMaxFamilies = 32;

  // `families` in catalogue order: bit f of ConsentedRows is families[f]. INVALID_ARGUMENT for more
  // than 32 families, a family that reads nothing, and an unknown data category.
  static absl::StatusOr<ConsentGate> Make(absl::Span<const v1::FamilyRule* const> families,
                                          const BasisTable& basis);
  static absl::StatusOr<ConsentGate> Make(const v1::Catalogue& catalogue, const BasisTable& basis);

  // outcomes[i] belongs to row i. Where the batch also carries the year before and that year's
  // examination came from the other kind of source, both kinds must be permitted. Rows beyond the
  // shorter of the two are admitted to no family.
  ConsentedRows Admit(RowBatch rows, std::span<const CategoryOutcomes> outcomes) const;

  // Adds the eligible persons of the batch to `coverage`, which has one element per family.
  void Count(const RowBatch& rows, std::span<const CategoryOutcomes> outcomes,
             std::span<CoverageCounts> coverage) const;

  size_t families() const { return families_.size(); }

 private:
  // Categories as bits, 1 << v1::DataCategory.
  struct Family {
    // Needed for rows of the member's own source, and for workplace sources.
    uint32_t reads = 0;
    uint32_t reads_workplace = 0;
  };
  ConsentGate(std::vector<Family> families, BasisTable basis);
  static uint32_t Needed(const Family& family, const RowBatch& rows, size_t row);
  uint32_t Permitted(const CategoryOutcomes& outcomes) const;

  std::vector<Family> families_;
  BasisTable basis_;
};

// Below 10 only "<10"; else half up to the nearest 10 (trust 2.5, R15).
v1::CoarseCount ToCoarseCount(int64_t count);
v1::ConsentCoverage ToCoverage(const CoverageCounts& counts);

}  // namespace renkei::policy::consent
