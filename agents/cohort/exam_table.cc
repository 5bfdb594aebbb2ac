#include "agents/cohort/exam_table.h"

#include <algorithm>
#include <utility>

#include "agents/cohort/packed_numbers.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
using policy::sqlcipher::Statement;

namespace {

int64_t RowOfBlock(int64_t chunk, int column) { return chunk * kColumnsPerChunk + column; }

template <typename T>
std::vector<uint8_t> PackAll(const std::vector<T>& numbers) {
  std::vector<uint8_t> block;
  PackNumbers(std::vector<int32_t>(numbers.begin(), numbers.end()), block);
  return block;
}

}  // namespace

absl::StatusOr<std::vector<StoredChunk>> ExamTable::ChunksOf(int fiscal_year) {
  RENKEI_ASSIGN_OR_RETURN(Statement read,
                          database_.Prepare("SELECT id, item_schema, keys FROM exam_chunks "
                                            "WHERE fiscal_year = ? ORDER BY id"));
  read.Bind(1, fiscal_year);
  std::vector<StoredChunk> chunks;
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return chunks;
    if (read.Int(0) < 0 || read.Int(1) < 1 || read.Int(1) > UINT16_MAX) {
      return absl::DataLossError("stored examinations: a chunk with an impossible number");
    }
    chunks.push_back({read.Int(0), static_cast<uint16_t>(read.Int(1)), read.BlobCopy(2)});
  }
}

absl::StatusOr<std::vector<int>> ExamTable::Years() {
  std::vector<int> years;
  int64_t year = 0;
  RENKEI_ASSIGN_OR_RETURN(
      Statement read,
      database_.Prepare("SELECT min(fiscal_year) FROM exam_chunks WHERE fiscal_year > ?"));
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Bind(1, year).Step());
    if (!row || read.IsNull(0)) return years;
    year = read.Int(0);
    years.push_back(static_cast<int>(year));
    read.Reset();
  }
}

absl::StatusOr<int64_t> ExamTable::NextId() {
  RENKEI_ASSIGN_OR_RETURN(Statement read, database_.Prepare("SELECT max(id) FROM exam_chunks"));
  RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
  return row && !read.IsNull(0) ? read.Int(0) + 1 : 0;
}

absl::Status ExamTable::ReadBlock(int64_t chunk, int column, std::vector<uint8_t>& bytes) {
  RENKEI_ASSIGN_OR_RETURN(Statement read,
                          database_.Prepare("SELECT content FROM exam_columns WHERE id = ?"));
  RENKEI_ASSIGN_OR_RETURN(const bool row, read.Bind(1, RowOfBlock(chunk, column)).Step());
  bytes.clear();
  if (!row) return absl::OkStatus();
  const std::span<const uint8_t> blob = read.Blob(0);
  bytes.assign(blob.begin(), blob.end());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint8_t>> ExamTable::Block(int64_t chunk, int column) {
  std::vector<uint8_t> bytes;
  RENKEI_RETURN_IF_ERROR(ReadBlock(chunk, column, bytes));
  return bytes;
}

absl::StatusOr<std::vector<uint8_t>> ExamTable::PackedKeys(int64_t chunk) {
  RENKEI_ASSIGN_OR_RETURN(Statement read,
                          database_.Prepare("SELECT keys FROM exam_chunks WHERE id = ?"));
  RENKEI_ASSIGN_OR_RETURN(const bool row, read.Bind(1, chunk).Step());
  if (!row) return absl::NotFoundError("stored examinations: no such chunk");
  return read.BlobCopy(0);
}

absl::StatusOr<ChunkKeys> ExamTable::Keys(int64_t chunk) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> packed, PackedKeys(chunk));
  return UnpackKeys(packed);
}

absl::Status ExamTable::ReadNumbers(int64_t chunk, int column, size_t rows,
                                    std::vector<int32_t>& out) {
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> block, Block(chunk, column));
  out.resize(rows);
  return UnpackNumbers(block, rows, out.data());
}

