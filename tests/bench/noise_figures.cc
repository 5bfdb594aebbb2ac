// Figures of the noise lane: exact discrete Gaussian samples on one thread, beside what making
// their random bits alone would allow.
#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <vector>

#include "absl/strings/str_format.h"
#include "policy/noise/cell_noise.h"
#include "tests/bench/figure.h"

namespace renkei::tests::bench {
namespace {

namespace noise = policy::noise;

constexpr int kRuns = 5;
constexpr uint64_t kSamples = 2'000'000;
constexpr int64_t kSigmaSquared = 60;
constexpr double kGoal = 5e6;

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Sums {
  int64_t values = 0;
  int64_t squares = 0;
  bool operator==(const Sums&) const = default;
};

// CPU time of this program, whose one busy thread is the sampler.
double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Samples per second, by the wall's clock and by the CPU's.
struct Rates {
  std::vector<double> wall, cpu;
};

// `draw` takes the sample's number.
template <typename Draw>
void Measure(const Draw& draw, Rates* rates, Sums* sums) {
  *sums = {};
  const double start = Seconds(), cpu_start = CpuSeconds();
  for (uint64_t i = 0; i < kSamples; ++i) {
    const int64_t value = draw(i);
    sums->values += value;
    sums->squares += value * value;
  }
  const double n = static_cast<double>(kSamples);
  rates->wall.push_back(n / (Seconds() - start));
  rates->cpu.push_back(n / (CpuSeconds() - cpu_start));
}

// Mean and variance within six standard errors.
bool FollowsTheLaw(const Sums& sums) {
  const double n = static_cast<double>(kSamples), variance = kSigmaSquared;
  return std::fabs(static_cast<double>(sums.values) / n) < 6 * std::sqrt(variance / n) &&
         std::fabs(static_cast<double>(sums.squares) / n - variance) <
             6 * variance * std::sqrt(2 / n);
}

double BytesPerSecond(noise::CellStream& stream) {
  std::array<uint8_t, 1024> bytes;
  constexpr int kParts = 200'000;
  const double start = Seconds();
  for (int i = 0; i < kParts; ++i) stream.Fill(bytes);
  return kParts * static_cast<double>(bytes.size()) / (Seconds() - start);
}

}  // namespace

std::vector<Figure> NoiseSamples() {
  Say("discrete Gaussian samples");
  const policy::base::Secret key(32);
  const auto law = noise::DiscreteGaussian::Make(*noise::Rational::Make(kSigmaSquared, 1));
  auto of_cells = noise::CellNoise::Make(key, "bench", *law);
  noise::CellStream stream(key);
  Rates ours, cells;
  std::vector<double> limits;
  double bits_per_sample = 0;
  Sums first, first_of_cells;
  for (int run = 0; run < kRuns; ++run) {
    stream.Restart({});
    noise::BitSource bits(stream);
    Sums sums, sums_of_cells;
    Measure([&](uint64_t) { return law->Draw(bits); }, &ours, &sums);
    bits_per_sample = static_cast<double>(bits.bits_taken()) / static_cast<double>(kSamples);
    Measure([&](uint64_t cell) { return of_cells->Draw({0, cell}); }, &cells, &sums_of_cells);
    limits.push_back(BytesPerSecond(stream) * 8 / bits_per_sample);
    if (run == 0) {
      first = sums;
      first_of_cells = sums_of_cells;
    }
    RequireEqual("the noise follows the law", FollowsTheLaw(sums) && FollowsTheLaw(sums_of_cells));
    RequireEqual("a retry draws the same noise", sums == first && sums_of_cells == first_of_cells);
  }
  Figure figure;
  figure.name = "noise_rate";
  figure.unit = "samples/s";
  figure.ours = Median(ours.wall);
  figure.peer_name = "7.3 million/s of the same algorithms, measured elsewhere";
  figure.limit = Median(limits);
  figure.limit_name = "AES-256-CTR making the bits alone";
  figure.goal = ">=5e6";
  figure.met = figure.ours >= kGoal;
  figure.note = absl::StrFormat(
      "discrete Gaussian, sigma^2 %d, one thread, %.1f bits each; by CPU time %.0f samples/s; with "
      "a "
      "stream of its own for every cell %.0f samples/s, by CPU time %.0f",
      static_cast<int>(kSigmaSquared), bits_per_sample, Median(ours.cpu), Median(cells.wall),
      Median(cells.cpu));
  return {figure};
}

}  // namespace renkei::tests::bench
