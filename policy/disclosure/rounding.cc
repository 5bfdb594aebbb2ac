#include "policy/disclosure/rounding.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/base/error.h"
#include "policy/disclosure/release_ledger.h"
#include "policy/disclosure/small_counts.h"

namespace renkei::policy::disclosure {
namespace {

Count SumOfKinds(const Block& inner, const Slice& slice, int sex_group, int age_group) {
  Count sum;
  for (int kind = 0; kind < kKinds; ++kind) {
    sum = sum + inner.Of(static_cast<size_t>(kind), kind, slice, sex_group, age_group);
  }
  return sum;
}

}  // namespace

absl::Status CheckRounding(const ProtectRequest& request) {
  const v1::Rounding rounding = request.policy.rounding();
  if (!v1::Rounding_IsValid(rounding)) {
    return absl::InvalidArgumentError("protect: the policy has a rounding that is not known");
  }
  if (request.layout == nullptr) return absl::InvalidArgumentError("protect: no layout");
  for (const auto& earlier : request.earlier) {
    if (earlier->inputs.policy.rounding() == rounding || earlier->inputs.layout == nullptr)
      continue;
    for (const tables::MeasureVersion& measure : request.layout->measures()) {
      const auto& released = earlier->inputs.layout->measures();
      const bool again = std::any_of(released.begin(), released.end(),
                                     [&](const auto& m) { return m.id == measure.id; });
      if (!again) continue;
      return base::MakeError(
          absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LAYOUT_MISMATCH,
          absl::StrCat(measure.id, " was released of this area and year with another rounding"), "",
          "release.rounding", "a round under a policy with the rounding of the first release");
    }
  }
  return absl::OkStatus();
}

std::vector<std::vector<Count>> CountsToShow(const FamilyCounts& family, const TableShape& shape,
                                             const std::vector<std::vector<Judgement>>& judgements,
                                             std::span<const uint8_t> table_key) {
  const v1::Rounding rounding = family.request->policy.rounding();
  std::vector<Block> changed;
  if (rounding == v1::ROUNDING_SMALL_COUNT) changed = ChangeSmallCounts(family, shape, table_key);
  std::vector<std::vector<Count>> counts(family.attributes.size());
  for (size_t m = 0; m < counts.size(); ++m) {
    for (size_t slice = 0; slice < shape.publishable; ++slice) {
      for (int s = 0; s < static_cast<int>(kSexGroups.size()); ++s) {
        for (int a = 0; a < static_cast<int>(kAgeGroups.size()); ++a) {
          Count count = judgements[m][CellIndex(slice, s, a)].count;
          if (rounding == v1::ROUNDING_UP_10) {
            count = {RoundUpTo10(count.x), RoundUpTo10(count.n)};
          } else if (rounding == v1::ROUNDING_SMALL_COUNT) {
            count = SumOfKinds(changed[m], shape.slices[slice], s, a);
          }
          counts[m].push_back(count);
        }
      }
    }
  }
  return counts;
}

}  // namespace renkei::policy::disclosure
