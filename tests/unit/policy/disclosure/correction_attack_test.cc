// Corrections as those see them who know most: the member that made one, and a reader who knows
// which inner cells changed (A9, privacy 5.3).
#include <gtest/gtest.h>

#include <random>

#include "policy/base/error.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {
namespace {

using Cubes = std::vector<std::shared_ptr<tables::Cube>>;

void AddPersons(tables::Cube* cube, int place, int sex, int band, int64_t with, int64_t without) {
  cube->counts()[cube->layout().Index(0, place, sex, band, 0)] += with;
  cube->counts()[cube->layout().Index(0, place, sex, band, 1)] += without;
}

// Cubes of its own, on top of the counts of `request`.
Cubes CopyCubes(ProtectRequest* request) {
  Cubes cubes;
  for (PooledContribution& c : request->contributions) {
    cubes.push_back(std::make_shared<tables::Cube>(*c.cube));
    c.cube = cubes.back();
  }
  return cubes;
}

// Two places, six insurers; a few primaries in the first place. Then the first member corrects one
// inner cell there, and four others correct every inner cell of the second place.
class OneCorrects {
 public:
  explicit OneCorrects(uint64_t seed) : random_(seed), before_({"m"}, 2) {
    for (int i = 0; i < 6; ++i) {
      tables::Cube* cube = before_.AddMember(v1::MEMBER_KIND_INSURER, true);
      for (int cell = 0; cell < 2 * 14; ++cell) {
        const int64_t x = Below(6) == 0 ? 1 : 5 + Below(30);
        Family::Set(cube, 0, cell / 14, cell / 7 % 2, cell % 7, x, 90 + Below(20));
      }
    }
    for (const auto& cube : before_.cubes()) {
      Family::Set(cube.get(), 0, 0, static_cast<int>(Below(2)), 0, Below(6) < 4, 90);
    }
  }
  ProtectRequest Before() const { return before_.request(); }
  ProtectRequest After() {
    ProtectRequest request = before_.request();
    const Cubes cubes = CopyCubes(&request);
    AddPersons(cubes[0].get(), 0, 0, static_cast<int>(Below(5)), 20 + Below(10), 5);
    for (size_t i = 1; i < 5; ++i) {
      for (int cell = 0; cell < 14; ++cell)
        AddPersons(cubes[i].get(), 1, cell / 7, cell % 7, 11, 11);
    }
    return request;
  }

 private:
  int64_t Below(uint64_t limit) { return static_cast<int64_t>(random_() % limit); }
  std::mt19937_64 random_;
  Family before_;
};

struct Tally {
  size_t releases = 0;
  size_t primaries = 0;
  size_t of_reader = 0;
  size_t of_member = 0;
};

Tally AttackCorrections(uint64_t seeds, bool with_ledger) {
  Tally sum;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    OneCorrects history(seed);
    std::vector<SeenRelease> seen;
    for (ProtectRequest request : {history.Before(), history.After()}) {
      if (!seen.empty() && with_ledger) {
        request.earlier = {Ledgered(seen.front().request, {seen.front().cells})};
      }
      SealedAudit audit;
      const auto table = Protect(request, std::vector<uint8_t>(32, 7), &audit);
      if (!table.ok()) continue;
      seen.push_back({request, table->measures()[0].cells, SealedAuditReader::Fates(audit, 0)});
    }
    sum.releases += seen.size() == 2;
    const LedgerTally reader = LedgerAttacker(seen).Run();
    sum.primaries += reader.primaries;
    sum.of_reader += reader.exact;
    size_t of_member = 0;
    // The first corrected alone; the second beside others.
    const ProtectRequest before = history.Before();
    for (size_t i = 0; i < 2; ++i) {
      const base::MemberId& self = before.contributions[i].member;
      of_member += LedgerAttacker(seen, Attacks::kPersons, self).Run().exact;
    }
    sum.of_member += of_member;
    if (!with_ledger) continue;
    EXPECT_EQ(reader.exact, 0u) << "seed " << seed;
    EXPECT_EQ(of_member, 0u) << "seed " << seed;
  }
  return sum;
}

TEST(Corrections, ByOneMemberOpenNoPrimaryToItOrToAnybody) {
  const Tally tally = AttackCorrections(10, true);
  const Tally without = AttackCorrections(4, false);
  std::printf(
      "%zu of 10 released again, %zu primaries; without the ledger %zu of four follow to a "
      "reader, %zu to a member\n",
      tally.releases, tally.primaries, without.of_reader, without.of_member);
  EXPECT_GE(tally.releases, 9u);
  EXPECT_GT(without.of_reader, 0u);
  EXPECT_GT(without.of_member, without.of_reader);
}

// 255 of 540 twice: each of two members would have the other's change.
TEST(Corrections, OfTwoMembersThatCancelAreHeld) {
  for (const bool moves_sides : {true, false}) {
    for (const size_t members : {2u, 3u}) {
      Family family;
      for (int i = 0; i < 6; ++i) {
        Family::Fill(family.AddMember(v1::MEMBER_KIND_INSURER, true), 0, 40 + i, 90);
      }
      const auto first = family.Run();
      ASSERT_TRUE(first.ok()) << first.status();
      ProtectRequest next = family.request();
      next.earlier = {Ledgered(family.request(), *first)};
      const Cubes cubes = CopyCubes(&next);
      const std::vector<int64_t> changes =
          members == 2 ? std::vector<int64_t>{15, -15} : std::vector<int64_t>{15, 15, -30};
      for (size_t i = 0; i < members; ++i) {
        AddPersons(cubes[i].get(), 0, 0, 0, changes[i], moves_sides ? -changes[i] : 0);
      }
      const auto table = Protect(next, std::vector<uint8_t>(32, 0));
      EXPECT_EQ(table.ok(), members == 3) << table.status();
      EXPECT_EQ(base::DetailOf(table.status()).reason() == v1::ERROR_REASON_HELD, members == 2);
    }
  }
}

}  // namespace
}  // namespace renkei::policy::disclosure
