// Tally: the counts of one thread while batches go by. Measures are counted several at once: their
// truths in a row are the digits of one number to base 3, and a histogram by cell and number takes
// one increment per row where each measure by itself would take one.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agents/evaluate/chunk.h"
#include "agents/evaluate/plan.h"
#include "policy/consent/rows.h"
#include "policy/tables/cube.h"

namespace renkei::agents::evaluate {

class Tally {
 public:
  // Large bundles pay when many batches follow: `max_bundle` is 1 to 5.
  Tally(std::shared_ptr<const Plan> plan, size_t max_bundle);

  // Fewer than 2^32 rows in all. O(rows x measures).
  void Add(const policy::consent::ConsentedRows& rows);
  // Adds what was counted since the last call to `counts`, in the layout's order.
  void MoveInto(std::vector<int64_t>* counts);

 private:
  void AddChunk();
  void AddBundle(size_t bundle);

  std::shared_ptr<const Plan> plan_;
  Chunk chunk_;
  size_t cells_;                                // per measure, without parts
  size_t bundle_size_;                          // measures counted together
  size_t states_;                               // 3^bundle_size
  std::vector<std::vector<uint8_t>> included_;  // by group
  std::vector<uint32_t> base_;                  // per row: index of its cell's first state
  std::vector<uint8_t> digits_;
  std::vector<uint32_t> histogram_;  // bundle x cell x state
};

}  // namespace renkei::agents::evaluate
