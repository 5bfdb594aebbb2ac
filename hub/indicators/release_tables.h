// The tables of a release, from protected tables alone. Pure.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "policy/disclosure/protected_table.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::indicators {

// One table per measure in layout order; cells in the order of the protected table.
std::vector<v1::ReleaseTable> BuildTables(
    const policy::disclosure::ProtectedTable<policy::disclosure::ForRelease>& table);

// Class of a number of contributing members (definitions 15.6); UNSPECIFIED for 0.
v1::MembersClass MembersClassOf(int contributors);
// "1-2", "3-4", "5-9", "10+"; empty for UNSPECIFIED.
absl::string_view MembersClassLabel(v1::MembersClass members);
// "published", "suppressed", "not_collected".
absl::string_view CellStateLabel(v1::CellState state);
// "male", "female", "both".
absl::string_view SexLabel(v1::Sex sex);

}  // namespace renkei::hub::indicators
