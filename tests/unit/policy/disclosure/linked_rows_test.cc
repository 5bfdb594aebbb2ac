#include "policy/disclosure/linked_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/disclosure/family_fixture.h"

namespace renkei::policy::disclosure {
namespace {

// Classes "a", "b" and "c" of everybody, which share nobody, and so each two of them.
class RowsOfClasses : public testing::Test {
 protected:
  RowsOfClasses() : family_({"a", "b", "c"}, 1) {
    family_.Relate({"a", "b", "c"});
    cube_ = family_.AddMember(v1::MEMBER_KIND_MUNICIPALITY);
    for (int m = 0; m < 3; ++m) Family::Fill(cube_, m, 10, 40);
  }

  std::vector<LinkedRow> Rows() const {
    const auto counts = PoolFamily(family_.request());
    EXPECT_TRUE(counts.ok()) << counts.status();
    if (!counts.ok()) return {};
    const std::vector<LinkedGroup> groups = LinkedGroupsOf(*counts);
    EXPECT_EQ(groups.size(), 1u);
    return groups.empty() ? std::vector<LinkedRow>() : groups[0].rows;
  }

  Family family_;
  tables::Cube* cube_ = nullptr;
};

TEST_F(RowsOfClasses, SayOnceWhatAllClassesSay) {
  const std::vector<LinkedRow> rows = Rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].parts, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(rows[0].rest[0], 10);
}

// Where there are more persons in classes than there are, the row is silent; those of fewer classes
// are not.
TEST_F(RowsOfClasses, SayWhatFewerSayWhereAllOfThemDoNotFit) {
  Family::Set(cube_, 2, 0, 0, 0, 25, 40);
  size_t of_two = 0;
  for (const LinkedRow& row : Rows()) {
    EXPECT_EQ(row.IsSilent(0), row.parts.size() == 3);
    EXPECT_FALSE(row.IsSilent(1));
    of_two += row.parts.size() == 2;
  }
  EXPECT_EQ(of_two, 3u);
}

// Of a total's parts a reader knows where nobody is left, as any zero; of a sensitive one he does
// not.
TEST(RowsOfParts, AreExactWhereNobodyIsLeft) {
  for (const bool is_sensitive : {false, true}) {
    Family family({"part", "total"}, 1);
    family.Relate({"part"}, "total");
    family.request().measures[0].set_sensitive(is_sensitive);
    tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_MUNICIPALITY);
    Family::Fill(cube, 0, 10, 30);
    Family::Fill(cube, 1, 11, 30);
    Family::Set(cube, 1, 0, 0, 0, 10, 30);
    const auto counts = PoolFamily(family.request());
    ASSERT_TRUE(counts.ok()) << counts.status();
    const std::vector<LinkedGroup> groups = LinkedGroupsOf(*counts);
    ASSERT_EQ(groups.size(), 1u);
    ASSERT_EQ(groups[0].rows.size(), 1u);
    EXPECT_EQ(groups[0].rows[0].IsExact(0), !is_sensitive);
    EXPECT_FALSE(groups[0].rows[0].IsExact(1));
  }
}

}  // namespace
}  // namespace renkei::policy::disclosure
