// Releases as they are stored: their bytes, their heads, and the one that a round has already.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "hub/store/store.h"
#include "renkei/v1/release.pb.h"

namespace renkei::hub::releases {

v1::ReleaseHead HeadOf(const store::ReleaseRow& row);

// The stored bytes, checked against their digest. DATA_LOSS when they differ.
absl::StatusOr<v1::Release> ReleaseOf(const store::ReleaseRow& row);

// Of a round that is released. `layout_name`: that was asked for, empty for any; ALREADY_EXISTS
// when the release has another.
absl::StatusOr<store::ReleaseRow> StoredRelease(store::Snapshot& snapshot, uint64_t number,
                                                const std::string& layout_name);

}  // namespace renkei::hub::releases
