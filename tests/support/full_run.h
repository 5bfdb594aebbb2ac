// `bash tests/run.sh --full`: the long form of tests that have one.
#pragma once

#include <cstdlib>
#include <string>

namespace renkei::tests {

inline bool IsFullRun() {
  const char* full = std::getenv("RENKEI_FULL");
  return full != nullptr && std::string(full) == "1";
}

}  // namespace renkei::tests
