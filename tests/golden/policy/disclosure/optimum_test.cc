// Small tables against the optimum with the same safety, proven by CBC (I12). A hundred of them:
// `tests/bench.sh --only disclosure_optimum`.
#include <gtest/gtest.h>

#include <algorithm>

#include "policy/disclosure/greedy.h"
#include "policy/disclosure/interval_refine.h"
#include "policy/disclosure/interval_repair.h"
#include "tests/support/flags.h"
#include "tests/support/national_table.h"
#include "tests/support/optimal_pattern.h"

namespace renkei::policy::disclosure {
namespace {

using tests::CountOf;
using tests::Knowledge;
using tests::NationalTable;

bool IsClean(const NationalTable& table, const std::vector<bool>& hidden) {
  MovementPool pool(table.cells);
  return AuditIntervals(table.cells, hidden, {}, &pool).empty();
}

TEST(Optimum, IsReachedOnSmallTablesOrMissedByACell) {
  int64_t over = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const NationalTable table =
        tests::MakeTable(tests::MakeTableCounts(seed, 6, 3), 0, /*floor=*/1, Knowledge::kPublic);
    ASSERT_EQ(table.cells.cells.size(), 84u);
    MovementPool pool(table.cells);
    const IntervalPattern repaired =
        RepairIntervals(table.cells, SuppressGreedily(table.linear).hidden, {}, &pool);
    ASSERT_TRUE(repaired.left.empty() && repaired.hopeless.empty()) << "seed " << seed;
    const std::vector<bool> refined = RefineIntervals(table.cells, repaired.hidden, {});
    EXPECT_TRUE(IsClean(table, refined)) << "seed " << seed;
    const int64_t ours = CountOf(refined);
    const tests::OptimalPattern optimum = tests::FewestHiddenCells(table.cells, ours, 60);
    ASSERT_TRUE(optimum.is_proven) << "seed " << seed;
    if (!optimum.hidden.empty()) {
      EXPECT_TRUE(IsClean(table, optimum.hidden)) << "seed " << seed;
    }
    EXPECT_LE(2 * ours, 3 * optimum.at_least) << "seed " << seed;
    over += ours - optimum.at_least;
  }
  EXPECT_LE(over, 2);
}

}  // namespace
}  // namespace renkei::policy::disclosure
