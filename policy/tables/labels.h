// The words by which tables, CSV and JSON name sexes, cell states and classes of contributors
// (definitions 15.6). Contracts with readers: a word never changes its meaning.
#pragma once

#include "absl/strings/string_view.h"
#include "renkei/v1/common.pb.h"
#include "renkei/v1/release.pb.h"

namespace renkei::policy::tables {

// "male", "female", "both"; empty for a value that has no word.
absl::string_view SexLabel(v1::Sex sex);
// "published", "suppressed", "not_collected"; empty likewise.
absl::string_view CellStateLabel(v1::CellState state);
// "1-2", "3-4", "5-9", "10+"; empty for UNSPECIFIED.
absl::string_view MembersClassLabel(v1::MembersClass members);

}  // namespace renkei::policy::tables
