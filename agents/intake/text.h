// Folding and parsing of cell and attribute text (formats.md 1.2, 3.4; csv.md). Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace renkei::agents::intake {

// `text` in NFKC without spaces at both ends. ASCII text comes back as a view into itself;
// otherwise `buffer` keeps the folded bytes and must outlive the result. Bytes that are no UTF-8
// stay as they are.
absl::string_view Fold(absl::string_view text, std::string* buffer);

// Every character as its class: 9 ９ A カ 漢 _ and the signs . - + / : %; anything else `?`; more
// than 16 characters are cut with `…`; empty text is `∅`. This is all that a message says of a
// value.
std::string ValueShape(absl::string_view text);

// A decimal number at 10^decimals. Digits with at most one point between digits, ASCII, optional
// minus.
struct FixedPoint {
  int64_t scaled = 0;     // towards zero
  bool has_rest = false;  // nonzero digits beyond `decimals` were cut
};
// nullopt: not such a number, or longer than 15 digits. What 64 bits cannot hold becomes the
// largest they can, which is beyond every range.
std::optional<FixedPoint> ParseFixedPoint(absl::string_view text, int decimals);

// Digits only, at most 9 of them.
std::optional<int> ParseCount(absl::string_view text);

bool IsAllDigits(absl::string_view text);

// Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629), or npos. A sequence
// cut off by the end of the text is ill-formed here; `Utf8Scanner` in encoding.h spans chunks.
size_t FirstInvalidUtf8(absl::string_view text);

}  // namespace renkei::agents::intake
