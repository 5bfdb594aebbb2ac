// ChunkReader: blocks of chunks over one connection, decoded into memory that is used again.
// Touches the disk; used by one thread.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/cohort/exam_table.h"
#include "agents/cohort/item_schema.h"
#include "policy/consent/rows.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

class ChunkReader {
 public:
  static absl::StatusOr<ChunkReader> Make(policy::sqlcipher::Database& database,
                                          const std::vector<StoredSchema>& schemas);

  // `rows` selected rows of an item's column, ascending; `chunk_rows` is the chunk's size. False:
  // no row of the chunk has any value, and `out` is empty.
  absl::StatusOr<bool> ReadItems(const StoredChunk& chunk, size_t chunk_rows, int item_column,
                                 const std::vector<uint16_t>& rows,
                                 policy::consent::ItemValues& out);
  absl::Status ReadNumbers(const StoredChunk& chunk, int column, std::vector<int32_t>& out);

 private:
  ChunkReader(policy::sqlcipher::Statement read, const std::vector<StoredSchema>& schemas)
      : read_(std::move(read)), schemas_(&schemas) {}

  policy::sqlcipher::Statement read_;
  const std::vector<StoredSchema>* schemas_;
  policy::consent::ItemValues scratch_;
};

}  // namespace renkei::agents::cohort
