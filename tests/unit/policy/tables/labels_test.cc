#include "policy/tables/labels.h"

#include <gtest/gtest.h>

namespace renkei::policy::tables {
namespace {

TEST(Labels, AreThoseOfTheContract) {
  EXPECT_EQ(CellStateLabel(v1::CELL_STATE_PUBLISHED), "published");
  EXPECT_EQ(CellStateLabel(v1::CELL_STATE_SUPPRESSED), "suppressed");
  EXPECT_EQ(CellStateLabel(v1::CELL_STATE_NOT_COLLECTED), "not_collected");
  EXPECT_EQ(SexLabel(v1::SEX_MALE), "male");
  EXPECT_EQ(SexLabel(v1::SEX_FEMALE), "female");
  EXPECT_EQ(SexLabel(v1::SEX_BOTH), "both");
  EXPECT_EQ(MembersClassLabel(v1::MEMBERS_CLASS_1_2), "1-2");
  EXPECT_EQ(MembersClassLabel(v1::MEMBERS_CLASS_10_PLUS), "10+");
}

TEST(Labels, AreEmptyForValuesWithoutAWord) {
  EXPECT_EQ(SexLabel(v1::SEX_UNSPECIFIED), "");
  EXPECT_EQ(CellStateLabel(v1::CELL_STATE_UNSPECIFIED), "");
  EXPECT_EQ(MembersClassLabel(v1::MEMBERS_CLASS_UNSPECIFIED), "");
}

}  // namespace
}  // namespace renkei::policy::tables
