// What an archive of the national layout says of itself: the index ix08, the summary su08 and the
// settlements cc08 and gc08 of its CLAIMS folder (formats.md 2.3), in either namespace. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "agents/intake/options.h"

namespace renkei::agents::intake {

// Yen; nullopt: not stated, or no number of at most 12 digits. Of one person in a settlement
// (unitAmount, paymentAmount, claimAmount), of all in the summary.
struct Amounts {
  std::optional<uint64_t> cost;
  std::optional<uint64_t> payment;  // at the counter
  std::optional<uint64_t> claim;
};

struct SummaryTotals {
  uint64_t records = 0;
  Amounts amounts;
};

// totalRecordCount. nullopt, of each: not such a document, or without its total.
std::optional<uint64_t> ReadIndex(absl::string_view bytes, const ImportLimits& limits);
std::optional<SummaryTotals> ReadSummary(absl::string_view bytes, const ImportLimits& limits);
// Reads amounts only, no name and no number of the person.
std::optional<Amounts> ReadSettlement(absl::string_view bytes, const ImportLimits& limits);

}  // namespace renkei::agents::intake
