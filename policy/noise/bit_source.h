// Random bits one after another, from any Random: the system's, or the stream of one cell. Bits of
// a byte come lowest first. Not thread-safe.
//
// Bytes are taken ahead of use. A process that forks must not go on with a source over the
// system's generator in both halves, or both draw the same noise; the stream of a cell is the same
// on purpose.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "policy/base/random.h"

namespace renkei::policy::noise {

class BitSource {
 public:
  // `random` outlives the source.
  explicit BitSource(base::Random& random) : random_(random) {}
  // Wipes what was taken: bits that made a cell's noise take it off again.
  ~BitSource();
  BitSource(const BitSource&) = delete;
  BitSource& operator=(const BitSource&) = delete;

  // The next `count` bits as a number, 1 <= count <= 56.
  uint64_t Take(unsigned count) {
    if (at_ + count > end_) Refill();
    static_assert(std::endian::native == std::endian::little);
    uint64_t word;
    std::memcpy(&word, bytes_.data() + at_ / 8, sizeof(word));
    word >>= at_ % 8;
    at_ += count;
    return word & ((uint64_t{1} << count) - 1);
  }

  // Bits handed out since the start: what a draw depended on.
  uint64_t bits_taken() const { return dropped_ + at_; }

 private:
  void Refill();

  // A cell's draw takes 63 bits on average (sigma^2 = 60) and rarely more than the first part; a
  // long run wants few calls.
  static constexpr size_t kFirstPart = 32;
  static constexpr size_t kLargestPart = 1024;
  static constexpr size_t kSlack = sizeof(uint64_t);

  base::Random& random_;
  // A rest of at most 7 bytes, a part, and what one load may read past the end.
  std::array<uint8_t, kSlack + kLargestPart + kSlack> bytes_;
  size_t part_ = kFirstPart;
  size_t used_ = 0;       // bytes of the array that ever held random bits
  uint64_t at_ = 0;       // next bit
  uint64_t end_ = 0;      // in bits
  uint64_t dropped_ = 0;  // bits before the array's first
};

}  // namespace renkei::policy::noise
