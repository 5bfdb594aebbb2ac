// Random sequences of releases (A27) against an attacker with a linear program (A3): what two
// releases together let him bound.
#include "policy/disclosure/stacked_intervals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>

#include "absl/functional/function_ref.h"
#include "policy/base/error.h"
#include "tests/support/full_run.h"
#include "tests/unit/policy/disclosure/ledger_interval_attack.h"
#include "tests/unit/policy/disclosure/release_history.h"

namespace renkei::policy::disclosure {
namespace {

// Every member of a release, and some of those who are alone in an inner cell of one; who know all
// zeros and who do not.
std::vector<LedgerReader> ReadersBeside(const std::vector<SeenRelease>& seen) {
  constexpr size_t kPersons = 4;
  std::set<base::MemberId> members;
  std::set<int> alone;
  for (const SeenRelease& one : seen) {
    for (const PooledContribution& c : one.request.contributions) members.insert(c.member);
    ProtectedMeasure released;
    released.cells = one.cells;
    const auto cells = ReleasedEvidence(one.request, released, one.measure).CellsOfOnePerson();
    alone.insert(cells.begin(), cells.end());
  }
  while (alone.size() > kPersons) alone.erase(std::next(alone.begin(), 2));
  std::vector<LedgerReader> readers;
  for (const bool knows_zeros : {true, false}) {
    if (!knows_zeros) readers.push_back({.knows_zeros = false});
    for (const base::MemberId& member : members) readers.push_back({knows_zeros, member});
    for (const int cell : alone) readers.push_back({knows_zeros, base::MemberId(), cell});
  }
  return readers;
}

LedgerIntervalTally AttackOn(Defences defences, uint64_t seed) {
  return LedgerIntervalAttacker(Publish(seed, defences, /*trusts_members=*/true).seen).Run();
}

TEST(IntervalsOfSequences, AreAsWideAsEarlierReleasesLeaveThem) {
  const uint64_t sequences = tests::IsFullRun() ? 1000 : 50;
  size_t targets = 0;
  for (uint64_t seed = 1; seed <= sequences; ++seed) {
    const LedgerIntervalTally tally = AttackOn(Defences::kAll, seed);
    EXPECT_EQ(tally.narrow_cells, 0u) << "seed " << seed;
    EXPECT_EQ(tally.narrow_changes, 0u) << "seed " << seed;
    targets += tally.targets;
  }
  EXPECT_GT(targets, 200 * sequences);
}

struct TallyOfReaders {
  LedgerIntervalTally of_members;
  LedgerIntervalTally of_others;
};

TallyOfReaders AttackByAll(const std::vector<SeenRelease>& seen) {
  TallyOfReaders tally;
  for (const LedgerReader& reader : ReadersBeside(seen)) {
    const bool is_member = reader.member != base::MemberId();
    LedgerIntervalTally& sum = is_member ? tally.of_members : tally.of_others;
    const LedgerIntervalTally one = LedgerIntervalAttacker(seen, reader).Run();
    sum.targets += one.targets;
    sum.narrow_cells += one.narrow_cells;
    sum.narrow_changes += one.narrow_changes;
  }
  return tally;
}

TEST(IntervalsOfSequences, AreAsWideForMembersAndPersonsAndWhoDoesNotKnowZeros) {
  const uint64_t sequences = tests::IsFullRun() ? 200 : 12;
  size_t targets = 0;
  for (uint64_t seed = 1; seed <= sequences; ++seed) {
    const TallyOfReaders tally = AttackByAll(Publish(seed, Defences::kAll).seen);
    for (const LedgerIntervalTally& one : {tally.of_members, tally.of_others}) {
      EXPECT_EQ(one.narrow_cells, 0u) << "seed " << seed;
      EXPECT_EQ(one.narrow_changes, 0u) << "seed " << seed;
      targets += one.targets;
    }
  }
  std::printf("%zu intervals\n", targets);
  EXPECT_GT(targets, 1000 * sequences);
}

// Mutation: a policy that does not ask for members' intervals.
TEST(IntervalsOfSequences, AreNarrowForMembersThatThePolicyTrustsAndForNobodyElse) {
  size_t of_members = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const TallyOfReaders tally =
        AttackByAll(Publish(seed, Defences::kAll, /*trusts_members=*/true).seen);
    of_members += tally.of_members.narrow_cells + tally.of_members.narrow_changes;
    EXPECT_EQ(tally.of_others.narrow_cells, 0u) << "seed " << seed;
    EXPECT_EQ(tally.of_others.narrow_changes, 0u) << "seed " << seed;
  }
  std::printf("%zu intervals are narrow for members\n", of_members);
  EXPECT_GT(of_members, 10u);
}

// Mutation: a ledger that judges several releases by equations alone.
TEST(IntervalsOfSequences, AreNarrowWhereEquationsAloneAreJudged) {
  LedgerIntervalTally sum;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const LedgerIntervalTally tally = AttackOn(Defences::kNoRests, seed);
    sum.narrow_cells += tally.narrow_cells;
    sum.narrow_changes += tally.narrow_changes;
  }
  std::printf("%zu cells and %zu changes are narrow\n", sum.narrow_cells, sum.narrow_changes);
  EXPECT_GT(sum.narrow_cells, 0u);
  EXPECT_GT(sum.narrow_changes, 0u);
}