absl::StatusOr<ExamRows> ExamTable::ReadChunk(const StoredChunk& chunk, size_t stored_columns) {
  ExamRows rows;
  RENKEI_ASSIGN_OR_RETURN(rows.keys, UnpackKeys(chunk.keys));
  const size_t size = rows.size();
  rows.items.resize(stored_columns);
  std::vector<int32_t> numbers;
  RENKEI_RETURN_IF_ERROR(ReadNumbers(chunk.id, kResidenceColumn, size, numbers));
  rows.residence.assign(numbers.begin(), numbers.end());
  RENKEI_RETURN_IF_ERROR(ReadNumbers(chunk.id, kWorkColumn, size, numbers));
  rows.work.assign(numbers.begin(), numbers.end());
  RENKEI_RETURN_IF_ERROR(ReadNumbers(chunk.id, kFileDayColumn, size, rows.file_day));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> programs, Block(chunk.id, kProgramColumn));
  RENKEI_ASSIGN_OR_RETURN(rows.program, UnpackPrograms(programs, size));
  RENKEI_ASSIGN_OR_RETURN(const std::vector<uint8_t> digests, Block(chunk.id, kDigestColumn));
  RENKEI_ASSIGN_OR_RETURN(rows.digest, UnpackDigests(digests, size));
  RENKEI_ASSIGN_OR_RETURN(Statement read,
                          database_.Prepare("SELECT id, content FROM exam_columns "
                                            "WHERE id >= ? AND id < ? ORDER BY id"));
  read.Bind(1, RowOfBlock(chunk.id, 0))
      .Bind(2, RowOfBlock(chunk.id, static_cast<int>(stored_columns)));
  for (;;) {
    RENKEI_ASSIGN_OR_RETURN(const bool row, read.Step());
    if (!row) return rows;
    auto& column = rows.items[static_cast<size_t>(read.Int(0) - RowOfBlock(chunk.id, 0))];
    column.value.resize(size);
    column.state.resize(size);
    RENKEI_RETURN_IF_ERROR(
        UnpackItems(read.Blob(1), size, column.value.data(), column.state.data()));
  }
}

absl::Status ExamTable::WriteChunk(int64_t id, int fiscal_year, uint16_t schema,
                                   const ExamRows& rows) {
  RENKEI_RETURN_IF_ERROR(DeleteChunk(id));
  RENKEI_ASSIGN_OR_RETURN(Statement chunk,
                          database_.Prepare("INSERT INTO exam_chunks(id, fiscal_year, item_schema, "
                                            "keys) VALUES(?, ?, ?, ?)"));
  RENKEI_RETURN_IF_ERROR(chunk.Bind(1, id)
                             .Bind(2, fiscal_year)
                             .Bind(3, schema)
                             .BindBlob(4, PackKeys(rows.keys))
                             .Run());
  RENKEI_ASSIGN_OR_RETURN(Statement insert,
                          database_.Prepare("INSERT INTO exam_columns(id, content) VALUES(?, ?)"));
  const auto put = [&](int column, std::span<const uint8_t> block) {
    return insert.Bind(1, RowOfBlock(id, column)).BindBlob(2, block).Run();
  };
  std::vector<uint8_t> block;
  for (size_t column = 0; column < rows.items.size(); ++column) {
    const policy::consent::ItemValues& items = rows.items[column];
    if (items.value.empty()) continue;
    PackItems(items.value, items.state, block);
    if (!block.empty()) RENKEI_RETURN_IF_ERROR(put(static_cast<int>(column), block));
  }
  RENKEI_RETURN_IF_ERROR(put(kResidenceColumn, PackAll(rows.residence)));
  RENKEI_RETURN_IF_ERROR(put(kWorkColumn, PackAll(rows.work)));
  RENKEI_RETURN_IF_ERROR(put(kProgramColumn, PackPrograms(rows.program)));
  RENKEI_RETURN_IF_ERROR(put(kFileDayColumn, PackAll(rows.file_day)));
  return put(kDigestColumn, PackDigests(rows.digest));
}

absl::Status ExamTable::WriteKeys(int64_t id, const ChunkKeys& keys) {
  RENKEI_ASSIGN_OR_RETURN(Statement update,
                          database_.Prepare("UPDATE exam_chunks SET keys = ? WHERE id = ?"));
  return update.BindBlob(1, PackKeys(keys)).Bind(2, id).Run();
}

absl::Status ExamTable::DeleteChunk(int64_t id) {
  RENKEI_ASSIGN_OR_RETURN(Statement columns,
                          database_.Prepare("DELETE FROM exam_columns WHERE id >= ? AND id < ?"));
  RENKEI_RETURN_IF_ERROR(columns.Bind(1, RowOfBlock(id, 0)).Bind(2, RowOfBlock(id + 1, 0)).Run());
  RENKEI_ASSIGN_OR_RETURN(Statement chunk,
                          database_.Prepare("DELETE FROM exam_chunks WHERE id = ?"));
  return chunk.Bind(1, id).Run();
}

}  // namespace renkei::agents::cohort
