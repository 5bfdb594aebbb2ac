#include "agents/intake/csv_splitter.h"

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {

absl::Status OpenQuoteError(uint64_t line) {
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line, ": a quoted field is never closed"));
}

absl::Status LongRowError(uint64_t line, size_t max_row_bytes) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": the row is longer than ",
                                                 max_row_bytes, " bytes; is a quote missing?"));
}

absl::StatusOr<bool> CsvSplitter::Next(CsvRow* row) {
  for (;;) {
    if (position_ < buffer_.size()) {
      switch (SplitCsvRow(buffer_.data(), buffer_.size(), at_end_, &position_, &line_, row)) {
        case RowSplit::kRow:
          return true;
        case RowSplit::kOpenQuote:
          return OpenQuoteError(line_);
        case RowSplit::kNeedsMore:
          break;
      }
      if (buffer_.size() - position_ > max_row_bytes_) return LongRowError(line_, max_row_bytes_);
    }
    if (at_end_) return false;
    buffer_.erase(0, position_);
    position_ = 0;
    RENKEI_ASSIGN_OR_RETURN(const bool more, source_->Append(chunk_bytes_, &buffer_));
    if (!more) {
      at_end_ = true;
      if (!buffer_.empty() && buffer_.back() == '\x1A') buffer_.pop_back();
    }
  }
}

std::string CsvSplitter::TakeRest() {
  buffer_.erase(0, position_);
  position_ = 0;
  return std::move(buffer_);
}

// A doubled quote is folded in place only once the whole row is at hand, so a row that needs more
// bytes is split again from unchanged text.
RowSplit SplitCsvRow(char* data, size_t end, bool at_end, size_t* position, uint64_t* line,
                     CsvRow* row) {
  size_t i = *position;
  uint64_t line_breaks = 0;
  bool has_doubled_quotes = false;
  bool is_malformed = false;
  if (row != nullptr) {
    row->fields.clear();
    row->line = *line;
  }
  for (;;) {
    size_t begin = i;
    size_t length;
    if (i < end && data[i] == '"') {
      begin = ++i;
      for (;;) {
        while (i < end && data[i] != '"') {
          if (data[i] == '\n' || (data[i] == '\r' && !(i + 1 < end && data[i + 1] == '\n'))) {
            ++line_breaks;
          }
          ++i;
        }
        if (i == end) return at_end ? RowSplit::kOpenQuote : RowSplit::kNeedsMore;
        if (i + 1 == end && !at_end) return RowSplit::kNeedsMore;
        if (i + 1 < end && data[i + 1] == '"') {
          has_doubled_quotes = true;
          i += 2;
          continue;
        }
        break;
      }
      length = i - begin;
      ++i;
      while (i < end && data[i] != ',' && data[i] != '\n' && data[i] != '\r') {
        is_malformed = true;
        ++i;
      }
    } else {
      while (i < end && data[i] != ',' && data[i] != '\n' && data[i] != '\r') ++i;
      length = i - begin;
    }
    if (row != nullptr) row->fields.emplace_back(data + begin, length);
    if (i < end && data[i] == ',') {
      ++i;
      continue;
    }
    if (i == end) {
      if (!at_end) return RowSplit::kNeedsMore;
      break;
    }
    // A carriage return at the very end of the chunk may belong to a line feed that is still to
    // come.
    if (data[i] == '\r') {
      if (i + 1 == end && !at_end) return RowSplit::kNeedsMore;
      if (i + 1 < end && data[i + 1] == '\n') ++i;
    }
    ++i;
    ++line_breaks;
    break;
  }
  *position = i;
  *line += line_breaks;
  if (row == nullptr) return RowSplit::kRow;
  row->is_malformed = is_malformed;
  if (has_doubled_quotes) {
    for (absl::string_view& field : row->fields) {
      if (field.data() == data || field.data()[-1] != '"') continue;
      char* const first = data + (field.data() - data);
      char* out = first;
      for (size_t k = 0; k < field.size(); ++k) {
        *out++ = first[k];
        if (first[k] == '"') ++k;
      }
      field = absl::string_view(first, static_cast<size_t>(out - first));
    }
  }
  return RowSplit::kRow;
}

}  // namespace renkei::agents::intake
