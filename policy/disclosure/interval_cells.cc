#include "policy/disclosure/interval_cells.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace renkei::policy::disclosure {
namespace {

void Reach(int64_t down_to, int64_t up_to, Ends* ends) {
  ends->low = std::min(ends->low, down_to);
  ends->high = std::max(ends->high, up_to);
}

void ReachForFew(int64_t persons, int64_t inner_cells, int64_t own, int64_t t, bool protects_zero,
                 Ends* ends) {
  const bool is_few = persons > 0 || (persons == 0 && own == 0 && protects_zero);
  if (!is_few || persons >= t) return;
  Reach(std::min(persons, protects_zero ? 1 : inner_cells), t - 1, ends);
}

// `counted`: the change of n, which says in which direction nobody would be.
void ReachForChange(int64_t change, int64_t counted, int64_t t, bool protects_zero, Ends* ends) {
  if (std::abs(change) >= t || (change == 0 && (counted == 0 || !protects_zero))) return;
  const int64_t least = change == 0 ? 0 : 1;
  if (change > 0 || (change == 0 && counted > 0)) {
    Reach(least, t - 1, ends);
  } else {
    Reach(1 - t, -least, ends);
  }
}

}  // namespace

IntervalCell HiddenCellOf(const Count& total, bool knows_zeros) {
  IntervalCell cell;
  cell.value = cell.need_low = cell.need_high = total.x;
  cell.floor = knows_zeros && total.x > 0 ? 1 : 0;
  cell.cap = knows_zeros && total.x < total.n ? total.n - 1 : total.n;
  if (total.n == 0 || (knows_zeros && total.x == 0)) cell.floor = cell.cap = total.x;
  return cell;
}

Ends EndsOfSmallCount(const SummedCells& sum, int64_t t, bool is_sensitive, const Count& own) {
  const Count& total = sum.total;
  const int64_t without = total.n - total.x;
  Ends ends{total.x, total.x};
  ReachForFew(total.x, sum.cells_with, own.x, t, is_sensitive, &ends);
  Ends complement{without, without};
  ReachForFew(without, sum.cells_without, own.n - own.x, t, is_sensitive, &complement);
  Reach(total.n - complement.high, total.n - complement.low, &ends);
  return ends;
}

void AskOfSmallCount(const SummedCells& sum, int64_t t, bool is_sensitive, IntervalCell* cell) {
  const Ends ends = EndsOfSmallCount(sum, t, is_sensitive);
  cell->is_protected = true;
  cell->need_low = std::min(cell->value, std::max(ends.low, cell->floor));
  cell->need_high = std::max(cell->value, std::min(ends.high, cell->cap));
}

Ends RoomOfSmallChange(const Count& change, int64_t t, bool is_sensitive) {
  const int64_t without = change.n - change.x;
  Ends ends{change.x, change.x};
  ReachForChange(change.x, change.n, t, is_sensitive, &ends);
  Ends complement{without, without};
  ReachForChange(without, change.n, t, is_sensitive, &complement);
  Reach(change.n - complement.high, change.n - complement.low, &ends);
  return {ends.low - change.x, ends.high - change.x};
}

double CostOfHiding(const TableShape& shape, size_t cell, int64_t x, uint64_t tie) {
  const Slice& where = shape.slices[SliceOfCell(cell)];
  const SexGroup& sex = SexesOfCell(cell);
  const AgeGroup& age = AgesOfCell(cell);
  const double margin = (where.geography < 0 ? 5.0 : 1.0) * (where.kinds == kAllKinds ? 3.0 : 1.0) *
                        (sex.level == 0 ? 2.0 : 1.0) * static_cast<double>(3 - age.level);
  constexpr double kTwoTo53 = 9007199254740992.0;
  const double shaken = 1 + 0.1 * static_cast<double>(tie >> 11) / kTwoTo53;
  return margin * (1 + std::log(1 + static_cast<double>(x))) * shaken;
}

}  // namespace renkei::policy::disclosure
