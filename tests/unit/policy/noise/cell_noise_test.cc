#include "policy/noise/cell_noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "policy/base/bytes.h"
#include "tests/unit/policy/noise/sources.h"

namespace renkei::policy::noise {
namespace {

base::Secret Key(uint8_t first) {
  base::Secret key(32);
  std::iota(key.mutable_bytes().begin(), key.mutable_bytes().end(), first);
  return key;
}

DiscreteGaussian Law(int64_t sigma_squared) {
  return DiscreteGaussian::Make(Fraction(sigma_squared, 1)).value();
}

CellNoise Noise(uint8_t key = 0, absl::string_view release = "0604-2011-1", int64_t sigma = 60) {
  return CellNoise::Make(Key(key), release, Law(sigma)).value();
}

std::vector<int64_t> First(CellNoise noise, uint32_t measure = 3, uint64_t cells = 64) {
  std::vector<int64_t> drawn;
  for (uint64_t cell = 0; cell < cells; ++cell) drawn.push_back(noise.Draw({measure, cell}));
  return drawn;
}

std::string Bytes(CellStream& stream, CellId id, size_t part) {
  stream.Restart(id);
  std::array<uint8_t, 48> bytes;
  for (size_t at = 0; at < bytes.size(); at += part) {
    stream.Fill(std::span(bytes).subspan(at, std::min(part, bytes.size() - at)));
  }
  return absl::BytesToHexString(base::AsText(bytes));
}

// Computed with another program: HKDF written in Python, AES-256-CTR of the openssl command.
TEST(CellStream, HasTheseBytes) {
  base::Secret key(32);
  const std::string bytes =
      absl::HexStringToBytes("61f878e1b2f74716123494d8bf6aa89ee65a403f8deaa7b88baa2a5fc90f067a");
  std::copy(bytes.begin(), bytes.end(), key.mutable_bytes().begin());
  CellStream stream(key);
  for (const size_t part : {size_t{1}, size_t{7}, size_t{16}, size_t{48}}) {
    EXPECT_EQ(Bytes(stream, {0, 0}, part),
              "ddc0d77e6d8503249bae23647e7eda41ecb0b353bcf1f962225e1c01ecfe6341"
              "1e7c76abece7e715a49186e9d0c14206");
    EXPECT_EQ(Bytes(stream, {3, 0x1'0000'0002}, part),
              "a2a6a7fbaff6ad71d07031f9144c747073ce9184c3b3775fdcfa4fcabc3ca25c"
              "e11981afbc3fa4bd7afcf835213a2e63");
  }
}

// Computed with another program: the three algorithms over Python's fractions, on the bytes above.
TEST(CellNoise, HasTheseValues) {
  EXPECT_EQ(First(Noise(), 3, 16),
            (std::vector<int64_t>{-5, 9, 3, 3, 5, -18, -9, 2, -7, 4, -1, -5, -7, 2, 10, 2}));
}

// Attack A12 on noise: who asks again and again averages nothing away.
TEST(CellNoise, ARetryDrawsTheSameNoiseInAnyOrder) {
  const std::vector<int64_t> once = First(Noise());
  CellNoise again = Noise();
  for (int round = 0; round < 3; ++round) {
    for (uint64_t cell = once.size(); cell-- > 0;) {
      ASSERT_EQ(again.Draw({3, cell}), once[cell]) << cell;
    }
  }
}

TEST(CellNoise, AnotherKeyReleaseLawOrMeasureDrawsOtherNoise) {
  const std::set<std::vector<int64_t>> drawn = {
      First(Noise()),
      First(Noise(1)),
      First(Noise(0, "0604-2011-2")),
      First(CellNoise::Make(Key(0), "0604-2011-1", DiscreteGaussian::Make(Fraction(61, 1)).value())
                .value()),
      First(Noise(), 2),
  };
  EXPECT_EQ(drawn.size(), 5u);
}

// Two releases whose noise moved together could be subtracted from each other.
TEST(CellNoise, CellsOfOneReleaseAndReleasesOfOneCellAreUncorrelated) {
  constexpr uint64_t kCells = 100'000;
  const std::vector<int64_t> a = First(Noise(), 3, kCells);
  const std::vector<int64_t> b = First(Noise(0, "0604-2011-2"), 3, kCells);
  const std::vector<int64_t> c = First(Noise(0, "0604-2011-1", 61), 3, kCells);
  double same = 0, next = 0, law = 0;
  for (size_t i = 0; i + 1 < kCells; ++i) {
    same += static_cast<double>(a[i] * b[i]) / 60;
    next += static_cast<double>(a[i] * a[i + 1]) / 60;
    law += static_cast<double>(a[i] * c[i]) / 60.5;
  }
  // Standard deviation of such a sum is the root of the number of cells.
  const double limit = 5 * std::sqrt(static_cast<double>(kCells));
  EXPECT_LT(std::fabs(same), limit);
  EXPECT_LT(std::fabs(next), limit);
  EXPECT_LT(std::fabs(law), limit);
}

TEST(CellNoise, AShortKeyOrNoReleaseIsRefused) {
  EXPECT_EQ(CellNoise::Make(base::Secret(31), "r", Law(60)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CellNoise::Make(base::Secret(), "r", Law(60)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CellNoise::Make(Key(0), "", Law(60)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace renkei::policy::noise
