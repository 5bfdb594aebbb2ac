// Spans of ages at which a definition counts nobody.
#include "policy/tables/structurally_empty.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

#include "policy/tables/layout.h"

namespace renkei::policy::tables {
namespace {

v1::Measure Empty(std::initializer_list<std::pair<int, int>> ranges) {
  v1::Measure measure;
  for (const auto& [from, to] : ranges) {
    v1::AgeRange* range = measure.add_structurally_empty();
    range->set_from(from);
    range->set_to(to);
  }
  return measure;
}

TEST(StructurallyEmpty, ASpanIsWhenEachOfItsBandsIsInsideARange) {
  const v1::Measure old = Empty({{65, 74}});
  EXPECT_TRUE(IsStructurallyEmpty(old, 5, 6));
  EXPECT_TRUE(IsStructurallyEmpty(old, 6, 6));
  EXPECT_FALSE(IsStructurallyEmpty(old, 4, 4));
  EXPECT_FALSE(IsStructurallyEmpty(old, 0, kBands - 1));
  EXPECT_FALSE(IsStructurallyEmpty(v1::Measure(), 0, 0));
}

TEST(StructurallyEmpty, TwoRangesMayCoverASpanTogether) {
  const v1::Measure both = Empty({{40, 49}, {50, 64}});
  EXPECT_TRUE(IsStructurallyEmpty(both, 0, 4));
  EXPECT_FALSE(IsStructurallyEmpty(both, 0, 5));
}

TEST(StructurallyEmpty, ABandOfWhichSomeAgesCountIsNot) {
  const v1::Measure measure = Empty({{41, 49}, {55, 58}});
  EXPECT_FALSE(IsStructurallyEmpty(measure, 0, 0));
  EXPECT_TRUE(IsStructurallyEmpty(measure, 1, 1));
  EXPECT_FALSE(IsStructurallyEmpty(measure, 3, 3));
}

}  // namespace
}  // namespace renkei::policy::tables