// Persons of two bands, women of a third one beside:
//
//        40-44 45-49 50-54         In 45-49 a correction makes 45 of 47 women out of 5 of 100.
// men      5     6     0           Readers who learn that they are 40 more know that there were
// women    6     5    60           6 at most: 46 may have the finding, since not all of them do.
class Corrected {
 public:
  explicit Corrected(bool has_others) : family_({"m"}, 1) {
    for (int64_t i = 0; i < 4; ++i) {
      tables::Cube* cube = family_.AddMember(v1::MEMBER_KIND_INSURER, true, true);
      const auto set = [&](int sex, int band, int64_t x) {
        Family::Set(cube, 0, 0, sex, band, x / 4 + (i < x % 4), 25);
      };
      set(0, 0, 5);
      set(0, 1, 6);
      set(1, 0, 6);
      set(1, 1, 5);
      if (has_others) Family::Set(cube, 0, 0, 1, 2, 15, 50);
    }
    Remember(family_.Run());
    Change([&](tables::Cube* cube, int64_t i) {
      Family::Set(cube, 0, 0, 1, 1, i == 0 ? 12 : 11, i < 3 ? 12 : 11);
      if (has_others) Family::Set(cube, 0, 0, 1, 2, 33, 110);
    });
  }

  void Change(absl::FunctionRef<void(tables::Cube*, int64_t member)> change) {
    for (size_t i = 0; i < 4; ++i) {
      auto cube = std::make_shared<tables::Cube>(*family_.request().contributions[i].cube);
      change(cube.get(), static_cast<int64_t>(i));
      family_.request().contributions[i].cube = std::move(cube);
    }
  }
  absl::StatusOr<ProtectedTable<ForRelease>> Run(bool with_ledger = true) const {
    ProtectRequest request = family_.request();
    if (!with_ledger) request.earlier.clear();
    return Protect(request, std::vector<uint8_t>(32, 0));
  }
  void Remember(const absl::StatusOr<ProtectedTable<ForRelease>>& table) {
    seen_.push_back(SeenWith(table));
    family_.request().earlier.push_back(Ledgered(seen_.back().request, *table));
  }
  LedgerIntervalTally AttackWith(const absl::StatusOr<ProtectedTable<ForRelease>>& table) const {
    std::vector<SeenRelease> seen = seen_;
    seen.push_back(SeenWith(table));
    return LedgerIntervalAttacker(seen).Run();
  }

