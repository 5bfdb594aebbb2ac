#include "agents/cohort/packed_numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "policy/base/status.h"

namespace renkei::agents::cohort {
namespace {

constexpr int kMaxWidth = 32;
constexpr size_t kMaxWords = 256;  // of a dictionary
constexpr size_t kGroup = 8;       // values that fill whole bytes at any width

enum Form : uint8_t { kFrame = 0, kDictionary = 1 };

absl::Status Broken() { return absl::DataLossError("stored column: cannot be decoded"); }

static_assert(std::endian::native == std::endian::little, "words are read as they lie");

// One group of 8 values from `at`; may read, but not use, up to 7 bytes past the group.
template <int kWidth>
inline void ReadGroup(const uint8_t* at, uint32_t* out) {
  if constexpr (kWidth == 0) {
    for (size_t i = 0; i < kGroup; ++i) out[i] = 0;
  } else {
    constexpr uint64_t kMask = (uint64_t{1} << kWidth) - 1;
    for (size_t i = 0; i < kGroup; ++i) {
      const size_t bit = i * kWidth;
      uint64_t word;
      std::memcpy(&word, at + bit / 8, sizeof(word));
      out[i] = static_cast<uint32_t>((word >> (bit % 8)) & kMask);
    }
  }
}

template <int kWidth>
void ReadAll(std::span<const uint8_t> bytes, size_t count, uint32_t* out) {
  constexpr size_t kGroupBytes = kWidth;
  // Bytes that ReadGroup touches.
  constexpr size_t kReach = (kGroup - 1) * kWidth / 8 + 8;
  size_t row = 0;
  size_t at = 0;
  for (; row + kGroup <= count && at + kReach <= bytes.size(); row += kGroup, at += kGroupBytes) {
    ReadGroup<kWidth>(bytes.data() + at, out + row);
  }
  for (; row < count; row += kGroup, at += kGroupBytes) {
    std::array<uint8_t, kMaxWidth + 8> padded{};
    const size_t left = at < bytes.size() ? std::min(kGroupBytes, bytes.size() - at) : 0;
    if (left != 0) std::memcpy(padded.data(), bytes.data() + at, left);
    std::array<uint32_t, kGroup> group{};
    ReadGroup<kWidth>(padded.data(), group.data());
    std::copy_n(group.data(), std::min(kGroup, count - row), out + row);
  }
}

using ReadFunction = void (*)(std::span<const uint8_t>, size_t, uint32_t*);

template <int... kWidths>
constexpr std::array<ReadFunction, sizeof...(kWidths)> AllWidths(
    std::integer_sequence<int, kWidths...>) {
  return {&ReadAll<kWidths>...};
}
constexpr auto kReadByWidth = AllWidths(std::make_integer_sequence<int, kMaxWidth + 1>());

}  // namespace

absl::StatusOr<uint32_t> BlockReader::Number(size_t bytes) {
  if (bytes_.size() < bytes) return Broken();
  uint32_t number = 0;
  for (size_t i = 0; i < bytes; ++i) number |= static_cast<uint32_t>(bytes_[i]) << (8 * i);
  bytes_ = bytes_.subspan(bytes);
  return number;
}

absl::StatusOr<std::span<const uint8_t>> BlockReader::Bytes(size_t size) {
  if (bytes_.size() < size) return Broken();
  const std::span<const uint8_t> taken = bytes_.first(size);
  bytes_ = bytes_.subspan(size);
  return taken;
}

absl::StatusOr<std::span<const uint8_t>> BlockReader::Block() {
  RENKEI_ASSIGN_OR_RETURN(const uint32_t size, Number(4));
  return Bytes(size);
}

void AppendNumber(uint64_t number, size_t bytes, std::vector<uint8_t>& out) {
  for (size_t i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(number >> (8 * i)));
}

void AppendBlock(std::span<const uint8_t> block, std::vector<uint8_t>& out) {
  AppendNumber(block.size(), 4, out);
  out.insert(out.end(), block.begin(), block.end());
}

void AppendBits(std::span<const uint32_t> values, int width, std::vector<uint8_t>& out) {
  const size_t begin = out.size();
  // Whole words are written; the bytes past the last value are cut off again.
  out.resize(begin + BytesOfBits(values.size(), width) + 8, 0);
  uint8_t* at = out.data() + begin;
  uint64_t word = 0;
  int filled = 0;
  for (const uint32_t value : values) {
    word |= static_cast<uint64_t>(value) << filled;
    filled += width;
    if (filled < 32) continue;
    const auto low = static_cast<uint32_t>(word);
    std::memcpy(at, &low, sizeof(low));
    at += sizeof(low);
    word >>= 32;
    filled -= 32;
  }
  std::memcpy(at, &word, sizeof(word));
  out.resize(begin + BytesOfBits(values.size(), width));
}

void ReadBits(std::span<const uint8_t> bytes, int width, size_t count, uint32_t* out) {
  kReadByWidth[static_cast<size_t>(width)](bytes, count, out);
}

void PackNumbers(std::span<const int32_t> values, std::vector<uint8_t>& out) {
  int32_t low = 0;
  int32_t high = 0;
  if (!values.empty()) {
    low = high = values[0];
    for (const int32_t value : values) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  const auto offset = [low](int32_t value) {
    return static_cast<uint32_t>(value) - static_cast<uint32_t>(low);
  };
  const int width = static_cast<int>(std::bit_width(offset(high)));
  std::vector<uint32_t> codes(values.size());
  // A dictionary helps where few values lie far apart: municipalities, coded answers of lists.
  std::vector<int32_t> words;
  if (width > 3) {
    for (const int32_t value : values) {
      const auto at = std::lower_bound(words.begin(), words.end(), value);
      if (at != words.end() && *at == value) continue;
      // More words than half the frame's span cannot save a bit.
      if (words.size() == kMaxWords || words.size() > (uint64_t{1} << (width - 1))) {
        words.clear();
        break;
      }
      words.insert(at, value);
    }
  }
  const int code_width =
      words.empty() ? 0 : static_cast<int>(std::bit_width(static_cast<uint32_t>(words.size() - 1)));
  const bool with_words =
      !words.empty() && 4 + 4 * words.size() + BytesOfBits(values.size(), code_width) <
                            6 + BytesOfBits(values.size(), width);
  if (with_words) {
    out.push_back(kDictionary);
    AppendNumber(words.size(), 2, out);
    for (const int32_t word : words) AppendNumber(static_cast<uint32_t>(word), 4, out);
    for (size_t i = 0; i < values.size(); ++i) {
      codes[i] = static_cast<uint32_t>(std::lower_bound(words.begin(), words.end(), values[i]) -
                                       words.begin());
    }
    AppendBits(codes, code_width, out);
    return;
  }
  out.push_back(kFrame);
  out.push_back(static_cast<uint8_t>(width));
  AppendNumber(static_cast<uint32_t>(low), 4, out);
  for (size_t i = 0; i < values.size(); ++i) codes[i] = offset(values[i]);
  AppendBits(codes, width, out);
}

absl::Status UnpackNumbers(std::span<const uint8_t> bytes, size_t count, int32_t* out) {
  BlockReader reader(bytes);
  RENKEI_ASSIGN_OR_RETURN(const uint32_t form, reader.Number(1));
  auto* const codes = reinterpret_cast<uint32_t*>(out);
  if (form == kFrame) {
    RENKEI_ASSIGN_OR_RETURN(const uint32_t width, reader.Number(1));
    RENKEI_ASSIGN_OR_RETURN(const uint32_t low, reader.Number(4));
    if (width > kMaxWidth || reader.rest().size() != BytesOfBits(count, static_cast<int>(width))) {
      return Broken();
    }
    ReadBits(reader.rest(), static_cast<int>(width), count, codes);
    for (size_t i = 0; i < count; ++i) codes[i] += low;
    return absl::OkStatus();
  }
  if (form != kDictionary) return Broken();
  RENKEI_ASSIGN_OR_RETURN(const uint32_t size, reader.Number(2));
  if (size == 0 || size > kMaxWords) return Broken();
  std::array<uint32_t, kMaxWords> words{};
  for (uint32_t i = 0; i < size; ++i) {
    RENKEI_ASSIGN_OR_RETURN(words[i], reader.Number(4));
  }
  const int width = static_cast<int>(std::bit_width(size - 1));
  if (reader.rest().size() != BytesOfBits(count, width)) return Broken();
  ReadBits(reader.rest(), width, count, codes);
  uint32_t largest = 0;
  for (size_t i = 0; i < count; ++i) largest = std::max(largest, codes[i]);
  if (largest >= size && count != 0) return Broken();
  for (size_t i = 0; i < count; ++i) codes[i] = words[codes[i]];
  return absl::OkStatus();
}

}  // namespace renkei::agents::cohort
