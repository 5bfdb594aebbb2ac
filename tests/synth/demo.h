// Writes the files of the demo's members: one folder each. Touches the disk.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/synth/members.h"
#include "tests/synth/table.h"

namespace renkei::tests::synth {

struct WrittenMember {
  std::string folder;
  int rows = 0;       // of the roster
  int eligible = 0;   // aged 40-74, whole year, not excluded
  int examined = 0;   // of the eligible
  int documents = 0;  // examinations written, XML or CSV
};

// Proves 鶴岡市's counts before anything is written. FAILED_PRECONDITION when `dir` has content.
absl::StatusOr<std::vector<WrittenMember>> WriteDemo(const std::string& dir, const Table& table,
                                                     const DemoOptions& options);

}  // namespace renkei::tests::synth
