// A12 on noise: a reader asks a thousand times and takes the mean. Stored bytes are one draw; with
// a new draw per answer the mean is the count.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "policy/noise/cell_noise.h"

namespace renkei::policy::noise {
namespace {

constexpr int kRepeats = 1000;
constexpr uint64_t kCells = 64;

// Cells whose mean over all answers, rounded, is the count.
int Recovered(bool draws_anew) {
  base::Secret key(32);
  std::iota(key.mutable_bytes().begin(), key.mutable_bytes().end(), uint8_t{0});
  const DiscreteGaussian law = DiscreteGaussian::Make(Rational::Make(60, 1).value()).value();
  std::vector<int64_t> sums(kCells, 0);
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const std::string release = draws_anew ? absl::StrCat("answer-", repeat) : "0604-2011-1";
    CellNoise noise = CellNoise::Make(key, release, law).value();
    for (uint64_t c = 0; c < kCells; ++c) sums[c] += 100 + noise.Draw({0, c});
  }
  int recovered = 0;
  for (const int64_t sum : sums) {
    recovered += std::llround(static_cast<double>(sum) / kRepeats) == 100;
  }
  return recovered;
}

TEST(AveragingAttack, AThousandAnswersAreOneDraw) {
  // A cell is recovered when its one draw happened to be 0: sigma is 7.7, so 5 % of cells.
  EXPECT_LE(Recovered(/*draws_anew=*/false), 12);
}

TEST(AveragingAttack, WithANewDrawPerAnswerTheMeanIsTheCount) {
  // The mean's standard error is 0.245.
  EXPECT_GE(Recovered(/*draws_anew=*/true), 54);
}

}  // namespace
}  // namespace renkei::policy::noise
