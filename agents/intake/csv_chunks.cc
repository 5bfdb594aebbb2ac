#include "agents/intake/csv_chunks.h"

#include <algorithm>
#include <cstring>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "policy/base/status.h"

namespace renkei::agents::intake {
namespace {

bool IsPlain(absl::string_view text, bool at_end) {
  if (std::memchr(text.data(), '"', text.size()) != nullptr) return false;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data();;) {
    at = static_cast<const char*>(std::memchr(at, '\r', static_cast<size_t>(end - at)));
    if (at == nullptr) return true;
    if (++at == end) return !at_end;  // stays behind the last whole row
    if (*at != '\n') return false;
  }
}

}  // namespace

absl::StatusOr<bool> CsvChunkReader::Next(CsvChunk* chunk) {
  if (!fault_.ok()) return fault_;
  chunk->text.swap(rest_);
  rest_.clear();
  chunk->line = line_;
  for (;;) {
    size_t rows = 0;
    if (!chunk->text.empty()) {
      rows = CutRows(chunk);
      if (rows == 0 && !fault_.ok()) return fault_;
      if (rows == 0 && chunk->text.size() > max_row_bytes_) {
        fault_ = LongRowError(line_, max_row_bytes_);
        return fault_;
      }
    }
    if (rows > 0) {
      rest_.assign(chunk->text, rows, std::string::npos);
      chunk->text.resize(rows);
      chunk->consumed_bytes = source_->consumed_bytes();
      return true;
    }
    if (at_end_) return false;
    RENKEI_ASSIGN_OR_RETURN(const bool more, source_->Append(chunk_bytes_, &chunk->text));
    if (!more) {
      at_end_ = true;
      if (!chunk->text.empty() && chunk->text.back() == '\x1A') chunk->text.pop_back();
    }
  }
}

size_t CsvChunkReader::CutRows(CsvChunk* chunk) {
  std::string& text = chunk->text;
  chunk->is_plain = IsPlain(text, at_end_);
  size_t end = 0;
  if (chunk->is_plain) {
    const void* const last = memrchr(text.data(), '\n', text.size());
    if (last != nullptr)
      end = static_cast<size_t>(static_cast<const char*>(last) - text.data()) + 1;
    line_ += static_cast<uint64_t>(
        std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(end), '\n'));
    return at_end_ ? text.size() : end;
  }
  while (end < text.size()) {
    const RowSplit split = SplitCsvRow(text.data(), text.size(), at_end_, &end, &line_, nullptr);
    if (split == RowSplit::kOpenQuote) fault_ = OpenQuoteError(line_);
    if (split != RowSplit::kRow) break;
  }
  return end;
}

void SplitPlainRow(absl::string_view text, size_t* position, uint64_t* line, CsvRow* row) {
  const char* const data = text.data();
  const size_t size = text.size();
  size_t begin = *position;
  size_t at = begin;
  row->line = *line;
  row->is_malformed = false;
  row->fields.clear();
  ++*line;
#ifdef __SSE2__
  const __m128i comma = _mm_set1_epi8(',');
  const __m128i line_feed = _mm_set1_epi8('\n');
  for (; at + 16 <= size; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at));
    const auto ends = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, line_feed)));
    auto marks = ends | static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, comma)));
    for (; marks != 0; marks &= marks - 1) {
      const uint32_t bit = marks & (~marks + 1);
      const size_t mark = at + static_cast<size_t>(__builtin_ctz(marks));
      if ((ends & bit) != 0) {
        const size_t length = mark - begin;
        const bool has_return = length > 0 && data[mark - 1] == '\r';
        row->fields.emplace_back(data + begin, length - (has_return ? 1 : 0));
        *position = mark + 1;
        return;
      }
      row->fields.emplace_back(data + begin, mark - begin);
      begin = mark + 1;
    }
  }
#endif
  for (; at < size && data[at] != '\n'; ++at) {
    if (data[at] != ',') continue;
    row->fields.emplace_back(data + begin, at - begin);
    begin = at + 1;
  }
  const bool has_return = at < size && at > begin && data[at - 1] == '\r';
  row->fields.emplace_back(data + begin, at - begin - (has_return ? 1 : 0));
  *position = std::min(at + 1, size);
}

}  // namespace renkei::agents::intake
