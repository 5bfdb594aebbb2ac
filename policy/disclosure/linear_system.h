// What a reader could compute with: unknown inner counts and cells that are sums of them.
// Independent of the layout of a table. Values; thread-compatible.
#pragma once

#include <cstdint>
#include <vector>

namespace renkei::policy::disclosure {

struct Term {
  uint32_t variable = 0;
  int32_t coefficient = 0;  // never 0
  bool operator==(const Term&) const = default;
};

// A linear combination of inner counts; variables ascend. Known constants are left out.
using Row = std::vector<Term>;

struct SystemCell {
  Row row;
  // Must not follow from what is published.
  bool primary = false;
  // False: not a cell of the table but something derivable (a difference, a rest); never printed.
  bool publishable = true;
  // Hidden already, whatever the elimination would say.
  bool preset_hidden = false;
  // Order of the greedy step (R11): level ascending, magnitude descending, tie ascending, index.
  uint32_t level = 0;
  uint32_t magnitude = 0;  // LogClass of the count
  uint64_t tie = 0;        // PRF(k_table, cell)
};

struct LinearSystem {
  uint32_t variables = 0;
  std::vector<Row> known;  // equations with known right-hand side, e.g. total = sum of parts
  std::vector<SystemCell> cells;
};

// Indices of the cells that a reader is shown for given hidden flags.
inline bool IsPublished(const SystemCell& cell, bool hidden) { return cell.publishable && !hidden; }

// floor(8 log2(1 + count)) in integers; count >= 0.
uint32_t LogClass(int64_t count);

}  // namespace renkei::policy::disclosure
