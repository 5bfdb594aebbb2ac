// What an archive of the national layout says of itself: the index ix08 and the summary su08
// (formats.md 2.3), in either namespace. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "agents/intake/options.h"

namespace renkei::agents::intake {

struct ArchiveTotals {
  uint64_t records = 0;  // totalRecordCount of the index, totalSubjectCount of the summary
};

// nullopt: not such a document, or without its total.
std::optional<ArchiveTotals> ReadIndex(absl::string_view bytes, const ImportLimits& limits);
std::optional<ArchiveTotals> ReadSummary(absl::string_view bytes, const ImportLimits& limits);

}  // namespace renkei::agents::intake