 private:
  SeenRelease SeenWith(const absl::StatusOr<ProtectedTable<ForRelease>>& table) const {
    EXPECT_TRUE(table.ok()) << table.status();
    ProtectRequest request = family_.request();
    request.earlier.clear();
    const std::vector<ProtectedCell>& cells = table->measures()[0].cells;
    return {request, cells, std::vector<CellFate>(cells.size(), CellFate::kOpen)};
  }

  Family family_;
  std::vector<SeenRelease> seen_;
};

v1::CellState StateOf(const ProtectedTable<ForRelease>& table, const char* age) {
  return CellOf(table, 0, "", v1::MEMBER_KIND_UNSPECIFIED, v1::SEX_BOTH, age).state;
}

TEST(IntervalsOfTwoReleases, AreKeptByHidingWhatWouldTellACorrection) {
  const Corrected corrected(/*has_others=*/true);
  const auto alone = corrected.Run(/*with_ledger=*/false);
  EXPECT_GT(corrected.AttackWith(alone).narrow_cells, 0u);
  EXPECT_EQ(StateOf(*alone, "50-54"), v1::CELL_STATE_PUBLISHED);

  const auto table = corrected.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  const LedgerIntervalTally tally = corrected.AttackWith(table);
  EXPECT_EQ(tally.narrow_cells, 0u);
  EXPECT_EQ(tally.narrow_changes, 0u);
  EXPECT_EQ(StateOf(*table, "50-54"), v1::CELL_STATE_SUPPRESSED);
  EXPECT_EQ(StateOf(*table, "40-74"), v1::CELL_STATE_PUBLISHED);
}

TEST(IntervalsOfTwoReleases, HoldTheCorrectionThatTheTotalWouldTell) {
  const auto table = Corrected(/*has_others=*/false).Run();
  EXPECT_EQ(base::DetailOf(table.status()).reason(), v1::ERROR_REASON_HELD);
}

// As a hub that judged equations alone left them.
TEST(IntervalsOfTwoReleases, ThatAreNarrowAlreadyHoldNothing) {
  Corrected corrected(/*has_others=*/true);
  corrected.Remember(corrected.Run(/*with_ledger=*/false));
  corrected.Change([](tables::Cube* cube, int64_t) { Family::Set(cube, 0, 0, 1, 2, 53, 150); });
  const auto table = corrected.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(StateOf(*table, "50-54"), v1::CELL_STATE_PUBLISHED);
  EXPECT_EQ(StateOf(*table, "40-74"), v1::CELL_STATE_PUBLISHED);
}

TEST(IntervalsOfTwoReleases, AreTheSameTwice) {
  const auto first = Publish(15, Defences::kAll);
  const auto second = Publish(15, Defences::kAll);
  ASSERT_EQ(first.seen.size(), second.seen.size());
  ASSERT_GT(first.seen.size(), 1u);
  for (size_t r = 0; r < first.seen.size(); ++r) {
    EXPECT_EQ(ShownCells(first.seen[r].cells), ShownCells(second.seen[r].cells));
  }
}

// I9. Members as attackers too.
TEST(IntervalsOfTwoReleases, AreTheSameInWhateverOrderContributionsCame) {
  size_t later = 0;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    std::vector<std::shared_ptr<const EarlierRelease>> ledger;
    for (const SeenRelease& seen : Publish(seed, Defences::kAll).seen) {
      ProtectRequest request = seen.request;
      std::reverse(request.contributions.begin(), request.contributions.end());
      request.earlier = ledger;
      const auto table = Protect(request, std::vector<uint8_t>(32, 7));
      ASSERT_TRUE(table.ok()) << "seed " << seed << ": " << table.status();
      EXPECT_EQ(ShownCells(table->measures()[0].cells), ShownCells(seen.cells)) << "seed " << seed;
      later += !ledger.empty();
      ledger.push_back(Ledgered(request, *table));
    }
  }
  EXPECT_GT(later, 3u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
