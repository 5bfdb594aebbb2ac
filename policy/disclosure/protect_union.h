// ProtectUnion: a union of municipalities of a release as a release of its own (privacy 5.4, I8),
// admitted only with all that readers have of the area and year. Defined in protect.cc, beside
// Protect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/disclosure/protected_table.h"
#include "policy/disclosure/release_ledger.h"

namespace renkei::policy::disclosure {

// Of an area and year: trackers need many (privacy 5.4).
inline constexpr size_t kMostUnions = 20;

struct UnionRequest {
  std::vector<std::shared_ptr<const EarlierRelease>> ledger;  // of the area and year, ascending
  size_t of = 0;  // index of the release whose counts, policy, terms and layout are the union's
  std::vector<std::string> municipalities;
};

// Cells of the union alone, with an empty municipality. Together with every row of the ledger none
// of them gives a primary of any release away, nor what several unions leave of each other.
// INVALID_ARGUMENT for a set that is no union of some of the municipalities; RESOURCE_EXHAUSTED
// after kMostUnions; FAILED_PRECONDITION, reason HELD, when no indicator's total could be shown, or
// hiding cannot help, reason ALREADY_RELEASED when the release has that union, reason
// LAYOUT_MISMATCH when it is rounded or shows no municipality.
absl::StatusOr<ProtectedTable<ForRelease>> ProtectUnion(const UnionRequest& request,
                                                        std::span<const uint8_t> table_key);

}  // namespace renkei::policy::disclosure
