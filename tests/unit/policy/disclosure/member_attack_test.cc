// What contributors learn of each other from a release (A16, A18, I7), by programs over the shown
// cells: each member takes off what it counted.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/policy/disclosure/released_evidence.h"

namespace renkei::policy::disclosure {
namespace {

Family RandomMembers(uint64_t seed) {
  std::mt19937_64 random(seed);
  Family family({"m"}, 1 + random() % 2);
  const int members = 3 + static_cast<int>(random() % 4);
  const uint64_t scale = uint64_t{15} << random() % 4;
  for (int i = 0; i < members; ++i) {
    tables::Cube* cube = family.AddMember(static_cast<v1::MemberKind>(1 + random() % 2),
                                          random() % 2 == 0, random() % 4 == 0);
    for (int g = 0; g < cube->layout().geographies(); ++g) {
      for (int s = 0; s < tables::kSexes; ++s) {
        for (int b = 0; b < tables::kBands; ++b) {
          if (random() % 4 == 0) continue;
          const auto n = static_cast<int64_t>(random() % scale);
          Family::Set(cube, 0, g, s, b, n * static_cast<int64_t>(random() % 4) / 4, n);
        }
      }
    }
  }
  return family;
}

bool IsFew(int64_t persons) { return persons > 0 && persons < 10; }

// Cells that stand for few others when one contributor takes off its own, with or without the
// finding.
size_t FewLeftByAMember(const ReleasedEvidence& evidence, int members, bool shown_alone) {
  size_t found = 0;
  for (size_t c = 0; c < evidence.size(); ++c) {
    if (shown_alone && evidence.IsHidden(c)) continue;
    const tests::UnknownSum& sum = evidence.sum(c);
    const int64_t x = evidence.CountOf(sum), n = evidence.PersonsOf(sum);
    for (int i = 0; i < members; ++i) {
      const int64_t own_x = evidence.OwnCountOf(i, sum), own_n = evidence.OwnPersonsOf(i, sum);
      found += own_n > 0 && (IsFew(x - own_x) || IsFew(n - x - (own_n - own_x)));
    }
  }
  return found;
}

// I7, A16. Two who collude: c is 0, and a policy that says otherwise is refused.
TEST(AttackByMembers, NobodyFindsFewOthersBehindAShownCell) {
  size_t shown = 0, without = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Family family = RandomMembers(seed);
    const auto table = family.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    const ReleasedEvidence evidence(family.request(), table->measures()[0]);
    const int members = static_cast<int>(family.cubes().size());
    EXPECT_EQ(FewLeftByAMember(evidence, members, /*shown_alone=*/true), 0u) << "seed " << seed;
    without += FewLeftByAMember(evidence, members, /*shown_alone=*/false);
    for (size_t c = 0; c < evidence.size(); ++c) shown += evidence.cell(c).denominator > 0;
  }
  EXPECT_GT(shown, 500u);
  EXPECT_GT(without, 5000u);
}

// I7: fewer than three members stand behind a shown cell only where each of them agreed.
TEST(AttackByMembers, NoShownCellIsThatOfFewMembersWhoDidNotAgree) {
  size_t of_few = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Family family = RandomMembers(seed);
    const auto table = family.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    const ReleasedEvidence evidence(family.request(), table->measures()[0]);
    for (size_t c = 0; c < evidence.size(); ++c) {
      int members = 0;
      bool agreed = true;
      for (size_t i = 0; i < family.cubes().size(); ++i) {
        if (evidence.OwnPersonsOf(static_cast<int>(i), evidence.sum(c)) == 0) continue;
        ++members;
        agreed = agreed && family.request().contributions[i].allow_member_level_display;
      }
      if (members == 0 || members >= 3 || agreed) continue;
      ++of_few;
      EXPECT_TRUE(evidence.IsHidden(c)) << "seed " << seed << ", cell " << c;
    }
  }
  EXPECT_GT(of_few, 2000u);
}

// I1: what is shown is the truth; what is hidden has neither number nor class.
TEST(AttackByMembers, AShownCellIsTheTruthAndAHiddenOneIsEmpty) {
  size_t hidden = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Family family = RandomMembers(seed);
    const auto table = family.Run();
    ASSERT_TRUE(table.ok()) << table.status();
    const ReleasedEvidence evidence(family.request(), table->measures()[0]);
    for (size_t c = 0; c < evidence.size(); ++c) {
      const ProtectedCell& cell = evidence.cell(c);
      const bool is_hidden = evidence.IsHidden(c);
      hidden += is_hidden;
      EXPECT_EQ(cell.numerator, is_hidden ? 0 : evidence.CountOf(evidence.sum(c)));
      EXPECT_EQ(cell.denominator, is_hidden ? 0 : evidence.PersonsOf(evidence.sum(c)));
      EXPECT_EQ(cell.members == v1::MEMBERS_CLASS_UNSPECIFIED, is_hidden || cell.denominator == 0);
    }
  }
  EXPECT_GT(hidden, 2000u);
}

// The same people in one place, counted by one member or by two.
Family CountedBy(int members_of_the_place) {
  Family family({"m"}, 2);
  for (int i = 0; i < 5; ++i) {
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_INSURER, true);
    for (int s = 0; s < tables::kSexes; ++s) {
      for (int b = 0; b < tables::kBands; ++b) {
        Family::Set(cube, 0, 1, s, b, 60, 200);
        if (i >= members_of_the_place) continue;
        Family::Set(cube, 0, 0, s, b, 360 / members_of_the_place, 1200 / members_of_the_place);
      }
    }
  }
  return family;
}

// A18: below the minimum nothing tells how many members count in a cell; at it the cells are shown.
TEST(AttackByMembers, WhetherOneMemberOrTwoCountInAPlaceShowsNowhere) {
  const auto table_of = [](int members) {
    const auto table = CountedBy(members).Run();
    EXPECT_TRUE(table.ok()) << table.status();
    return table->measures()[0];
  };
  const ProtectedMeasure one = table_of(1), two = table_of(2), three = table_of(3);
  ASSERT_EQ(one.cells.size(), two.cells.size());
  size_t hidden = 0, opened = 0;
  for (size_t c = 0; c < one.cells.size(); ++c) {
    EXPECT_EQ(one.cells[c].state, two.cells[c].state) << c;
    EXPECT_EQ(one.cells[c].numerator, two.cells[c].numerator) << c;
    EXPECT_EQ(one.cells[c].members, two.cells[c].members) << c;
    hidden += two.cells[c].state == v1::CELL_STATE_SUPPRESSED;
    opened += two.cells[c].state == v1::CELL_STATE_SUPPRESSED &&
              three.cells[c].state == v1::CELL_STATE_PUBLISHED;
  }
  EXPECT_EQ(one.loss, two.loss);
  EXPECT_EQ(one.reasons, two.reasons);
  EXPECT_GT(hidden, 50u);
  EXPECT_GT(opened, 50u);
}

}  // namespace
}  // namespace renkei::policy::disclosure
