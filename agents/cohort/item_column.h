// One item of a chunk of examinations as bytes: the states, then the numbers of those rows that
// have one. README.md specifies them with an example that a test executes. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "policy/catalogue/value.h"

namespace renkei::agents::cohort {

// Rows of a chunk; the numbers of a column are at most so many.
inline constexpr size_t kChunkRows = 4096;

// Replaces `out`. Both spans have the same length, at most kChunkRows; an absent value is written
// as 0. Empty `out`: no row has anything.
void PackItems(std::span<const int32_t> values,
               std::span<const policy::catalogue::ValueState> states, std::vector<uint8_t>& out);

// Fills values[0, rows) and states[0, rows), rows <= kChunkRows. DATA_LOSS unless the bytes are
// exactly such a column; what the two arrays hold then means nothing.
absl::Status UnpackItems(std::span<const uint8_t> bytes, size_t rows, int32_t* values,
                         policy::catalogue::ValueState* states);

}  // namespace renkei::agents::cohort
