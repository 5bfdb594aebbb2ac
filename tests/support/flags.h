// Patterns of hidden cells as flags.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace renkei::tests {

inline int64_t CountOf(const std::vector<bool>& flags) {
  return std::count(flags.begin(), flags.end(), true);
}

}  // namespace renkei::tests
