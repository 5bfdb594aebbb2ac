// The release ledger: corrections, members that join or leave, repeats, and linked measures that
// are released one after the other (A9, A10, A12, I5, I6, I17).
#include "policy/disclosure/release_ledger.h"

#include <gtest/gtest.h>

#include "policy/base/error.h"
#include "policy/disclosure/primary.h"
#include "tests/unit/policy/disclosure/ledger_attack.h"

namespace renkei::policy::disclosure {
namespace {

constexpr auto kHeld = v1::ERROR_REASON_HELD;
constexpr auto kReleased = v1::ERROR_REASON_ALREADY_RELEASED;

v1::ErrorReason ReasonOf(const absl::Status& status) { return base::DetailOf(status).reason(); }

// Insurers that count `x` of `n` persons in every inner cell of every measure: everything is shown.
Family FullFamily(std::vector<std::string> measures = {"m"}, int members = 6, int64_t x = 40,
                  int64_t n = 90) {
  Family family(std::move(measures));
  for (int i = 0; i < members; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_INSURER, true);
    for (size_t m = 0; m < cube->layout().measures().size(); ++m) {
      Family::Fill(cube, static_cast<int>(m), x + i, n);
    }
  }
  return family;
}

// A copy whose cubes are its own, after a release of `family`.
struct Next {
  explicit Next(const Family& family) : request(family.request()) {
    const auto table = family.Run();
    EXPECT_TRUE(table.ok()) << table.status();
    for (const ProtectedMeasure& measure : table->measures()) first.push_back(measure.cells);
    request.earlier = {Ledgered(family.request(), *table)};
    for (PooledContribution& c : request.contributions) {
      cubes.push_back(std::make_shared<tables::Cube>(*c.cube));
      c.cube = cubes.back();
    }
  }
  void AddPersons(size_t member, int64_t with, int64_t without, int measure = 0) {
    tables::Cube& cube = *cubes[member];
    cube.counts()[cube.layout().Index(measure, 0, 0, 0, 0)] += with;
    cube.counts()[cube.layout().Index(measure, 0, 0, 0, 1)] += without;
  }
  absl::StatusOr<ProtectedTable<ForRelease>> Run() const {
    return Protect(request, std::vector<uint8_t>(32, 0));
  }

  ProtectRequest request;
  std::vector<std::shared_ptr<tables::Cube>> cubes;
  std::vector<std::vector<ProtectedCell>> first;  // by measure
};

bool AreEqual(const std::vector<ProtectedCell>& a, const std::vector<ProtectedCell>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.state == y.state && x.numerator == y.numerator && x.denominator == y.denominator &&
           x.members == y.members;
  });
}

// A10. Everything is shown, so the difference of two releases is what the correction says.
TEST(ReleaseLedger, HoldsACorrectionIffItIsOfFewPersonsOrOfFewMembers) {
  const Family family = FullFamily();
  for (int members = 1; members <= 5; ++members) {
    for (int persons = 1; persons <= 60; persons += persons < 20 ? 1 : 8) {
      for (const int64_t sign : {1, -1}) {
        Next next(family);
        int64_t largest = 0, changed = 0;
        for (int i = 0; i < members; ++i) {
          const int64_t own = persons / members + (i < persons % members);
          next.AddPersons(static_cast<size_t>(i), sign * std::min<int64_t>(own, 40), 0);
          largest = std::max(largest, std::min<int64_t>(own, 40));
          changed += own > 0;
        }
        const int64_t total = std::min<int64_t>(persons, 40 * members);
        const bool few = total < 10 || changed < 3 || total - largest < 10;
        const auto table = next.Run();
        EXPECT_EQ(table.ok(), !few) << members << " members, " << sign * persons << " persons";
        EXPECT_EQ(ReasonOf(table.status()) == kHeld, few);
      }
    }
  }
}

TEST(ReleaseLedger, HoldsPersonsWhoMovedFromOneSideToTheOther) {
  const Family family = FullFamily();
  for (const int64_t moved : {5, 15}) {
    Next next(family);
    for (size_t i = 0; i < 3; ++i) next.AddPersons(i, moved / 3, -(moved / 3));
    const auto table = next.Run();
    EXPECT_EQ(table.ok(), moved >= 10) << table.status();
  }
}

