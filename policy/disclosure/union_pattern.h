// What a union of municipalities hides, against everything that readers have of the area and year.
// Inside disclosure only. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/ledger_pattern.h"
#include "policy/disclosure/primary.h"
#include "policy/disclosure/protect_union.h"

namespace renkei::policy::disclosure {

struct UnionPattern {
  FamilyCounts family;  // points into the request's ledger
  TableShape shape;
  size_t set = 0;  // of the shape: the union
  std::vector<std::vector<Judgement>> judgements;
  Pattern hidden;  // measure -> cell of the shape
};

// Errors of ProtectUnion.
absl::StatusOr<UnionPattern> HideUnionCells(const UnionRequest& request,
                                            std::span<const uint8_t> table_key);

}  // namespace renkei::policy::disclosure
