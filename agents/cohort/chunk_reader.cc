#include "agents/cohort/chunk_reader.h"

#include <algorithm>
#include <utility>

#include "agents/cohort/packed_numbers.h"
#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace sqlcipher = policy::sqlcipher;

absl::StatusOr<ChunkReader> ChunkReader::Make(sqlcipher::Database& database,
                                              const std::vector<StoredSchema>& schemas) {
  RENKEI_ASSIGN_OR_RETURN(sqlcipher::Statement read,
                          database.Prepare("SELECT content FROM exam_columns WHERE id = ?"));
  return ChunkReader(std::move(read), schemas);
}

absl::StatusOr<bool> ChunkReader::ReadItems(const StoredChunk& chunk, size_t chunk_rows,
                                            int item_column, const std::vector<uint16_t>& rows,
                                            policy::consent::ItemValues& out) {
  const auto nothing = [&out] {
    out.value.clear();
    out.state.clear();
    return false;
  };
  const auto schema =
      std::find_if(schemas_->begin(), schemas_->end(),
                   [&](const StoredSchema& known) { return known.id == chunk.schema; });
  if (schema == schemas_->end()) {
    return absl::DataLossError("cohort store: a chunk names an unknown item schema");
  }
  const int stored = schema->stored_by_column[static_cast<size_t>(item_column)];
  if (stored < 0) return nothing();
  read_.Reset();
  RENKEI_ASSIGN_OR_RETURN(const bool found,
                          read_.Bind(1, chunk.id * kColumnsPerChunk + stored).Step());
  if (!found) return nothing();
  const bool takes_all = rows.size() == chunk_rows;
  policy::consent::ItemValues& whole = takes_all ? out : scratch_;
  whole.value.resize(chunk_rows);
  whole.state.resize(chunk_rows);
  RENKEI_RETURN_IF_ERROR(
      UnpackItems(read_.Blob(0), chunk_rows, whole.value.data(), whole.state.data()));
  if (takes_all) return true;
  out.value.resize(rows.size());
  out.state.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    out.value[i] = whole.value[rows[i]];
    out.state[i] = whole.state[rows[i]];
  }
  return true;
}

absl::Status ChunkReader::ReadNumbers(const StoredChunk& chunk, int column,
                                      std::vector<int32_t>& out) {
  read_.Reset();
  RENKEI_ASSIGN_OR_RETURN(const bool found,
                          read_.Bind(1, chunk.id * kColumnsPerChunk + column).Step());
  if (!found) return absl::DataLossError("cohort store: a chunk without one of its columns");
  return UnpackNumbers(read_.Blob(0), out.size(), out.data());
}

}  // namespace renkei::agents::cohort
