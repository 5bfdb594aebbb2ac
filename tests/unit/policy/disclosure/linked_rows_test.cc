#include "policy/disclosure/linked_rows.h"

#include <gtest/gtest.h>

#include <algorithm>

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

// A tree of nested measures: each part is connected and has no more measures, and every row that is
// small enough is in one.
TEST(PartsOfAGroup, HaveEveryRowAndNoMoreMeasures) {
  LinkedGroup group;
  for (int m = 0; m < 20; ++m) group.measures.push_back(m);
  for (int m = 1; m < 20; ++m) group.rows.push_back({(m - 1) / 3, {m}, false, true, {5}});
  for (const size_t most : {2u, 3u, 8u, 20u}) {
    std::vector<bool> has_row(group.rows.size());
    const std::vector<LinkedGroup> parts = PartsOf(group, most);
    for (const LinkedGroup& part : parts) {
      EXPECT_LE(part.measures.size(), most);
      EXPECT_EQ(part.rows.size() + 1, part.measures.size());
      for (const LinkedRow& row : part.rows) {
        has_row[static_cast<size_t>(row.parts.front() - 1)] = true;
        EXPECT_TRUE(std::binary_search(part.measures.begin(), part.measures.end(), row.total));
      }
    }
    EXPECT_EQ(has_row, std::vector<bool>(group.rows.size(), true)) << most;
    EXPECT_EQ(parts.size() == 1, most == 20) << most;
  }
}

// Nine parts of a total are too many for one program; what each says of the total is still said.
TEST(RowsOfManyParts, SayLessOfSomeAtATime) {
  std::vector<std::string> ids;
  for (int m = 0; m < 9; ++m) ids.push_back(absl::StrCat("part", m));
  Family family(ids, 1);
  family.Relate(ids, "");
  tables::Cube* cube = family.AddMember(v1::MEMBER_KIND_MUNICIPALITY);
  for (int m = 0; m < 9; ++m) Family::Fill(cube, m, m, 40);
  const auto counts = PoolFamily(family.request());
  ASSERT_TRUE(counts.ok()) << counts.status();
  std::vector<bool> is_in_one(9);
  for (const LinkedGroup& group : LinkedGroupsOf(*counts)) {
    for (const LinkedRow& row : group.rows) {
      EXPECT_LE(row.measures().size(), kMostLinkedMeasures);
      int64_t persons = row.rest[0];
      for (const int part : row.parts) {
        is_in_one[static_cast<size_t>(part)] = true;
        persons += part;
      }
      EXPECT_EQ(persons, 40);
    }
  }
  EXPECT_EQ(is_in_one, std::vector<bool>(9, true));
}

TEST(PartsOfAGroup, LeaveOutRowsOfMoreMeasures) {
  LinkedGroup group{{0, 1, 2, 3}, {{0, {1, 2, 3}, false, true, {5}}, {1, {2}, false, true, {5}}}};
  const std::vector<LinkedGroup> parts = PartsOf(group, 3);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].measures, (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace renkei::policy::disclosure
