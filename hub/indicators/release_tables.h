// The tables of a release, from protected tables alone. Pure.
#pragma once

#include <vector>

#include "policy/disclosure/protected_table.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::indicators {

// One table per measure in layout order; cells in the order of the protected table.
std::vector<v1::ReleaseTable> BuildTables(
    const policy::disclosure::ProtectedTable<policy::disclosure::ForRelease>& table);

// Class of a number of contributing members (definitions 15.6); UNSPECIFIED for 0.
v1::MembersClass MembersClassOf(int contributors);

}  // namespace renkei::hub::indicators
