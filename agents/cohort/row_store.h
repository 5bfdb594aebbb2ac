// Moves what the first format of the store kept row by row into chunks. Touches the disk.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "agents/cohort/exam_digest.h"
#include "agents/cohort/item_schema.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

// One transaction: afterwards the rows are in chunks and their tables are gone, or nothing
// happened. Does nothing where there is no such table. DATA_LOSS when a row cannot be decoded.
absl::Status MoveRowsToChunks(policy::sqlcipher::Database& database,
                              const std::vector<StoredSchema>& schemas,
                              const policy::catalogue::ItemTable& items);

}  // namespace renkei::agents::cohort
