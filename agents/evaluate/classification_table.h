// A classification as a table: one class for every state of its inputs (definitions 5.4). Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "renkei/v1/catalogue.pb.h"

namespace renkei::agents::evaluate {

// Index = sum over inputs i of truth_i x 3^i with the bytes of truth.h; entry = class, or 0 where
// the completions of the unknown inputs disagree. 3^inputs entries; the classification has passed
// the catalogue's check (at most 10 inputs, classes 1 to 99).
std::vector<uint8_t> BuildClassTable(const v1::Classification& classification);

}  // namespace renkei::agents::evaluate
