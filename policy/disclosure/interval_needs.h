// How far the interval of a count of few persons must reach (R8, privacy 4.4). Inside disclosure
// only.
#pragma once

#include <algorithm>
#include <cstdint>

namespace renkei::policy::disclosure {

// Persons of a cell, and in how many inner cells there are any of them.
struct Persons {
  int64_t with = 0;  // the finding
  int64_t without = 0;
  int64_t inner_cells_with = 0;
  int64_t inner_cells_without = 0;

  void Add(int64_t inner_with, int64_t inner_without) {
    with += inner_with;
    without += inner_without;
    inner_cells_with += inner_with > 0;
    inner_cells_without += inner_without > 0;
  }
};

// An interval of persons with the finding.
struct Ends {
  int64_t low = 0;
  int64_t high = 0;
};

// Few persons must be able to be as few as they can, one in each inner cell that holds any, and
// t - 1; those without the finding likewise. Where zeros are protected, nobody is few too, and one
// is as few as anybody must be. `own`: who is in the cell besides, and known; that others are
// nobody is then not asked (R4).
inline Ends EndsOf(const Persons& persons, int64_t t, bool protects_zero, const Persons& own = {}) {
  const auto reach = [&](int64_t count, int64_t inner_cells, int64_t own_count) {
    const bool is_nobody = count == 0 && protects_zero && own_count == 0;
    if (count >= t || count < 0 || (count == 0 && !is_nobody)) return Ends{count, count};
    return Ends{std::min(count, protects_zero ? 1 : inner_cells), t - 1};
  };
  const Ends with = reach(persons.with, persons.inner_cells_with, own.with);
  const Ends without = reach(persons.without, persons.inner_cells_without, own.without);
  const int64_t n = persons.with + persons.without;
  return {std::min(with.low, n - without.high), std::max(with.high, n - without.low)};
}

}  // namespace renkei::policy::disclosure
