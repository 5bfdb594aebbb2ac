// Measures that a relation links, released in two rounds of the same counts: a reader of both has
// all tables and the relation's lines, and still no interval of few persons narrower than the
// policy says, but for what the second release could not widen. Ten times as many with
// RENKEI_FULL=1.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <tuple>
#include <utility>

#include "tests/golden/policy/disclosure/linked_families.h"
#include "tests/support/full_run.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {
namespace {

// The first round asks for some of the measures, the second for the others or for all.
enum class Rounds { kTotalLast, kTotalFirst, kAllAfterTheFirst };

std::vector<size_t> AskedFirst(Rounds rounds, size_t measures) {
  if (rounds != Rounds::kTotalLast) return {0};
  std::vector<size_t> others(measures - 1);
  std::iota(others.begin(), others.end(), size_t{1});
  return others;
}
std::vector<size_t> AskedThen(Rounds rounds, size_t measures) {
  std::vector<size_t> asked;
  for (size_t m = rounds == Rounds::kTotalFirst ? 1 : 0; m < measures; ++m) {
    if (m == 0 || rounds != Rounds::kTotalLast) asked.push_back(m);
  }
  return asked;
}

// The family's counts of some of its measures.
ProtectRequest Asking(const Family& family, const std::vector<size_t>& measures) {
  const ProtectRequest& all = family.request();
  std::vector<std::string> ids;
  ids.reserve(measures.size());
  for (const size_t m : measures) ids.push_back(all.layout->measures()[m].id);
  Family some(ids, all.layout->municipalities().size());
  ProtectRequest request = some.request();
  request.policy = all.policy;
  request.withheld = all.withheld;
  request.relations = all.relations;
  for (PooledContribution from : all.contributions) {
    auto cube = std::make_shared<tables::Cube>(request.layout);
    const auto per = static_cast<std::ptrdiff_t>(cube->layout().cells_per_measure());
    for (size_t to = 0; to < measures.size(); ++to) {
      std::copy_n(from.cube->counts().begin() + static_cast<std::ptrdiff_t>(measures[to]) * per,
                  per, cube->counts().begin() + static_cast<std::ptrdiff_t>(to) * per);
    }
    from.cube = std::move(cube);
    request.contributions.push_back(std::move(from));
  }
  return request;
}

struct TwoRounds {
  std::vector<ProtectedMeasure> tables;  // of both, by measure of the family
  std::vector<std::vector<bool>> shown_before;
  bool passed = false;
};

TwoRounds Release(const Family& family, Rounds rounds, bool with_ledger) {
  const size_t measures = family.request().layout->measures().size();
  TwoRounds out;
  out.tables.resize(measures);
  out.shown_before.resize(measures);
  ProtectRequest first = Asking(family, AskedFirst(rounds, measures));
  const auto before = Protect(first, std::vector<uint8_t>(32, 1));
  EXPECT_TRUE(before.ok()) << before.status();
  if (!before.ok()) return out;
  ProtectRequest second = Asking(family, AskedThen(rounds, measures));
  if (with_ledger) second.earlier = {Ledgered(first, *before)};
  const auto then = Protect(second, std::vector<uint8_t>(32, 1));
  if (!then.ok()) {
    EXPECT_EQ(then.status().code(), absl::StatusCode::kFailedPrecondition) << then.status();
    return out;
  }
  out.passed = true;
  const auto put = [&](const ProtectedTable<ForRelease>& table, const std::vector<size_t>& asked) {
    for (size_t i = 0; i < asked.size(); ++i) {
      ProtectedMeasure& to = out.tables[asked[i]];
      const ProtectedMeasure& from = table.measures()[i];
      if (to.cells.empty()) to = from;
      for (size_t c = 0; c < from.cells.size(); ++c) {
        if (from.cells[c].state != v1::CELL_STATE_SUPPRESSED) to.cells[c] = from.cells[c];
      }
    }
  };
  put(*before, AskedFirst(rounds, measures));
  for (size_t m = 0; m < measures; ++m) {
    for (const ProtectedCell& cell : out.tables[m].cells) {
      out.shown_before[m].push_back(cell.state != v1::CELL_STATE_SUPPRESSED);
    }
  }
  put(*then, AskedThen(rounds, measures));
  for (size_t m = 0; m < measures; ++m) {
    out.shown_before[m].resize(out.tables[m].cells.size(), false);
  }
  return out;
}

class LinkedRounds : public testing::TestWithParam<std::tuple<Link, Rounds>> {};

TEST_P(LinkedRounds, LetNobodyBoundFewPersonsByTheTablesOfBoth) {
  const auto [link, rounds] = GetParam();
  const uint64_t families = tests::IsFullRun() ? 60 : 6;
  Judged sum;
  size_t passed = 0, apart = 0;
  for (uint64_t seed = 0; seed < families; ++seed) {
    const Family family = RandomFamily(link, seed);
    const TwoRounds released = Release(family, rounds, /*with_ledger=*/true);
    if (!released.passed) continue;
    ++passed;
    const Judged judged = Judge(family, released.tables, released.shown_before);
    EXPECT_EQ(judged.narrow, 0u) << "seed " << seed;
    sum.shown += judged.shown;
    sum.targets += judged.targets;
    // Mutation: the second release does not know the first.
    const TwoRounds without = Release(family, rounds, /*with_ledger=*/false);
    if (without.passed) apart += Judge(family, without.tables, without.shown_before).narrow;
  }
  std::printf("%zu of %zu passed: %zu shown cells, %zu intervals; %zu narrow without the ledger\n",
              passed, static_cast<size_t>(families), sum.shown, sum.targets, apart);
  if (AreNested(link) || link == Link::kPartsThatAddUp) {
    EXPECT_GT(apart, 0u);
  }
  EXPECT_GT(2 * passed, families);
  EXPECT_GT(sum.shown, 20 * passed);
  EXPECT_GT(sum.targets, 20 * passed);
}

// Classes of everybody are asked for together or one alone.
INSTANTIATE_TEST_SUITE_P(All, LinkedRounds,
                         testing::Combine(testing::Values(Link::kNested, Link::kTightlyNested,
                                                          Link::kChain, Link::kPartsAndRest,
                                                          Link::kPartsThatAddUp, Link::kDisjoint),
                                          testing::Values(Rounds::kTotalLast, Rounds::kTotalFirst,
                                                          Rounds::kAllAfterTheFirst)));

}  // namespace
}  // namespace renkei::policy::disclosure
