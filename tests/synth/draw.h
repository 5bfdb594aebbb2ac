// Pseudo-random integers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014)
// and integer arithmetic alone, because the distributions of <random> differ between libraries.
// One stream per person keeps a person the same whatever is made before. Never for secrets.
#pragma once

#include <algorithm>
#include <cstdint>

namespace renkei::tests::synth {

class Draw {
 public:
  explicit Draw(uint64_t seed, uint64_t stream = 0) : state_(Mix(seed) ^ Mix(~stream)) {}

  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    return Mix(state_);
  }
  // 0 .. n-1, n >= 1. The bias of 2^-32 does not matter here.
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(((Next() >> 32) * n) >> 32); }
  // Both ends included.
  int Between(int low, int high) {
    return low + static_cast<int>(Below(static_cast<uint32_t>(high - low + 1)));
  }
  bool Permille(int p) { return static_cast<int>(Below(1000)) < p; }
  // 0 .. range-1, small values more often: how far a value lies beyond a threshold.
  int Near(int range) { return std::min(Between(0, range - 1), Between(0, range - 1)); }
  // Bell-shaped around `centre`, within centre +- 2 * half_width.
  int Bell(int centre, int half_width) {
    return centre + Between(-half_width, half_width) + Between(-half_width, half_width);
  }
  // Index of a weight, chosen in proportion.
  template <size_t N>
  int Pick(const int (&weights)[N]) {
    int total = 0;
    for (int w : weights) total += w;
    int at = static_cast<int>(Below(static_cast<uint32_t>(total)));
    int index = 0;
    while (at >= weights[index]) at -= weights[index++];
    return index;
  }

 private:
  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  uint64_t state_;
};

}  // namespace renkei::tests::synth
