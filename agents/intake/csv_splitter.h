// RFC 4180 rows of a UTF-8 stream (formats.md 3.1): CRLF, LF or CR, doubled quotes, quoted line
// breaks, a final 0x1A ignored. Memory is one chunk and the longest row. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agents/intake/encoding.h"

namespace renkei::agents::intake {

// Valid until the next call of CsvSplitter::Next.
struct CsvRow {
  uint64_t line = 0;                      // 1-based line of the file where the row starts
  std::vector<absl::string_view> fields;  // unquoted, at least one
  bool is_malformed = false;              // characters after a closing quote
  bool IsEmptyLine() const { return fields.size() == 1 && fields[0].empty(); }
};

enum class RowSplit : uint8_t { kRow, kNeedsMore, kOpenQuote };

// Splits the row that starts at `*position` of text[0, size); after kRow, `*position` and `*line`
// are those of the next row. Doubled quotes are folded in place, in rows that are whole only.
// `row` null: finds the end of the row and changes nothing of the text. `at_end`: no byte follows
// the text.
RowSplit SplitCsvRow(char* text, size_t size, bool at_end, size_t* position, uint64_t* line,
                     CsvRow* row);

// The messages of a file that cannot be split further.
absl::Status OpenQuoteError(uint64_t line);
absl::Status LongRowError(uint64_t line, size_t max_row_bytes);

class CsvSplitter {
 public:
  CsvSplitter(Utf8Source* source, size_t max_row_bytes, size_t chunk_bytes = 1 << 20)
      : source_(source), max_row_bytes_(max_row_bytes), chunk_bytes_(chunk_bytes) {}

  // False at the end. INVALID_ARGUMENT: the file cannot be split further (a quote that never
  // closes, a row over the limit); the message names the line. Other codes: the file could not be
  // read.
  absl::StatusOr<bool> Next(CsvRow* row);

  // Text read from the source and not yet split, for another reader to go on with; line() is where
  // it starts. The splitter is done then.
  std::string TakeRest();
  uint64_t line() const { return line_; }

 private:
  Utf8Source* source_;
  size_t max_row_bytes_;
  size_t chunk_bytes_;
  std::string buffer_;
  size_t position_ = 0;  // start of the next row
  uint64_t line_ = 1;
  bool at_end_ = false;
};

}  // namespace renkei::agents::intake
