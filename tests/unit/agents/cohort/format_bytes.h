// The worked examples of agents/cohort/FORMAT.md as bytes.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"

namespace renkei::agents::cohort {

// The bytes of a ```hex block of that file; a # starts a comment.
inline std::vector<uint8_t> HexBlock(const std::string& name) {
  std::ifstream file(std::string(RENKEI_SOURCE_DIR) + "/agents/cohort/FORMAT.md");
  std::vector<uint8_t> bytes;
  std::string line;
  bool inside = false;
  while (std::getline(file, line)) {
    if (line == "```hex " + name) {
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      const std::string digits = line.substr(0, line.find('#'));
      for (absl::string_view byte : absl::StrSplit(digits, ' ', absl::SkipEmpty())) {
        bytes.push_back(static_cast<uint8_t>(absl::HexStringToBytes(byte).at(0)));
      }
    }
  }
  return bytes;
}

}  // namespace renkei::agents::cohort
