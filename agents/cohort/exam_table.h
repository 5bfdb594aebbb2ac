// Chunks of examinations in the database: exam_chunks has the keys, exam_columns one row per block.
// Touches the disk through the given connection; stateless otherwise. Writing needs an open
// transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/cohort/exam_chunk.h"
#include "policy/sqlcipher/database.h"

namespace renkei::agents::cohort {

struct StoredChunk {
  int64_t id = 0;
  uint16_t schema = 0;
  std::vector<uint8_t> keys;  // packed
};

class ExamTable {
 public:
  explicit ExamTable(policy::sqlcipher::Database& database) : database_(database) {}

  // Chunks of the year, in the order in which they were begun.
  absl::StatusOr<std::vector<StoredChunk>> ChunksOf(int fiscal_year);
  // Fiscal years with an examination, ascending.
  absl::StatusOr<std::vector<int>> Years();
  absl::StatusOr<int64_t> NextId();

  // Empty when the chunk has no such block.
  absl::StatusOr<std::vector<uint8_t>> Block(int64_t chunk, int column);
  // As Block, into `bytes`, whose memory is used again.
  absl::Status ReadBlock(int64_t chunk, int column, std::vector<uint8_t>& bytes);

  // NOT_FOUND without such a chunk.
  absl::StatusOr<std::vector<uint8_t>> PackedKeys(int64_t chunk);
  absl::StatusOr<ChunkKeys> Keys(int64_t chunk);
  absl::Status ReadNumbers(int64_t chunk, int column, size_t rows, std::vector<int32_t>& out);
  absl::StatusOr<ExamRows> ReadChunk(const StoredChunk& chunk, size_t stored_columns);
  // Replaces the chunk of that id.
  absl::Status WriteChunk(int64_t id, int fiscal_year, uint16_t schema, const ExamRows& rows);
  absl::Status WriteKeys(int64_t id, const ChunkKeys& keys);
  absl::Status DeleteChunk(int64_t id);

 private:
  policy::sqlcipher::Database& database_;
};

}  // namespace renkei::agents::cohort
