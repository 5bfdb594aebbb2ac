// The rounding attack (privacy 6) on the first twenty prefectures of the common table: every cell
// is shown rounded, none is suppressed, and a reader bounds each of the 812 cells of 1 to 9 by
// linear programs over all shown cells of its prefecture.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <vector>

#include "absl/functional/function_ref.h"
#include "policy/disclosure/movement_program.h"
#include "policy/disclosure/rounding.h"
#include "tests/support/table_counts.h"

namespace renkei::policy::disclosure {
namespace {

constexpr size_t kPrefectures = 20;

struct ShownCell {
  int64_t count = 0;
  bool of_both_sexes = false;
  std::vector<uint32_t> inner;  // positions in the prefecture
};

// Prefecture and areas x both and each sex x all and each band.
std::vector<ShownCell> CellsOf(const tests::TableCounts& counts,
                               const std::vector<uint32_t>& areas) {
  constexpr int kAll = -1;
  const int bands = static_cast<int>(counts.bands);
  std::vector<ShownCell> cells;
  for (int area = kAll; area < static_cast<int>(areas.size()); ++area) {
    for (int sex = kAll; sex < 2; ++sex) {
      for (int band = kAll; band < bands; ++band) {
        ShownCell cell;
        cell.of_both_sexes = sex == kAll;
        for (int a = 0; a < static_cast<int>(areas.size()); ++a) {
          for (int s = 0; s < 2; ++s) {
            for (int b = 0; b < bands; ++b) {
              const bool is_in = (area == kAll || area == a) && (sex == kAll || sex == s) &&
                                 (band == kAll || band == b);
              if (!is_in) continue;
              const auto inner = static_cast<uint32_t>((a * 2 + s) * bands + b);
              const uint32_t from = areas[static_cast<size_t>(a)] * 2 * counts.bands;
              cell.count += counts.inner[from + inner - static_cast<uint32_t>(a * 2 * bands)];
              cell.inner.push_back(inner);
            }
          }
        }
        cells.push_back(std::move(cell));
      }
    }
  }
  return cells;
}

// What a reader concludes from what is shown for a count.
struct Range {
  int64_t low;
  int64_t high;
};
Range NearestFive(int64_t count) {
  const int64_t shown = (count + 2) / 5 * 5;
  return {std::max<int64_t>(shown - 2, 0), shown + 2};
}
Range UpToTen(int64_t count) {
  const int64_t shown = RoundUpTo10(count);
  return {shown == 0 ? 0 : shown - 9, shown};
}

struct Findings {
  int small = 0;
  int exact = 0;
  int few = 0;                  // at most 3 candidates
  std::vector<int64_t> widths;  // largest less smallest candidate
  int64_t Percentile(size_t percent) const { return widths[(widths.size() - 1) * percent / 100]; }
};

using Reader = absl::FunctionRef<Range(const ShownCell&)>;

void AttackPrefecture(const std::vector<ShownCell>& cells, size_t inner, Reader read,
                      Findings* found) {
  std::vector<ProgramRow> rows;
  for (size_t c = 0; c < cells.size(); ++c) {
    ProgramRow row{cells[c].inner, std::vector<double>(cells[c].inner.size(), 1)};
    row.columns.push_back(static_cast<uint32_t>(inner + c));
    row.coefficients.push_back(-1);
    rows.push_back(std::move(row));
  }
  MovementProgram program(inner + cells.size(), rows);
  for (uint32_t i = 0; i < inner; ++i) program.SetBounds(i, 0, kInfinity);
  for (size_t c = 0; c < cells.size(); ++c) {
    const Range range = read(cells[c]);
    program.SetBounds(static_cast<uint32_t>(inner + c), static_cast<double>(range.low),
                      static_cast<double>(range.high));
  }
  for (size_t c = 0; c < cells.size(); ++c) {
    const int64_t truth = cells[c].count;
    if (truth == 0 || truth >= 10) continue;
    const auto column = static_cast<uint32_t>(inner + c);
    const auto bound = [&](double cost) {
      program.SetCost(column, cost);
      EXPECT_EQ(program.SolvePrimal(), MovementProgram::Outcome::kOptimal);
      return program.solution()[column];
    };
    const auto low = static_cast<int64_t>(std::ceil(bound(1) - 1e-6));
    const auto high = static_cast<int64_t>(std::floor(bound(-1) + 1e-6));
    program.SetCost(column, 0);
    ASSERT_LE(low, truth);
    ASSERT_GE(high, truth);
    ++found->small;
    found->exact += low == high;
    found->few += high - low < 3;
    found->widths.push_back(high - low);
  }
}

Findings Attack(Reader read) {
  static const auto* counts =
      new tests::TableCounts(tests::ReadTableCounts("disclosure_common.csv"));
  Findings found;
  size_t prefectures = 0;
  for (const auto& [name, areas] : counts->prefectures) {
    if (++prefectures > kPrefectures) break;
    AttackPrefecture(CellsOf(*counts, areas), areas.size() * 2 * counts->bands, read, &found);
  }
  std::sort(found.widths.begin(), found.widths.end());
  std::cout << found.small << " small cells, " << found.exact << " exact, " << found.few
            << " with at most 3 candidates; interval width p5/p50/p95 " << found.Percentile(5)
            << "/" << found.Percentile(50) << "/" << found.Percentile(95) << "\n";
  EXPECT_EQ(found.small, 812);
  return found;
}

TEST(RoundingAttack, UpTo10LeavesNoCellWithFewCandidates) {
  const Findings up = Attack([](const ShownCell& cell) { return UpToTen(cell.count); });
  EXPECT_EQ(up.exact, 0);
  EXPECT_EQ(up.few, 0);
  EXPECT_EQ(up.Percentile(5), 8);
  EXPECT_EQ(up.Percentile(50), 8);
  EXPECT_EQ(up.Percentile(95), 9);
}

// Mutation: the nearest multiple of 5 in its place.
TEST(RoundingAttack, SucceedsAgainstTheNearest5) {
  const Findings nearest = Attack([](const ShownCell& cell) { return NearestFive(cell.count); });
  EXPECT_GE(nearest.few * 100, nearest.small * 40);
}

// One kind of margin shown exactly undoes it: here both sexes together.
TEST(RoundingAttack, SucceedsWhereOneMarginIsExact) {
  const Findings undone = Attack([](const ShownCell& cell) {
    return cell.of_both_sexes ? Range{cell.count, cell.count} : UpToTen(cell.count);
  });
  EXPECT_GT(undone.exact, 0);
  EXPECT_GT(undone.few, 100);
}

}  // namespace
}  // namespace renkei::policy::disclosure
