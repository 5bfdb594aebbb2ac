#include "agents/intake/text.h"

#include <utf8proc.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace renkei::agents::intake {
namespace {

bool IsAscii(absl::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080u) return false;
  }
  for (; i < text.size(); ++i) {
    if (text[i] & 0x80) return false;
  }
  return true;
}

absl::string_view TrimSpaces(absl::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

const char* ClassOf(utf8proc_int32_t c) {
  if (c >= '0' && c <= '9') return "9";
  if (c >= 0xFF10 && c <= 0xFF19) return "９";
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return "A";
  if ((c >= 0x3041 && c <= 0x30FF) || (c >= 0xFF66 && c <= 0xFF9F)) return "カ";
  if ((c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
      (c >= 0x20000 && c <= 0x3FFFF)) {
    return "漢";
  }
  switch (c) {
    case ' ':
    case 0x3000:
      return "_";
    case '.':
      return ".";
    case '-':
      return "-";
    case '+':
      return "+";
    case '/':
      return "/";
    case ':':
      return ":";
    case '%':
      return "%";
  }
  return "?";
}

// Length of the well-formed sequence at `p`, 0 when there is none.
size_t SequenceLength(const uint8_t* p, size_t left) {
  const uint8_t a = p[0];
  const auto is_tail = [](uint8_t b) { return (b & 0xC0) == 0x80; };
  if (a < 0x80) return 1;
  if (a < 0xC2) return 0;
  if (a < 0xE0) return left >= 2 && is_tail(p[1]) ? 2 : 0;
  if (a < 0xF0) {
    if (left < 3 || !is_tail(p[1]) || !is_tail(p[2])) return 0;
    if (a == 0xE0 && p[1] < 0xA0) return 0;
    if (a == 0xED && p[1] >= 0xA0) return 0;  // surrogates
    return 3;
  }
  if (a > 0xF4 || left < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3])) return 0;
  if (a == 0xF0 && p[1] < 0x90) return 0;
  if (a == 0xF4 && p[1] >= 0x90) return 0;
  return 4;
}

}  // namespace

absl::string_view Fold(absl::string_view text, std::string* buffer) {
  if (IsAscii(text)) return TrimSpaces(text);
  utf8proc_uint8_t* folded = nullptr;
  const auto length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &folded,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT));
  if (length < 0) return TrimSpaces(text);
  buffer->assign(reinterpret_cast<const char*>(folded), static_cast<size_t>(length));
  std::free(folded);
  return TrimSpaces(*buffer);
}

std::string ValueShape(absl::string_view text) {
  if (text.empty()) return "∅";
  std::string shape;
  size_t i = 0;
  for (int characters = 0; i < text.size(); ++characters) {
    if (characters == 16) return shape + "…";
    utf8proc_int32_t c = -1;
    const auto used = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + i),
                                       static_cast<utf8proc_ssize_t>(text.size() - i), &c);
    shape += used > 0 ? ClassOf(c) : "?";
    i += used > 0 ? static_cast<size_t>(used) : 1;
  }
  return shape;
}

std::optional<FixedPoint> ParseFixedPoint(absl::string_view text, int decimals) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  FixedPoint out;
  int digits = 0, kept = 0;
  size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++digits) {
    out.scaled = out.scaled * 10 + (text[i] - '0');
    if (digits == 15) return std::nullopt;
  }
  if (digits == 0) return std::nullopt;
  if (i < text.size()) {
    if (text[i] != '.' || ++i == text.size()) return std::nullopt;
    for (; i < text.size(); ++i, ++digits) {
      if (text[i] < '0' || text[i] > '9' || digits == 15) return std::nullopt;
      if (kept < decimals) {
        out.scaled = out.scaled * 10 + (text[i] - '0');
        ++kept;
      } else if (text[i] != '0') {
        out.has_rest = true;
      }
    }
  }
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  for (; kept < decimals; ++kept) out.scaled = out.scaled > kMost / 10 ? kMost : out.scaled * 10;
  if (negative) out.scaled = -out.scaled;
  return out;
}

std::optional<int> ParseCount(absl::string_view text) {
  if (text.empty() || text.size() > 9 || !IsAllDigits(text)) return std::nullopt;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

bool IsAllDigits(absl::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}

static_assert(std::endian::native == std::endian::little, "FirstInvalidUtf8 reads words");

size_t FirstInvalidUtf8(absl::string_view text) {
  const auto* p = reinterpret_cast<const uint8_t*>(text.data());
  const size_t size = text.size();
  size_t i = 0;
  while (i < size) {
    while (i + 8 <= size) {
      uint64_t eight;
      std::memcpy(&eight, p + i, 8);
      eight &= 0x8080808080808080u;
      if (eight != 0) {
        i += static_cast<size_t>(std::countr_zero(eight)) / 8;
        break;
      }
      i += 8;
    }
    // Kana and kanji are of three bytes. E0 and ED have gaps and are left to the general rule.
    while (i + 4 <= size) {
      uint32_t four;
      std::memcpy(&four, p + i, 4);
      const uint32_t lead = four & 0xFF;
      if ((four & 0x00C0C0F0u) != 0x008080E0u || lead == 0xE0 || lead == 0xED) break;
      i += 3;
    }
    if (i == size) break;
    const size_t length = SequenceLength(p + i, size - i);
    if (length == 0) return i;
    i += length;
  }
  return absl::string_view::npos;
}

}  // namespace renkei::agents::intake
