// Randomness of the tests: seeded, or given bit by bit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "policy/base/random.h"
#include "policy/noise/rational.h"

namespace renkei::policy::noise {

class SeededRandom final : public base::Random {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}
  void Fill(std::span<uint8_t> out) override {
    for (size_t i = 0; i < out.size(); i += 8) {
      uint64_t word = engine_();
      for (size_t j = i; j < std::min(i + 8, out.size()); ++j, word >>= 8) {
        out[j] = static_cast<uint8_t>(word);
      }
    }
  }

 private:
  std::mt19937_64 engine_;
};

// The low `length` bits of `prefix`, lowest first, then arbitrary ones: whether a draw read any of
// those, bits_taken tells.
class GivenBits final : public base::Random {
 public:
  // length < 64.
  GivenBits(uint64_t prefix, unsigned length) : word_(prefix | kOdd << length) {}
  void Fill(std::span<uint8_t> out) override {
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<uint8_t>(word_ >> (8 * (i % 8)));
      // A fixed word again and again could keep a sampler rejecting for ever.
      if (i % 8 == 7) word_ = (word_ ^ (word_ >> 29)) * kOdd + kOdd;
    }
  }

 private:
  static constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  uint64_t word_;
};

// One byte for ever.
class StuckRandom final : public base::Random {
 public:
  explicit StuckRandom(uint8_t byte) : byte_(byte) {}
  void Fill(std::span<uint8_t> out) override { std::fill(out.begin(), out.end(), byte_); }

 private:
  uint8_t byte_;
};

// For terms that the test knows to be good.
inline Rational Fraction(int64_t numerator, int64_t denominator) {
  return Rational::Make(numerator, denominator).value();
}

}  // namespace renkei::policy::noise
