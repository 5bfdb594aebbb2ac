// The counts of a shown cell, and the percent and limits that follow from them. Pure.
#pragma once

#include <cstdint>

#include "renkei/v1/release.pb.h"

namespace renkei::hub::indicators {

// Nothing is set where n is 0: there is nobody to show. Needs 0 <= k <= n < 2^40.
void ShowCounts(int64_t k, int64_t n, v1::ReleaseCell* cell);

}  // namespace renkei::hub::indicators
