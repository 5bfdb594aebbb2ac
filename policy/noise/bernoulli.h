// Bernoulli(p) and Bernoulli(exp(-gamma)) for fractions p and gamma: exact, integers only
// (Canonne, Kamath, Steinke 2020, arXiv:2004.00010, algorithm 1). No probability is
// ever rounded, hence nothing for attacks on floating-point noise (Mironov 2012). Thread-safe; the
// bits are the caller's.
//
// Not constant in time: how long a draw takes depends on the noise, and whoever measures a single
// cell's draw learns of it. A release draws its full grid and shows no time.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "absl/status/statusor.h"
#include "policy/noise/bit_source.h"
#include "policy/noise/rational.h"

namespace renkei::policy::noise {

// Parameters of every law here have terms of at most 2^40, which keeps each product below within
// its type.
inline constexpr int64_t kLargestTerm = int64_t{1} << 40;

// INVALID_ARGUMENT, naming `what`, for a term above kLargestTerm.
absl::Status CheckTerms(const Rational& parameter, absl::string_view what);

class Bernoulli {
 public:
  // 0 <= p <= 1, else INVALID_ARGUMENT.
  static absl::StatusOr<Bernoulli> Make(const Rational& p);
  bool Draw(BitSource& bits) const;

 private:
  explicit Bernoulli(const Rational& p) : p_(p) {}
  Rational p_;
};

// True with probability exp(-gamma).
class BernoulliExp {
 public:
  static absl::StatusOr<BernoulliExp> Make(const Rational& gamma);
  bool Draw(BitSource& bits) const;

 private:
  explicit BernoulliExp(const Rational& gamma) : gamma_(gamma) {}
  Rational gamma_;
};

// The steps of the laws below; T is uint64_t where the terms are known to be small, else Wide.
namespace steps {

__extension__ using Wide = unsigned __int128;

// A stuck source could keep an algorithm drawing for ever and its counts growing past their types.
// The limits are met by chance less often than once in 2^1600 draws; then, as where Random has no
// entropy, the process ends. Factors of algorithm 1, digits of a comparison, and all other steps:
inline constexpr uint32_t kMostFactors = 256;
inline constexpr int kMostDigits = 256;
inline constexpr uint32_t kMostSteps = 4096;

// Denominators that DrawExp accepts: times kMostFactors and shifted by a digit they still fit.
template <typename T>
inline constexpr T kLargestExpDenominator = T{1} << (8 * sizeof(T) - 16);

// numerator / denominator; needs denominator <= 2^(bits of T - 8). Compares the binary expansion of
// a uniform number of [0, 1) with that of p, a digit of 8 bits at a time, and stops as soon as one
// is smaller: on average after little more than one digit. All of T is exact.
template <typename T>
bool DrawRatio(T numerator, T denominator, BitSource& bits) {
  if (numerator >= denominator) return true;
  for (int digit = 0; digit < kMostDigits; ++digit) {
    const T low = static_cast<T>(bits.Take(8)) * denominator;
    const T left = numerator << 8;
    if (low >= left) return false;
    if (left - low >= denominator) return true;
    numerator = left - low;
  }
  std::abort();
}

// exp(-1): algorithm 1 with gamma = 1, whose first factor is certain and whose second is one bit.
inline bool DrawExpOfOne(BitSource& bits) {
  if (bits.Take(1) == 0) return false;
  uint32_t k = 3;
  while (DrawRatio<uint64_t>(1, k, bits)) {
    if (++k > kMostFactors) std::abort();
  }
  return k % 2 == 1;
}

// exp(-numerator / denominator); needs denominator <= kLargestExpDenominator.
template <typename T>
bool DrawExp(T numerator, T denominator, BitSource& bits) {
  for (; numerator > denominator; numerator -= denominator) {
    if (!DrawExpOfOne(bits)) return false;
  }
  uint32_t k = 1;
  T product = denominator;  // k times the denominator
  while (DrawRatio<T>(numerator, product, bits)) {
    if (++k > kMostFactors) std::abort();
    product += denominator;
  }
  return k % 2 == 1;
}

// Uniform over 0 .. n-1, 1 <= n <= 2^56.
inline uint64_t DrawBelow(uint64_t n, BitSource& bits) {
  if (n == 1) return 0;
  const unsigned width = static_cast<unsigned>(std::bit_width(n - 1));
  for (uint32_t step = 0; step < kMostSteps; ++step) {
    const uint64_t u = bits.Take(width);
    if (u < n) return u;
  }
  std::abort();
}

}  // namespace steps
}  // namespace renkei::policy::noise