// A9. One member's errata: no release of its own gives anything away.
TEST(ReleaseLedger, HoldsTheErrataOfOneMemberThatWouldTellWhatChanged) {
  const Family family = FullFamily();
  Next next(family);
  next.AddPersons(2, 30, 20);
  EXPECT_EQ(ReasonOf(next.Run().status()), kHeld);

  ProtectRequest alone = next.request;
  alone.earlier.clear();
  const auto open = Protect(alone, std::vector<uint8_t>(32, 0));
  ASSERT_TRUE(open.ok());
  const std::vector<CellFate> none(next.first[0].size(), CellFate::kOpen);
  const LedgerTally tally =
      LedgerAttacker(std::vector<SeenRelease>{{family.request(), next.first[0], none},
                                              {alone, open->measures()[0].cells, none}})
          .Run();
  EXPECT_GE(tally.differences, 2u);
}

// A few persons in one place, many in the area: the place is hidden, the area is shown.
TEST(ReleaseLedger, HidesThePlaceWhereFewChangedAndShowsTheArea) {
  const Family family = FullFamily();
  Next next(family);
  for (size_t i = 0; i < 4; ++i) {
    tables::Cube& cube = *next.cubes[i];
    cube.counts()[cube.layout().Index(0, 0, 0, 0, 0)] += 1;
    cube.counts()[cube.layout().Index(0, 1, 0, 0, 0)] += 20;
  }
  const auto table = next.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  const auto state = [&](const char* place, const char* age) {
    return CellOf(*table, 0, place, v1::MEMBER_KIND_UNSPECIFIED, v1::SEX_MALE, age).state;
  };
  EXPECT_EQ(state("", "40-74"), v1::CELL_STATE_PUBLISHED);
  EXPECT_EQ(state(kMunicipalities[0], "40-44"), v1::CELL_STATE_SUPPRESSED);
  EXPECT_EQ(state(kMunicipalities[0], "45-49"), v1::CELL_STATE_PUBLISHED);
  EXPECT_EQ(state(kMunicipalities[2], "40-44"), v1::CELL_STATE_PUBLISHED);
}

// A12.
TEST(ReleaseLedger, AThousandRepeatsGiveTheSameTable) {
  Family family({"m"}, 1);
  for (int i = 0; i < 4; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_INSURER, true);
    for (int b = 0; b < 7; ++b) Family::Set(cube, 0, 0, b % 2, b, 5 + 3 * b, 60);
  }
  Next next(family);
  for (size_t i = 0; i < 3; ++i) next.AddPersons(i, 12, 9);
  const auto first = next.Run();
  ASSERT_TRUE(first.ok()) << first.status();
  for (int i = 0; i < 1000; ++i) {
    const auto again = next.Run();
    ASSERT_TRUE(again.ok());
    ASSERT_TRUE(AreEqual(again->measures()[0].cells, first->measures()[0].cells)) << i;
  }
}

TEST(ReleaseLedger, RefusesWhatIsReleasedAlready) {
  const Family family = FullFamily({"a", "b"});
  const Next next(family);
  EXPECT_EQ(ReasonOf(next.Run().status()), kReleased);
  // Under other terms it is another release.
  Next looser(family);
  for (PooledContribution& c : looser.request.contributions) c.allow_member_level_display = true;
  EXPECT_TRUE(looser.Run().ok());
}

TEST(ReleaseLedger, AnUnchangedMeasureKeepsItsTable) {
  Family family = FullFamily({"a", "b"});
  for (const auto& cube : family.cubes()) Family::Set(cube.get(), 1, 1, 0, 3, 1, 90);
  Next next(family);
  for (size_t i = 0; i < 4; ++i) next.AddPersons(i, 10, 10, 0);
  // As if the first release had hidden more than this engine would.
  auto before = std::make_shared<EarlierRelease>(*next.request.earlier[0]);
  const size_t more = CellIndex(0, 0, 9);
  before->shown[1][more] = false;
  next.first[1][more] = ProtectedCell{.state = v1::CELL_STATE_SUPPRESSED};
  next.request.earlier = {before};
  const auto table = next.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_FALSE(AreEqual(table->measures()[0].cells, next.first[0]));
  EXPECT_TRUE(AreEqual(table->measures()[1].cells, next.first[1]));
}

// I17, whatever the indicators.
TEST(ReleaseLedger, HoldsWhenFewMembersLeftOrJoined) {
  for (const bool same_measure : {true, false}) {
    for (const int joined : {0, 1, 2, 3}) {
      for (const int left : {0, 1, 2, 3}) {
        if (joined + left == 0) continue;
        const Next next(FullFamily({"a"}, 7));
        Family after = FullFamily({same_measure ? "a" : "b"}, 7 + joined);
        auto& members = after.request().contributions;
        members.erase(members.begin(), members.begin() + left);
        after.request().earlier = next.request.earlier;
        const auto table = after.Run();
        const bool few = joined == 1 || joined == 2 || left == 1 || left == 2;
        EXPECT_EQ(table.ok(), !few) << same_measure << joined << left << table.status();
        EXPECT_EQ(ReasonOf(table.status()) == kHeld, few);
      }
    }
  }
}

