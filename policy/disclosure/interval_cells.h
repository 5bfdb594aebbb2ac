// What a reader may assume of a hidden count, what it costs to hide one, and how far the interval
// of few persons must reach (R8, privacy 4.4): of one release, and of what changed between two.
// Inside disclosure only. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include "policy/disclosure/cell_system.h"
#include "policy/disclosure/family_counts.h"
#include "policy/disclosure/primary.h"

namespace renkei::policy::disclosure {

// A sum of inner cells of one release.
struct SummedCells {
  Count total;
  int64_t cells_with = 0;  // inner cells that hold any with the finding, and without
  int64_t cells_without = 0;
  void Add(const Count& inner) {
    total = total + inner;
    cells_with += inner.x > 0;
    cells_without += inner.n > inner.x;
  }
};

// A hidden cell of which nothing is asked. Who knows all zeros and full cells knows that it is
// neither, or knows the count.
IntervalCell HiddenCellOf(const Count& total, bool knows_zeros);

// One end of an interval of persons with the finding, and the other.
struct Ends {
  int64_t low = 0;
  int64_t high = 0;
};

// Few persons must be able to be as few as they can, one in each inner cell that holds any, and
// t - 1; those without the finding likewise. Of a sensitive measure nobody counts as few, and one
// is as few as anybody must be. `own`: who is in the cell besides, and known; that the others are
// nobody is then not asked (R4).
Ends EndsOfSmallCount(const SummedCells& sum, int64_t t, bool is_sensitive, const Count& own = {});

// The same, asked of a cell, as far as its floor and cap go.
void AskOfSmallCount(const SummedCells& sum, int64_t t, bool is_sensitive, IntervalCell* cell);

// How far what changed must seem to reach from what it is, low <= 0 <= high: fewer than t persons
// more, or less, from one to t - 1.
Ends RoomOfSmallChange(const Count& change, int64_t t, bool is_sensitive);

// Margins are dearer, and large counts; shaken by the sealed key's `tie` (privacy 4.6, A24).
double CostOfHiding(const TableShape& shape, size_t cell, int64_t x, uint64_t tie);

}  // namespace renkei::policy::disclosure
