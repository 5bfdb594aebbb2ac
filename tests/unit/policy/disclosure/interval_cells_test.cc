#include "policy/disclosure/interval_cells.h"

#include <gtest/gtest.h>

namespace renkei::policy::disclosure {
namespace {

constexpr int64_t kT = 10;

void ExpectRoom(const Count& change, int64_t low, int64_t high, bool is_sensitive = false) {
  const Ends room = RoomOfSmallChange(change, kT, is_sensitive);
  EXPECT_EQ(change.x + room.low, low) << change.x << " of " << change.n;
  EXPECT_EQ(change.x + room.high, high) << change.x << " of " << change.n;
}

TEST(RoomOfSmallChange, ReachesFromOneToTheLargestFewOfTheSameSide) {
  ExpectRoom({3, 40}, 1, 9);
  ExpectRoom({-3, -40}, -9, -1);
  ExpectRoom({9, 40}, 1, 9);
  ExpectRoom({10, 40}, 10, 10);
  ExpectRoom({-25, -60}, -25, -25);
}

TEST(RoomOfSmallChange, AsksTheSameOfThoseWithoutTheFinding) {
  ExpectRoom({40, 43}, 34, 42);
  ExpectRoom({-40, -43}, -42, -34);
  ExpectRoom({3, 5}, -4, 9);  // two more without
  ExpectRoom({4, 1}, 1, 10);  // three fewer without
}

TEST(RoomOfSmallChange, OfASensitiveMeasureNobodyOfThoseWhoChangedIsFew) {
  ExpectRoom({0, 40}, 0, 0);
  ExpectRoom({0, 40}, 0, 9, /*is_sensitive=*/true);
  ExpectRoom({0, -40}, -9, 0, /*is_sensitive=*/true);
  ExpectRoom({40, 40}, 31, 40, /*is_sensitive=*/true);
  ExpectRoom({0, 0}, 0, 0, /*is_sensitive=*/true);
}

TEST(AskOfSmallCount, ReachesFromAPersonInEachInnerCellToTheLargestFew) {
  SummedCells sum;
  sum.Add({3, 20});
  sum.Add({0, 30});
  sum.Add({2, 30});
  IntervalCell cell = HiddenCellOf(sum.total, /*knows_zeros=*/true);
  AskOfSmallCount(sum, kT, false, &cell);
  EXPECT_EQ(cell.need_low, 2);
  EXPECT_EQ(cell.need_high, 9);
  AskOfSmallCount(sum, kT, true, &cell);
  EXPECT_EQ(cell.need_low, 1);
}

}  // namespace
}  // namespace renkei::policy::disclosure
