// Arithmetic modulo a 61-bit prime 2^61 - K. Ranks of integer matrices are computed here instead of
// over the rationals: exact, no doubles; a rank modulo p is never larger than the true one, and
// smaller only when p divides a minor, which two different primes make implausible (privacy 4.3).
#pragma once

#include <cstdint>

namespace renkei::policy::disclosure {

template <uint64_t K>
struct PrimeField {
  static constexpr uint64_t kPrime = (uint64_t{1} << 61) - K;

  static uint64_t Add(uint64_t a, uint64_t b) {
    const uint64_t s = a + b;
    return s >= kPrime ? s - kPrime : s;
  }
  static uint64_t Negate(uint64_t a) { return a == 0 ? 0 : kPrime - a; }
  static uint64_t Subtract(uint64_t a, uint64_t b) { return Add(a, Negate(b)); }
  static uint64_t Multiply(uint64_t a, uint64_t b) {
    constexpr uint64_t kMask = (uint64_t{1} << 61) - 1;
    __extension__ using Wide = unsigned __int128;
    // 2^61 = K modulo p: fold the high part twice, then one subtraction is enough.
    Wide x = static_cast<Wide>(a) * b;
    x = (x & kMask) + (x >> 61) * K;
    x = (x & kMask) + (x >> 61) * K;
    uint64_t r = static_cast<uint64_t>(x);
    while (r >= kPrime) r -= kPrime;
    return r;
  }
  static uint64_t FromInt(int64_t value) {
    return value >= 0 ? static_cast<uint64_t>(value) % kPrime
                      : Negate(static_cast<uint64_t>(-value) % kPrime);
  }
  // Needs a != 0. Fermat: a^(p-2).
  static uint64_t Inverse(uint64_t a) {
    if (a == 1 || a == kPrime - 1) return a;
    uint64_t result = 1;
    for (uint64_t e = kPrime - 2; e != 0; e >>= 1) {
      if (e & 1) result = Multiply(result, a);
      a = Multiply(a, a);
    }
    return result;
  }
};

using GreedyField = PrimeField<1>;  // 2^61 - 1
using AuditField = PrimeField<31>;  // 2^61 - 31

}  // namespace renkei::policy::disclosure
