// A27: random sequences of releases of one area and year (publish, correct, join, leave), judged by
// an attacker of his own. 200 sequences; 2,000 with RENKEI_FULL=1.
#include <gtest/gtest.h>

#include "tests/support/full_run.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"
#include "tests/unit/policy/disclosure/release_history.h"

namespace renkei::policy::disclosure {
namespace {

LedgerTally AttackOn(Defences defences, uint64_t sequences) {
  LedgerTally sum;
  for (uint64_t seed = 1; seed <= sequences; ++seed) {
    const LedgerTally tally = LedgerAttacker(Publish(seed, defences).seen).Run();
    sum.exact += tally.exact;
    sum.differences += tally.differences;
    sum.rests += tally.rests;
  }
  return sum;
}

// Of two measures of the same people, with the ledger or each release by itself.
std::vector<SeenRelease> PublishTwoMeasures(uint64_t seed, bool with_ledger) {
  History history(seed, {"a", "b"});
  std::vector<SeenRelease> seen;
  std::vector<std::shared_ptr<const EarlierRelease>> ledger;
  for (int step = 0; step < 5; ++step) {
    if (step > 0) history.Happen();
    ProtectRequest request = history.Now();
    if (with_ledger) request.earlier = ledger;
    const auto table = Protect(request, std::vector<uint8_t>(32, 7));
    if (!table.ok()) continue;
    ledger.push_back(Ledgered(request, *table));
    std::vector<ProtectedCell> cells = table->measures()[0].cells;
    cells.insert(cells.end(), table->measures()[1].cells.begin(), table->measures()[1].cells.end());
    std::vector<CellFate> none(cells.size(), CellFate::kOpen);
    seen.push_back({std::move(request), std::move(cells), std::move(none)});
  }
  return seen;
}

// What one measure hides, n of the other must not give.
TEST(RandomSequencesOfReleases, OfTwoMeasuresDenominatorsGiveNoFewPersonsAway) {
  LedgerTally sum;
  size_t again = 0;
  for (uint64_t seed = 1000; seed < 1024; ++seed) {
    const std::vector<SeenRelease> seen = PublishTwoMeasures(seed, true);
    again += seen.empty() ? 0 : seen.size() - 1;
    const LedgerTally tally = LedgerAttacker(seen, Attacks::kDenominators).Run();
    EXPECT_EQ(tally.differences, 0u) << "seed " << seed;
    sum.deltas += tally.deltas;
  }
  EXPECT_GT(again, 8u);
  EXPECT_GT(sum.deltas, 1000u);
}

constexpr uint64_t kParts = 8;

class PartOfTheSequences : public testing::TestWithParam<uint64_t> {};

TEST_P(PartOfTheSequences, GivesNoCellAndNoFewPersonsAway) {
  const uint64_t sequences = (tests::IsFullRun() ? 2000 : 200) / kParts;
  LedgerTally sum;
  size_t held = 0, unchanged = 0, again = 0;
  for (uint64_t i = 0; i < sequences; ++i) {
    const uint64_t seed = GetParam() * sequences + i;
    const Outcome out = Publish(seed, Defences::kAll);
    held += out.held;
    unchanged += out.unchanged;
    again += out.seen.empty() ? 0 : out.seen.size() - 1;
    const LedgerTally tally = LedgerAttacker(out.seen).Run();
    EXPECT_EQ(tally.exact, 0u) << "seed " << seed;
    EXPECT_EQ(tally.differences, 0u) << "seed " << seed;
    EXPECT_EQ(tally.rests, 0u) << "seed " << seed;
    sum.primaries += tally.primaries;
    sum.deltas += tally.deltas;
  }
  std::printf(
      "%zu sequences: released again %zu, held %zu, nothing new %zu; %zu primaries, %zu "
      "unsafe differences\n",
      static_cast<size_t>(sequences), again, held, unchanged, sum.primaries, sum.deltas);
  EXPECT_GT(again, sequences / 2);
  EXPECT_GT(held, sequences / 2);
}

INSTANTIATE_TEST_SUITE_P(All, PartOfTheSequences, testing::Range(uint64_t{0}, kParts));

// Mutations: each defence switched off lets the attack succeed.
TEST(RandomSequencesOfReleases, WithoutALedgerCellsAndFewPersonsFollow) {
  const LedgerTally tally = AttackOn(Defences::kNoLedger, 12);
  EXPECT_GT(tally.exact, 100u);
  EXPECT_GT(tally.differences, 1000u);
  EXPECT_GT(tally.rests, 100u);
}

TEST(RandomSequencesOfReleases, WithoutALedgerDenominatorsGiveFewPersonsAway) {
  size_t differences = 0;
  for (uint64_t seed = 1000; seed < 1004; ++seed) {
    const std::vector<SeenRelease> seen = PublishTwoMeasures(seed, false);
    differences += LedgerAttacker(seen, Attacks::kDenominators).Run().differences;
  }
  EXPECT_GT(differences, 1000u);
}

TEST(RandomSequencesOfReleases, WithoutTheRestsFewPersonsOfHiddenCellsFollow) {
  const LedgerTally tally = AttackOn(Defences::kNoRests, 60);
  EXPECT_EQ(tally.exact, 0u);
  EXPECT_EQ(tally.differences, 0u);
  EXPECT_GT(tally.rests, 0u);
}

TEST(RandomSequencesOfReleases, WithoutTheDeltaRuleFewPersonsFollow) {
  const LedgerTally tally = AttackOn(Defences::kNoDeltaRule, 12);
  EXPECT_EQ(tally.exact, 0u);
  EXPECT_GT(tally.differences, 1000u);
}

TEST(RandomSequencesOfReleases, WithoutTheJointAuditCellsFollow) {
  const LedgerTally tally = AttackOn(Defences::kNoJointAudit, 12);
  EXPECT_GT(tally.exact, 10u);
  EXPECT_EQ(tally.differences, 0u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
