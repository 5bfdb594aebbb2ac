// A CSV file in chunks of whole rows, so that they can be read apart. The rows, their lines and the
// errors are those of CsvSplitter. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agents/intake/csv_splitter.h"
#include "agents/intake/encoding.h"

namespace renkei::agents::intake {

struct CsvChunk {
  std::string text;             // whole rows; the last one of the file may lack its line end
  uint64_t line = 0;            // of the first row
  bool is_plain = false;        // no quote, and a carriage return before a line feed only
  uint64_t consumed_bytes = 0;  // of the file
};

class CsvChunkReader {
 public:
  // Goes on where the splitter stands.
  CsvChunkReader(CsvSplitter* splitter, Utf8Source* source, size_t max_row_bytes,
                 size_t chunk_bytes = 1 << 20)
      : source_(source),
        max_row_bytes_(max_row_bytes),
        chunk_bytes_(chunk_bytes),
        rest_(splitter->TakeRest()),
        line_(splitter->line()) {}

  // False at the end. INVALID_ARGUMENT as CsvSplitter::Next, after the rows before the fault.
  absl::StatusOr<bool> Next(CsvChunk* chunk);

 private:
  // Bytes of whole rows at the start of the text; counts their lines. A fault ends them.
  size_t CutRows(CsvChunk* chunk);

  Utf8Source* source_;
  size_t max_row_bytes_;
  size_t chunk_bytes_;
  std::string rest_;  // text behind the last chunk
  uint64_t line_;     // where rest_ starts
  bool at_end_ = false;
  absl::Status fault_;
};

// The next row of a plain chunk, as SplitCsvRow gives it.
void SplitPlainRow(absl::string_view text, size_t* position, uint64_t* line, CsvRow* row);

}  // namespace renkei::agents::intake
