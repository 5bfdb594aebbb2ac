#include "policy/noise/bernoulli.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/policy/noise/every_bit_string.h"
#include "tests/unit/policy/noise/statistics.h"

namespace renkei::policy::noise {
namespace {

// Of all strings, exactly floor(p 2^D) say yes and exactly ceil(p 2^D) do not say no.
TEST(Bernoulli, EveryBitStringCountsAsTheFractionSays) {
  constexpr unsigned kDepth = 16;
  for (int64_t denominator = 1; denominator <= 17; ++denominator) {
    for (int64_t numerator = 0; numerator <= denominator; ++numerator) {
      const Bernoulli law = Bernoulli::Make(Fraction(numerator, denominator)).value();
      Outcomes out = OfEveryBitString(kDepth, [&](BitSource& bits) { return law.Draw(bits); });
      const int64_t scaled = numerator << kDepth;
      EXPECT_EQ(out.strings[1], static_cast<uint64_t>(scaled / denominator))
          << numerator << "/" << denominator;
      EXPECT_EQ(out.undecided, scaled % denominator == 0 ? 0u : 1u)
          << numerator << "/" << denominator;
      EXPECT_EQ(out.strings[0] + out.strings[1] + out.undecided, uint64_t{1} << kDepth);
    }
  }
}

TEST(Bernoulli, ProbabilitiesOfLongTermsAreExactToo) {
  constexpr unsigned kDepth = 40;
  for (const auto& [numerator, denominator] : {std::pair{int64_t{1}, kLargestTerm - 1},
                                               {kLargestTerm - 1, kLargestTerm},
                                               {int64_t{123456789}, int64_t{987654321}},
                                               {int64_t{1} << 32, (int64_t{1} << 39) + 1}}) {
    const Bernoulli law = Bernoulli::Make(Fraction(numerator, denominator)).value();
    Outcomes out = OfEveryBitString(kDepth, [&](BitSource& bits) { return law.Draw(bits); });
    __extension__ using Wide = unsigned __int128;
    const Wide scaled = static_cast<Wide>(numerator) << kDepth;
    EXPECT_EQ(out.strings[1], static_cast<uint64_t>(scaled / static_cast<Wide>(denominator)));
    EXPECT_LE(out.undecided, 1u);
  }
}

TEST(Bernoulli, TheWideStepSaysTheSameAsTheNarrowOne) {
  using steps::Wide;
  SeededRandom any(17);
  BitSource parameters(any);
  for (uint64_t seed = 0; seed < 20000; ++seed) {
    const uint64_t denominator = parameters.Take(48) + 1;
    const uint64_t numerator = parameters.Take(50) % (4 * denominator);
    SeededRandom left(seed), right(seed);
    BitSource narrow(left), wide(right);
    ASSERT_EQ(steps::DrawExp<uint64_t>(numerator, denominator, narrow),
              steps::DrawExp<Wide>(numerator, denominator, wide));
    ASSERT_EQ(narrow.bits_taken(), wide.bits_taken());
  }
}

TEST(BernoulliExp, EveryBitStringBracketsTheExponential) {
  constexpr unsigned kDepth = 25;
  for (const auto& [numerator, denominator] : {std::pair{0, 1},
                                               {1, 100},
                                               {1, 8},
                                               {1, 3},
                                               {1, 2},
                                               {7, 8},
                                               {1, 1},
                                               {9, 8},
                                               {2, 1},
                                               {7, 2}}) {
    SCOPED_TRACE(absl::StrCat(numerator, "/", denominator));
    const BernoulliExp law = BernoulliExp::Make(Fraction(numerator, denominator)).value();
    const Outcomes out = OfEveryBitString(kDepth, [&](BitSource& bits) { return law.Draw(bits); });
    const double p = std::exp(-static_cast<double>(numerator) / denominator);
    EXPECT_LE(out.Share(1), p * (1 + 1e-12));
    EXPECT_LE(out.Share(0), (1 - p) * (1 + 1e-12) + 1e-15);
    EXPECT_LT(out.UndecidedShare(), 0.16);
  }
}

TEST(BernoulliExp, LongRunsLieWithinClopperPearson) {
  constexpr uint64_t kDraws = 1'000'000;
  constexpr uint64_t kSeed = 20261123;
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  SeededRandom random(kSeed);
  BitSource bits(random);
  for (const auto& [numerator, denominator] :
       {std::pair{1, 100}, {1, 3}, {1, 2}, {1, 1}, {3, 2}, {5, 1}, {9, 1}}) {
    const BernoulliExp law = BernoulliExp::Make(Fraction(numerator, denominator)).value();
    uint64_t hits = 0;
    for (uint64_t i = 0; i < kDraws; ++i) hits += law.Draw(bits);
    const Interval limits = ClopperPearson(hits, kDraws, 1e-6);
    const double p = std::exp(-static_cast<double>(numerator) / denominator);
    EXPECT_TRUE(limits.lower < p && p < limits.upper)
        << numerator << "/" << denominator << ": " << hits << " of " << kDraws;
  }
}

TEST(DrawBelow, GivesEveryNumberEquallyManyBitStrings) {
  for (uint64_t n = 1; n <= 9; ++n) {
    Outcomes out = OfEveryBitString(16, [&](BitSource& bits) { return steps::DrawBelow(n, bits); });
    EXPECT_EQ(out.strings.size(), n);
    for (uint64_t u = 0; u < n; ++u) {
      EXPECT_EQ(out.strings[static_cast<int64_t>(u)], out.strings[0]) << u << " of " << n;
    }
    EXPECT_LT(out.UndecidedShare(), 0.07) << n;
  }
}

TEST(Parameters, OutsideTheLawOrTheBoundsAreRefused) {
  EXPECT_FALSE(Bernoulli::Make(Fraction(4, 3)).ok());
  EXPECT_FALSE(Bernoulli::Make(Fraction(1, kLargestTerm + 1)).ok());
  EXPECT_TRUE(Bernoulli::Make(Fraction(1, kLargestTerm)).ok());
  EXPECT_FALSE(BernoulliExp::Make(Fraction(kLargestTerm + 1, 1)).ok());
  EXPECT_FALSE(BernoulliExp::Make(Fraction(1, kLargestTerm + 1)).ok());
}

TEST(BitSource, HandsOutTheBitsOfTheBytesInOrder) {
  constexpr uint64_t kSeed = 5;
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  std::vector<uint8_t> bytes(8192);
  SeededRandom(kSeed).Fill(bytes);
  SeededRandom random(kSeed), widths(kSeed + 1);
  BitSource bits(random), width(widths);
  uint64_t at = 0;
  while (at + 56 <= 8 * bytes.size()) {
    const unsigned count = 1 + static_cast<unsigned>(width.Take(16) % 56);
    uint64_t expected = 0;
    for (unsigned i = 0; i < count; ++i) {
      expected |= uint64_t{(bytes[(at + i) / 8] >> ((at + i) % 8)) & 1u} << i;
    }
    ASSERT_EQ(bits.Take(count), expected) << count << " bits from bit " << at;
    at += count;
    ASSERT_EQ(bits.bits_taken(), at);
  }
}

}  // namespace
}  // namespace renkei::policy::noise
