// Rounding (privacy 6): what is shown in place of exact counts once the pattern is decided. Never
// the only layer: suppression, ledger and audits take every shown count for exact, so rounding
// makes nothing showable. Inside disclosure only. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/primary.h"
#include "policy/disclosure/protect.h"

namespace renkei::policy::disclosure {

// Persons, up to the next multiple of 10; 0 stays 0. Needs 0 <= count < 2^62.
constexpr int64_t RoundUpTo10(int64_t count) { return (count + 9) / 10 * 10; }

// INVALID_ARGUMENT for a rounding of the policy that this version does not know;
// FAILED_PRECONDITION, reason LAYOUT_MISMATCH, when a measure has an earlier release of the area
// and year that was rounded otherwise: two roundings of one count tell more of it than either.
absl::Status CheckRounding(const ProtectRequest& request);

// The counts of a measure's publishable cells as the policy lets them be shown, hidden cells
// included; measure -> CellIndex. With SMALL_COUNT a cell with persons may become one of none.
std::vector<std::vector<Count>> CountsToShow(const FamilyCounts& family, const TableShape& shape,
                                             const std::vector<std::vector<Judgement>>& judgements,
                                             std::span<const uint8_t> table_key);

}  // namespace renkei::policy::disclosure
