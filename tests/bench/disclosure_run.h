// What the figures of disclosure control share: protecting one table, and a figure from its
// numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/figure.h"
#include "tests/support/national_table.h"

namespace renkei::tests::bench {

Figure MakeFigure(const std::string& name, double ours, const char* unit, const std::string& goal,
                  std::optional<bool> met, const std::string& peer, const std::string& note);

struct Repaired {
  std::vector<bool> hidden;
  double seconds = 0;
  size_t violations = 0;  // after it, by an audit that knows nothing of the repair
  bool is_held = false;   // a need stayed unmet: nothing may be released
};
Repaired RepairOnce(const NationalTable& table, const std::vector<bool>& greedy);

// A table made coarser, step by step along a fixed ladder of merged age bands, until at most a
// quarter of its inner cells is small (privacy 4.1), then protected; coarser still where that
// fails.
struct Laddered {
  std::vector<uint32_t> sizes;  // bands of the input in each band
  NationalTable table;
  Repaired repaired;  // held: no step could be protected
};
Laddered ProtectAlongLadder(const TableCounts& counts, Knowledge knowledge, Shape shape);

}  // namespace renkei::tests::bench
