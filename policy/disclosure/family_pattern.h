// Which cells of linked measures are hidden: what is primary, what would give it away by equations,
// and what would let it be bounded (privacy 4.2). Inside disclosure only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/family_system.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

// Flags of the publishable cells of a component, measure by measure, on top of `hidden`, which has
// the same order. FAILED_PRECONDITION with reason HELD when there is no such pattern.
absl::StatusOr<std::vector<bool>> HideComponent(
    const FamilyCounts& family, const TableShape& shape, const Component& component,
    const std::vector<std::vector<Judgement>>& judgements, std::span<const uint8_t> table_key,
    std::vector<bool> hidden);

}  // namespace renkei::policy::disclosure
