// Releases of an area and year with groupings between them: every grouping stays an equation for
// every later release (A11 and A27). 5 sequences; 200 with RENKEI_FULL=1.
#include <gtest/gtest.h>

#include <random>

#include "policy/base/error.h"
#include "policy/disclosure/protect_union.h"
#include "tests/support/full_run.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {
namespace {

std::vector<uint8_t> Key() { return std::vector<uint8_t>(32, 7); }

struct Sequence {
  std::vector<SeenRelease> seen;
  size_t groupings = 0;
  size_t later = 0;  // releases after a grouping
};

class Publisher {
 public:
  Publisher(uint64_t seed, bool remembers) : random_(seed), remembers_(remembers) {
    const uint64_t scale = 15 + Below(100);
    std::vector<uint64_t> sizes;
    for (int g = 0; g < 4; ++g) sizes.push_back(Below(3) == 0 ? 2 : 1 + Below(scale));
    const uint64_t members = 5 + Below(4);
    for (uint64_t i = 0; i < members; ++i) {
      tables::Cube* cube = family_.AddMember(static_cast<v1::MemberKind>(1 + Below(3)),
                                             /*cross=*/true, /*member_level=*/Below(3) == 0);
      ForEachInner([&](int place, int sex, int band) {
        const auto n = static_cast<int64_t>(
            Below(5) == 0 || place == 3 ? 0 : Below(2 * sizes[static_cast<size_t>(place)] + 1));
        Family::Set(cube, 0, place, sex, band,
                    static_cast<int64_t>(Below(static_cast<uint64_t>(n) + 1)), n);
      });
    }
  }

  Sequence Run() {
    Sequence out;
    for (int step = 0; step < 4 && out.seen.size() < 3; ++step) {
      if (step > 0) Correct();
      if (!Release(&out)) continue;
      for (int i = 0; i < 2; ++i) Group(&out);
    }
    return out;
  }

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }

  // Changes of three members or more, in one place or all over.
  void Correct() {
    const uint64_t members = 3 + Below(3);
    const bool one_place = Below(2) == 0;
    const uint64_t place = Below(3);
    const uint64_t persons = 5 + Below(60);
    for (uint64_t i = 0; i < members && i < family_.cubes().size(); ++i) {
      auto cube = std::make_shared<tables::Cube>(*family_.request().contributions[i].cube);
      for (uint64_t p = 0; p < persons; ++p) {
        const auto g = static_cast<int>(one_place ? place : Below(3));
        ++cube->counts()[cube->layout().Index(0, g, static_cast<int>(Below(2)),
                                              static_cast<int>(Below(7)),
                                              static_cast<int>(Below(2)))];
      }
      family_.request().contributions[i].cube = std::move(cube);
    }
  }

  bool Release(Sequence* out) {
    ProtectRequest request = family_.request();
    request.earlier = Ledger();
    SealedAudit audit;
    const auto table = Protect(request, Key(), &audit);
    if (!table.ok()) {
      EXPECT_EQ(table.status().code(), absl::StatusCode::kFailedPrecondition) << table.status();
      return false;
    }
    request.earlier.clear();
    out->later += out->groupings > 0;
    auto made = std::make_shared<EarlierRelease>(*Ledgered(request, *table));
    ledger_.push_back(std::move(made));
    out->seen.push_back(
        {std::move(request), table->measures()[0].cells, SealedAuditReader::Fates(audit, 0)});
    return true;
  }

  // Two of three municipalities; the ledger is asked whole.
  void Group(Sequence* out) {
    std::vector<std::string> codes(std::begin(kMunicipalities), std::end(kMunicipalities));
    codes.erase(codes.begin() + static_cast<std::ptrdiff_t>(Below(3)));
    const auto table =
        ProtectUnion({{ledger_.begin(), ledger_.end()}, ledger_.size() - 1, codes}, Key());
    if (!table.ok()) {
      EXPECT_EQ(table.status().code(), absl::StatusCode::kFailedPrecondition) << table.status();
      return;
    }
    ++out->groupings;
    std::vector<ProtectedCell> cells = table->measures()[0].cells;
    ledger_.back()->unions.push_back({codes, {ShownCells(cells)}});
    for (ProtectedCell& cell : cells) {
      cell.municipality = codes[0] + "+" + codes[1];
      out->seen.back().union_cells.push_back(cell);
    }
  }

  std::vector<std::shared_ptr<const EarlierRelease>> Ledger() const {
    std::vector<std::shared_ptr<const EarlierRelease>> ledger;
    for (const auto& earlier : ledger_) {
      auto copy = std::make_shared<EarlierRelease>(*earlier);
      if (!remembers_) copy->unions.clear();
      ledger.push_back(std::move(copy));
    }
    return ledger;
  }

  std::mt19937_64 random_;
  bool remembers_;
  Family family_;
  std::vector<std::shared_ptr<EarlierRelease>> ledger_;
};

class SequencesWithGroupings : public testing::TestWithParam<uint64_t> {};
constexpr uint64_t kParts = 5;  // a sequence takes some 15 s

TEST_P(SequencesWithGroupings, GiveNoCellAndNoFewPersonsAway) {
  const uint64_t sequences = tests::IsFullRun() ? 200 : kParts;
  size_t groupings = 0, later = 0, deltas = 0;
  for (uint64_t seed = 1 + GetParam(); seed <= sequences; seed += kParts) {
    const Sequence sequence = Publisher(seed, /*remembers=*/true).Run();
    const LedgerTally tally = LedgerAttacker(sequence.seen).Run();
    EXPECT_EQ(tally.exact, 0u) << "seed " << seed;
    EXPECT_EQ(tally.differences, 0u) << "seed " << seed;
    EXPECT_EQ(tally.rests, 0u) << "seed " << seed;
    for (const PooledContribution& c : sequence.seen.back().request.contributions) {
      const LedgerAttacker member(sequence.seen, Attacks::kPersons, c.member);
      EXPECT_EQ(member.Run().exact, 0u) << "seed " << seed << " " << c.member.value();
    }
    groupings += sequence.groupings;
    later += sequence.later;
    deltas += tally.deltas;
  }
  std::printf("%zu groupings, %zu releases after one; %zu unsafe differences\n", groupings, later,
              deltas);
  EXPECT_GT(groupings, sequences / kParts / 4);
  EXPECT_GT(later, sequences / kParts / 8);
}
INSTANTIATE_TEST_SUITE_P(All, SequencesWithGroupings, testing::Range(uint64_t{0}, kParts));

// Mutation: a ledger that forgets groupings lets a later release give them away.
TEST(SequencesWithGroupings, AreNotSafeForALedgerThatForgetsThem) {
  size_t told = 0;
  for (uint64_t seed = 1; seed <= 5 && told == 0; ++seed) {
    const LedgerTally tally = LedgerAttacker(Publisher(seed, /*remembers=*/false).Run().seen).Run();
    told += tally.exact + tally.differences;
  }
  EXPECT_GT(told, 0u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