// Mutation: without frozen membership the denominators of two indicators tell who left.
TEST(ReleaseLedger, WithoutFrozenMembershipDenominatorsTellWhoLeft) {
  const Next next(FullFamily({"a"}, 7));
  Family after = FullFamily({"b"}, 7);
  after.request().contributions.pop_back();
  const auto table = after.Run();
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(next.first[0][0].denominator - table->measures()[0].cells[0].denominator,
            int64_t{90} * 3);
}

// A total today, its part later.
Family LinkedFamily(const std::string& measure, int64_t x) {
  Family family = FullFamily({measure}, 6, x);
  family.Relate({"part"}, "total");
  return family;
}

TEST(ReleaseLedger, APartAfterItsTotalIsProtectedWithIt) {
  const Next total(LinkedFamily("total", 40));
  for (const int64_t part : {38, 30}) {  // of each member 2 or 10 remain
    Family later = LinkedFamily("part", part);
    Family::Set(later.cubes()[0].get(), 0, 0, 0, 0, 39, 90);
    later.request().earlier = total.request.earlier;
    const auto table = later.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    // The rest of six members is 12 or 60 in an inner cell; where one has changed it is 11 or 51.
    for (const ProtectedCell& cell : table->measures()[0].cells) {
      if (cell.member_kind == v1::MEMBER_KIND_INSURER || cell.denominator == 0) continue;
      EXPECT_EQ(cell.state, v1::CELL_STATE_PUBLISHED);
    }
  }
  Family small = LinkedFamily("part", 40);
  for (size_t i = 0; i < 6; ++i) {
    Family::Set(small.cubes()[i].get(), 0, 0, 0, 0, 39 + static_cast<int64_t>(i), 90);
  }
  ASSERT_TRUE(small.Run().ok());
  const auto is_shown = [](const auto& table) {
    return CellOf(table, 0, kMunicipalities[0], v1::MEMBER_KIND_UNSPECIFIED, v1::SEX_MALE, "40-44")
               .state == v1::CELL_STATE_PUBLISHED;
  };
  EXPECT_TRUE(is_shown(*small.Run()));
  small.request().earlier = total.request.earlier;
  // The total has shown 40-44: six persons would be what the part leaves of it.
  const auto table = small.Run();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_FALSE(is_shown(*table));
}

TEST(ReleaseLedger, LinkedMeasuresThatDoNotFitBelongInOneRound) {
  const Next total(LinkedFamily("total", 40));
  Family larger = LinkedFamily("part", 60);
  larger.request().earlier = total.request.earlier;
  EXPECT_EQ(ReasonOf(larger.Run().status()), kReleased);

  Family others = FullFamily({"part"}, 9, 30);
  others.Relate({"part"}, "total");
  others.request().earlier = total.request.earlier;
  EXPECT_EQ(ReasonOf(others.Run().status()), kHeld);

  v1::Relation apart;
  apart.add_part("part");
  apart.add_apart("total");
  Family barred = FullFamily({"part"}, 6, 30);
  barred.request().relations = {apart};
  barred.request().earlier = total.request.earlier;
  EXPECT_EQ(ReasonOf(barred.Run().status()), kReleased);
}

TEST(ReleaseLedger, RefusesOtherBordersAndOtherAreas) {
  const Next next(FullFamily());
  const auto in_layout = [&](const std::string& area, int fiscal_year) {
    const tables::Layout& layout = *next.request.layout;
    auto before = std::make_shared<EarlierRelease>(*next.request.earlier[0]);
    before->inputs.layout = std::make_shared<const tables::Layout>(*tables::Layout::Make(
        area, base::FiscalYear(fiscal_year), layout.measures(), layout.municipalities()));
    Next after = next;
    after.request.earlier = {before};
    return after.Run().status();
  };
  EXPECT_TRUE(absl::IsInvalidArgument(in_layout("0602", 2011)));
  EXPECT_TRUE(absl::IsInvalidArgument(in_layout("0604", 2012)));
  EXPECT_EQ(in_layout("0604", 2011), next.Run().status());
  Family fewer({"m"}, 2);
  for (int i = 0; i < 6; ++i) Family::Fill(fewer.AddMember(v1::MEMBER_KIND_INSURER), 0, 40, 90);
  fewer.request().earlier = next.request.earlier;
  EXPECT_EQ(ReasonOf(fewer.Run().status()), kReleased);
  Next broken(FullFamily());
  auto before = std::make_shared<EarlierRelease>(*broken.request.earlier[0]);
  before->shown[0].pop_back();
  broken.request.earlier = {before};
  EXPECT_EQ(broken.Run().status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace renkei::policy::disclosure
