#include "agents/intake/csv_splitter.h"

#include "absl/strings/str_cat.h"
#include "policy/base/status.h"

namespace renkei::agents::intake {

absl::StatusOr<bool> CsvSplitter::Next(CsvRow* row) {
  for (;;) {
    if (position_ < buffer_.size()) {
      switch (SplitRow(row)) {
        case Split::kRow:
          return true;
        case Split::kOpenQuote:
          return absl::InvalidArgumentError(
              absl::StrCat("line ", line_, ": a quoted field is never closed"));
        case Split::kNeedsMore:
          break;
      }
      if (buffer_.size() - position_ > max_row_bytes_) {
        return absl::InvalidArgumentError(absl::StrCat("line ", line_, ": the row is longer than ",
                                                       max_row_bytes_,
                                                       " bytes; is a quote missing?"));
      }
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

// A doubled quote is folded in place only once the whole row is at hand, so a row that needs more
// bytes is split again from unchanged text.
CsvSplitter::Split CsvSplitter::SplitRow(CsvRow* row) {
  char* const data = buffer_.data();
  const size_t end = buffer_.size();
  size_t i = position_;
  uint64_t line_breaks = 0;
  bool has_doubled_quotes = false;
  row->fields.clear();
  row->line = line_;
  row->is_malformed = false;
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
        if (i == end) return at_end_ ? Split::kOpenQuote : Split::kNeedsMore;
        if (i + 1 == end && !at_end_) return Split::kNeedsMore;
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
        row->is_malformed = true;
        ++i;
      }
    } else {
      while (i < end && data[i] != ',' && data[i] != '\n' && data[i] != '\r') ++i;
      length = i - begin;
    }
    row->fields.emplace_back(data + begin, length);
    if (i < end && data[i] == ',') {
      ++i;
      continue;
    }
    if (i == end) {
      if (!at_end_) return Split::kNeedsMore;
      break;
    }
    // A carriage return at the very end of the chunk may belong to a line feed that is still to
    // come.
    if (data[i] == '\r') {
      if (i + 1 == end && !at_end_) return Split::kNeedsMore;
      if (i + 1 < end && data[i + 1] == '\n') ++i;
    }
    ++i;
    ++line_breaks;
    break;
  }
  position_ = i;
  line_ += line_breaks;
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
  return Split::kRow;
}

}  // namespace renkei::agents::intake
