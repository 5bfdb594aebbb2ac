// Random sequences of releases of a total and two of its classes, any of them at any time (privacy
// 3.3, 5.2): what a reader takes off one release with another must not be few persons.
#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "policy/base/error.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {
namespace {

const std::vector<std::string> kMeasures = {"a", "b", "total"};

// Counts of members, whose state has a number for every place and kind.
class LinkedHistory {
 public:
  explicit LinkedHistory(uint64_t seed) : random_(seed), all_(kMeasures, 2) {
    for (int i = 0; i < 6; ++i) {
      tables::Cube* cube = all_.AddMember(static_cast<v1::MemberKind>(1 + Below(2)), true, true);
      for (int cell = 0; cell < 3 * 14; ++cell) Draw(cube, cell);
    }
    all_.Relate({"a", "b"}, "total");
  }

  // Most members are counted anew in some cells, or nothing happens.
  void Happen() {
    if (Below(3) == 0) return;
    ++state_;
    for (const auto& cube : all_.cubes()) {
      for (int i = 0; i < 12; ++i) Draw(cube.get(), static_cast<int>(Below(3 * 14)));
    }
  }

  // Of some of the measures.
  ProtectRequest Ask() {
    std::vector<std::string> asked;
    while (asked.empty()) {
      for (const std::string& id : kMeasures) {
        if (Below(2) == 0) asked.push_back(id);
      }
    }
    Family some(asked, 2);
    some.request().relations = all_.request().relations;
    for (size_t i = 0; i < all_.cubes().size(); ++i) {
      const PooledContribution& from = all_.request().contributions[i];
      tables::Cube* cube = some.AddMember(from.kind, true, true);
      for (size_t m = 0; m < asked.size(); ++m) {
        const auto at = std::find(kMeasures.begin(), kMeasures.end(), asked[m]);
        const size_t per = cube->layout().cells_per_measure();
        const auto begin = from.cube->counts().begin() +
                           (at - kMeasures.begin()) * static_cast<std::ptrdiff_t>(per);
        std::copy_n(begin, per, cube->counts().begin() + static_cast<std::ptrdiff_t>(m * per));
      }
    }
    return some.request();
  }
  int state() const { return state_; }
  const Family& all() const { return all_; }

 private:
  void Draw(tables::Cube* cube, int cell) {
    const int64_t n = static_cast<int64_t>(Below(300));
    const int64_t total = n / static_cast<int64_t>(2 + Below(3));
    const int64_t a = total / static_cast<int64_t>(2 + Below(2));
    const int64_t b = std::max<int64_t>(total - a - static_cast<int64_t>(Below(4)), 0);
    const int64_t x[] = {a, b, total};
    for (int m = 0; m < 3; ++m) Family::Set(cube, m, cell / 14, cell / 7 % 2, cell % 7, x[m], n);
  }
  uint64_t Below(uint64_t limit) { return random_() % limit; }

  std::mt19937_64 random_;
  Family all_;
  int state_ = 0;
};

struct LinkedTally {
  size_t releases = 0;
  size_t targets = 0;
  size_t found = 0;
};

// Combinations of a, b and total.
constexpr int kCombinations[][3] = {{1, 0, 0},  {0, 1, 0},  {0, 0, 1},
                                    {-1, 0, 1}, {0, -1, 1}, {-1, -1, 1}};

LinkedTally Attack(uint64_t seed, bool with_ledger) {
  LinkedHistory history(seed);
  LinkedTally tally;
  std::vector<std::shared_ptr<const EarlierRelease>> ledger;
  constexpr uint32_t kCells = 3 * 3 * 14;  // places, kinds, sexes and bands
  constexpr int kSteps = 4;
  DenseSpan span(kCells * 3 * kSteps, kReferencePrimes[0]);
  const auto row_of = [&](const ProtectedCell& cell, int measure, int state, int32_t sign) {
    Row row;
    for (uint32_t v = 0; v < kCells; ++v) {
      const int place = static_cast<int>(v) / 42;
      if (!cell.municipality.empty() &&
          cell.municipality != (place == 2 ? "unknown" : kMunicipalities[place])) {
        continue;
      }
      if (cell.member_kind != 0 &&
          static_cast<int>(cell.member_kind) != static_cast<int>(v) / 14 % 3 + 1) {
        continue;
      }
      if (cell.sex != v1::SEX_BOTH &&
          static_cast<int>(cell.sex) != static_cast<int>(v) / 7 % 2 + 1) {
        continue;
      }
      if (!BandIn(cell.age_band, static_cast<int>(v) % 7)) continue;
      row.push_back({(static_cast<uint32_t>(state * 3 + measure)) * kCells + v, sign});
    }
    return row;
  };
  std::vector<Row> targets;
  for (int step = 0; step < kSteps; ++step) {
    if (step > 0) history.Happen();
    ProtectRequest request = history.Ask();
    if (with_ledger) request.earlier = ledger;
    const auto table = Protect(request, std::vector<uint8_t>(32, 3));
    if (!table.ok()) {
      EXPECT_EQ(table.status().code(), absl::StatusCode::kFailedPrecondition) << table.status();
      continue;
    }
    ++tally.releases;
    ledger.push_back(Ledgered(request, *table));
    for (const ProtectedMeasure& measure : table->measures()) {
      const auto at = std::find(kMeasures.begin(), kMeasures.end(), measure.measure.id);
      for (const ProtectedCell& cell : measure.cells) {
        if (cell.state == v1::CELL_STATE_SUPPRESSED) continue;
        span.Add(row_of(cell, static_cast<int>(at - kMeasures.begin()), history.state(), 1));
      }
    }
    // What few persons there are in this state.
    for (const ProtectedCell& cell : table->measures()[0].cells) {
      for (const auto& combination : kCombinations) {
        int64_t truth = 0;
        Row row;
        for (int m = 0; m < 3; ++m) {
          if (combination[m] == 0) continue;
          for (const Term& t : row_of(cell, m, history.state(), combination[m])) row.push_back(t);
          for (const PooledContribution& c : history.all().request().contributions) {
            if (cell.member_kind != 0 && cell.member_kind != c.kind) continue;
            for (const Term& t : row_of(cell, m, 0, 1)) {
              const int v = static_cast<int>(t.variable % kCells);
              if (v / 14 % 3 + 1 != static_cast<int>(c.kind)) continue;
              truth += combination[m] * c.cube->at(m, v / 42, v / 7 % 2, v % 7, 0);
            }
          }
        }
        if (truth > 0 && truth < 10) targets.push_back(std::move(row));
      }
    }
  }
  for (const Row& target : targets) tally.found += span.Contains(target);
  tally.targets = targets.size();
  return tally;
}

TEST(RandomSequencesOfLinkedMeasures, LeaveNoFewPersons) {
  LinkedTally sum, without;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const LinkedTally tally = Attack(seed, true);
    EXPECT_EQ(tally.found, 0u) << "seed " << seed;
    sum.releases += tally.releases;
    sum.targets += tally.targets;
    if (seed > 6) continue;
    without.found += Attack(seed, false).found;
  }
  std::printf("%zu releases, %zu targets; without the ledger %zu of six sequences follow\n",
              sum.releases, sum.targets, without.found);
  EXPECT_GT(sum.releases, 35u);
  EXPECT_GT(sum.targets, 1000u);
  EXPECT_GT(without.found, 20u);  // mutation
}

}  // namespace
}  // namespace renkei::policy::disclosure
